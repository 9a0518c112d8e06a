"""What events cost from end to end in one process, and that nobody is held up meanwhile.

Counted in statements, commits and steps of SQLite's machine, which are the same on every machine
however busy it is; docs/benchmarks.md has the rates. Only how long others are held up is measured, in
the processor's time.
"""

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

from azora.data.sqlite import _RoutedSqlite

EVENTS = 1500
ROUNDS = 3
"""The best of so many: nothing makes a round hold others up for less than it does."""
SETTLED = 5_000
HANDLED = {}
"""By its number, whom the handling of an event wakes."""


class Counts:
    """What SQLite was told to do on every connection that is opened while it watches."""

    STRIDE = 10
    """Of so many steps of SQLite's machine each is counted at once."""

    def __init__(self):
        self.statements, self.commits, self.steps = 0, 0, 0

    def watch(self, connection):
        connection.set_trace_callback(self._statement)
        connection.set_progress_handler(self._steps, self.STRIDE)
        return connection

    def _statement(self, sql):
        self.statements += 1
        self.commits += sql == "COMMIT"

    def _steps(self):
        self.steps += self.STRIDE

    def since(self, begun, events):
        """Statements, commits and steps for each event."""
        return [
            (now - then) / events
            for now, then in zip(vars(self).values(), begun.values(), strict=True)
        ]


@pytest.fixture
def counts(monkeypatch):
    counted, opened = Counts(), _RoutedSqlite.open
    monkeypatch.setattr(_RoutedSqlite, "open", lambda each: counted.watch(opened(each)))
    return counted


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
        hosts.start()
        return maker, reader

    yield make
    for hosts in made:
        hosts.close()


def write_and_wake(host, data, told):
    """The handler: keeps the number, and wakes who waits for it."""
    write_seen(host, data, told)
    if waiting := HANDLED.pop(data["n"], None):
        waiting.send()


def all_at_once(maker, reader, count=EVENTS):
    """Emit events side by side, and wait for the effect of each."""

    def emit(numbers):
        for n in numbers:
            maker.emit(envelope(n))
            eventlet.sleep(0)

    before = effects(reader)
    for lane in range(8):
        eventlet.spawn_n(emit, range(lane, count, 8))
    eventually(lambda: effects(reader) == before + count, 60)


def one_by_one(maker, numbers):
    """Emit each event once the one before it has had its effect."""
    for n in numbers:
        handled = HANDLED[n] = Event()
        maker.emit(envelope(n))
        handled.wait()
        eventlet.sleep(0.002)


def effects(reader):
    return rows(reader, "SELECT max(place) FROM seen")[0][0] or 0


def settle_many(reader, count):
    """Let the inbox hold so many events that were handled before."""
    with reader.database.transaction():
        reader.consumer.inbox.insert([(envelope(n), "seen", None) for n in range(count)], 0.0)
        reader.database.execute("UPDATE azora_inbox SET state = 'done', changed = 1e12")


def test_one_event_after_the_other_takes_a_transaction_for_each_step(counts, new_campus):
    maker, _ = new_campus()
    one_by_one(maker, range(20))
    begun = dict(vars(counts))
    one_by_one(maker, range(20, 120))
    statements, commits, steps = counts.since(begun, 100)
    assert commits <= 6
    assert statements <= 30
    assert steps <= 900


def test_events_side_by_side_share_statements_and_commits(counts, new_campus):
    maker, reader = new_campus()
    all_at_once(maker, reader, 200)
    begun = dict(vars(counts))
    all_at_once(maker, reader, 400)
    statements, commits, _ = counts.since(begun, 400)
    assert commits <= 1.5
    assert statements <= 12


def test_an_event_costs_no_more_when_many_were_handled_before(counts, new_campus):
    young, old = new_campus("young"), new_campus("old")
    settle_many(old[1], SETTLED)
    spent = []
    for maker, _ in (young, old):
        one_by_one(maker, range(20))
        begun = dict(vars(counts))
        one_by_one(maker, range(20, 120))
        spent.append(counts.since(begun, 100)[-1])
    assert spent[1] <= 1.3 * spent[0]


@pytest.mark.untraced
def test_many_events_hold_no_greenlet_up(new_campus, stalls):
    maker, reader = new_campus()
    all_at_once(maker, reader, 200)
    stalled = []
    for _ in range(ROUNDS):
        stalls.begin_anew()
        all_at_once(maker, reader)
        stalled.append(stalls.longest)
    assert min(stalled) <= 0.05


@pytest.mark.untraced
def test_events_that_have_piled_up_hold_no_greenlet_up(tmp_path, stalls):
    stalled = []
    for part in range(ROUNDS):
        hosts = Hosts(tmp_path / str(part))
        maker, reader = hosts.host("maker"), hosts.host("reader", (handler(), write_and_wake))
        make_seen(reader)
        with maker.transaction():
            for n in range(EVENTS):
                maker.emit(envelope(n))
        stalls.begin_anew()
        hosts.start()
        eventually(lambda outbox=maker.outbox, at=maker.database: not outbox.waiting(at), 60)
        hosts.close()
        stalled.append(stalls.longest)
    assert min(stalled) <= 0.05
