"""What events cost from end to end in one process, and that nobody is held up meanwhile.

Measured against the same rows written by sqlite3 alone in the same run, in the processor's time, so
that neither the machine's speed nor other work on it counts. docs/benchmarks.md has the rates.
"""

import gc
import sqlite3
import statistics
import time

import eventlet
import pytest
from eventlet.event import Event
from tests.kernel.events.hosts import (
    Hosts,
    envelope,
    eventually,
    handler,
    make_seen,
    rows,
    write_seen,
)

EVENTS = 1500
ROUNDS = 3
"""The best of so many counts: nothing makes a round faster than it is."""
AT_ONCE = 4.0
ONE = 12.0
"""By how much events may cost more than their bare rows: many at once, and one after the other."""
SETTLED = 20_000
HANDLED = {}
"""By its number, whom the handling of an event wakes."""
STEPS = (
    ["INSERT INTO azora_outbox (id, type, version, time, data) VALUES (:id, 't', 1, 0, 'x')"],
    [
        """INSERT INTO azora_inbox (event, handler, state, attempts, crashes, due, changed,
        source, type, version, time, data) VALUES (:id, 'bare', 'pending', 0, 0, 0, 0, 's', 't', 1, 0, 'x')"""
    ],
    ["DELETE FROM azora_outbox WHERE id = :id"],
    [
        "UPDATE azora_inbox SET state = 'done', data = NULL WHERE event = :id AND handler = 'bare'",
        "INSERT INTO seen (n) VALUES (-1)",
    ],
)
"""What is written for one event that is emitted, handed over and handled."""


@pytest.fixture
def new_campus(tmp_path):
    """Makes a maker and a reader on SQLite files of their own."""
    made = []

    def make(name="campus"):
        hosts = Hosts(tmp_path / name)
        made.append(hosts)
        maker = hosts.host("maker")
        reader = hosts.host("reader", (handler(), write_and_wake))
        make_seen(reader)
        with reader.database.altering():
            reader.database.execute("CREATE INDEX seen_n ON seen (n)")
        hosts.start()
        return maker, reader

    yield make
    for hosts in made:
        hosts.close()


@pytest.fixture
def campus(new_campus):
    return new_campus()


def all_at_once(maker, reader, count=EVENTS):
    """Seconds of the processor for each event, of many emitted side by side."""

    def emit(numbers):
        for n in numbers:
            maker.emit(envelope(n))
            eventlet.sleep(0)

    before = effects(reader)
    started = time.process_time()
    for lane in range(8):
        eventlet.spawn_n(emit, range(lane, count, 8))
    eventually(lambda: effects(reader) == before + count, 60)
    return (time.process_time() - started) / count


def one_by_one(maker, reader, numbers):
    """Seconds of the processor from each event's emission to its effect, the median.

    Who waits is woken by the handler, and asks no sooner: asking would be counted as work.
    """
    times = []
    for n in numbers:
        handled = HANDLED[n] = Event()
        started = time.process_time()
        maker.emit(envelope(n))
        handled.wait()
        while not rows(reader, "SELECT 1 FROM seen WHERE n = ?", n):
            eventlet.sleep(0)
        times.append(time.process_time() - started)
        eventlet.sleep(0.002)
    return statistics.median(times)


def write_and_wake(host, data, told):
    """The handler: keeps the number, and wakes who waits for it."""
    write_seen(host, data, told)
    if waiting := HANDLED.pop(data["n"], None):
        waiting.send()


def effects(reader):
    return rows(reader, "SELECT max(place) FROM seen")[0][0] or 0


def bare(reader, count=300):
    """Seconds of the processor for the rows of one event, a transaction for each step, without Azora."""
    connection = sqlite3.connect(reader.database.path, isolation_level=None, timeout=10)
    connection.execute("PRAGMA synchronous = normal")
    started = time.process_time()
    for n in range(count):
        for step in STEPS:
            connection.execute("BEGIN IMMEDIATE")
            for sql in step:
                connection.execute(sql, {"id": f"bare {n}"})
            connection.execute("COMMIT")
    spent = (time.process_time() - started) / count
    connection.execute("DELETE FROM azora_inbox WHERE handler = 'bare'")
    connection.execute("DELETE FROM seen WHERE n = -1")
    connection.close()
    return spent


def settle_many(reader, count):
    """Let the inbox hold so many events that were handled before."""
    with reader.database.transaction():
        reader.consumer.inbox.insert([(envelope(n), "seen", None) for n in range(count)], 0.0)
        reader.database.execute("UPDATE azora_inbox SET state = 'done', changed = ?", time.time())


@pytest.mark.untraced
def test_many_events_cost_little_more_than_their_rows_and_hold_no_greenlet_up(campus, stalls):
    maker, reader = campus
    all_at_once(maker, reader, 200)
    ratios, stalled = [], []
    for _ in range(ROUNDS):
        stalls.begin_anew()
        spent = all_at_once(maker, reader)
        stalled.append(stalls.longest)
        ratios.append(spent / bare(reader))
    assert min(ratios) <= AT_ONCE, ratios
    assert min(stalled) <= 0.05


@pytest.mark.untraced
def test_events_that_have_piled_up_hold_no_greenlet_up(tmp_path, stalls):
    hosts = Hosts(tmp_path)
    maker, reader = hosts.host("maker"), hosts.host("reader", (handler(), write_and_wake))
    make_seen(reader)
    with maker.transaction():
        for n in range(EVENTS):
            maker.emit(envelope(n))
    stalls.begin_anew()
    hosts.start()
    eventually(lambda: not maker.outbox.waiting(maker.database), 60)
    hosts.close()
    assert stalls.longest <= 0.05


@pytest.mark.untraced
def test_one_event_costs_little_more_than_its_rows(campus):
    maker, reader = campus
    gc.collect()
    ones, bares = [], []
    for part in range(2 * ROUNDS):
        ones.append(one_by_one(maker, reader, range(part * 1000, part * 1000 + 25)))
        bares.append(bare(reader, 100))
    assert min(ones) / min(bares) <= ONE, (ones, bares)


@pytest.mark.untraced
def test_an_event_costs_no_more_when_many_were_handled_before(new_campus):
    young, old = new_campus("young"), new_campus("old")
    settle_many(old[1], SETTLED)
    spent = {young: [], old: []}
    for _ in range(ROUNDS):
        for campus, costs in spent.items():
            gc.collect()
            costs.append(all_at_once(*campus, 500))
    assert min(spent[old]) / min(spent[young]) <= 1.6, spent.values()


def test_handlers_that_run_side_by_side_share_their_commits(campus):
    maker, reader = campus
    commits = []
    with reader.database.transaction() as database:
        writing = database.open_transactions[eventlet.getcurrent()].connection
    writing.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    all_at_once(maker, reader, 400)
    assert len(commits) < 200
