"""Handlers of one event that come side by side share a transaction; each counts once, and fails alone."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import eventlet
import peewee
import pytest
from eventlet.event import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kernel.events.hosts import (
    FAST,
    Hosts,
    envelope,
    eventually,
    handler,
    make_seen,
    rows,
    seen,
    states,
)

from azora.data.sharing import MOST, PATIENCE, Worth

ROOT = Path(__file__).parents[3]
INSERT = "INSERT INTO seen (n) VALUES (?)"
LISTENER = handler(attempts=2)


@pytest.fixture
def postgres(shared):
    """A reader on PostgreSQL, where handlers have something to share."""
    return reader_of(shared)


def reader_of(hosts):
    """A host that keeps the numbers that it is told; `host.ways` says of some how else they are handled."""
    host = hosts.host("reader", (LISTENER, follow), pace=FAST)
    host.ways, host.calls = {}, Counter()
    make_seen(host)
    return host


def follow(host, data, _):
    n = data["n"]
    host.calls[n] += 1
    host.ways.get(n, keep)(host, n)


def keep(host, n):
    with host.transaction():
        host.database.execute(INSERT, n)


def keep_slowly(host, n):
    with host.transaction():
        for _ in range(3):
            host.database.execute("SELECT 1")
            eventlet.sleep(0.001)
        host.database.execute(INSERT, n)


def fail_first(host, n):
    raise ValueError(n)


def fail_inside(host, n):
    with host.transaction():
        host.database.execute(INSERT, n)
        raise ValueError(n)


def fail_late(host, n):
    keep(host, n)
    raise ValueError(n)


def misspell(host, n):
    with host.transaction():
        host.database.execute("INSRT INTO seen")


def catch_inside(host, n):
    """PostgreSQL keeps nothing of a transaction in which a statement failed."""
    with host.transaction():
        host.database.execute(INSERT, n)
        try:
            host.database.execute("SELECT nothing FROM nowhere")
        except peewee.ProgrammingError as error:
            host.caught = error


def open_none(host, n):
    host.untouched = n


def hold_nothing(host, n):
    with host.transaction():
        pass


def bring(host, events):
    """All at once, as a queue does."""
    return [eventlet.spawn(host.consumer.deliver, LISTENER, event) for event in events]


def outcomes(brought):
    return Counter(each.wait() for each in brought)


def commits(host):
    """Transactions that settled what is in the inbox."""
    return rows(host, "SELECT count(DISTINCT xmin::text) FROM azora_inbox WHERE state = 'done'")[0][
        0
    ]


def test_events_that_come_together_share_commits(postgres):
    assert outcomes(bring(postgres, [envelope(n) for n in range(60)])) == {"done": 60}
    assert sorted(seen(postgres)) == list(range(60))
    assert commits(postgres) <= 60 // MOST + 3
    assert set(postgres.calls.values()) == {1}


def test_an_event_that_comes_alone_has_a_transaction_of_its_own(postgres):
    for n in range(3):
        assert postgres.consumer.deliver(LISTENER, envelope(n)) == "done"
    assert (seen(postgres), commits(postgres)) == ([0, 1, 2], 3)


@pytest.mark.parametrize("way", [fail_first, fail_inside, misspell, catch_inside])
@pytest.mark.parametrize("place", [0, 7, 19])
def test_one_that_fails_among_many_fails_alone(postgres, way, place):
    postgres.ways[place] = way
    assert outcomes(bring(postgres, [envelope(n) for n in range(20)])) == {"done": 19, "stored": 1}
    assert sorted(seen(postgres)) == [n for n in range(20) if n != place]
    if way is not misspell:  # the server reads none of what came with it
        assert set(postgres.calls.values()) == {1}
    postgres.hosts.start()
    (parked,) = eventually(postgres.consumer.parked)
    assert parked.attempts == 2


def test_one_that_is_slow_in_its_transaction_holds_nobody_up_for_long(postgres):
    go_on = Event()

    def wait_inside(host, n):
        with host.transaction():
            host.database.execute(INSERT, n)
            go_on.wait()

    postgres.ways[5] = wait_inside
    brought = bring(postgres, [envelope(n) for n in range(20)])
    eventually(lambda: sorted(seen(postgres)) == [n for n in range(20) if n != 5])
    go_on.send()
    assert outcomes(brought) == {"done": 20}
    assert sorted(seen(postgres)) == list(range(20))
    assert max(postgres.calls.values()) == 2


def test_one_whose_statement_waits_for_others_holds_nobody_up_and_breaks_nobody_off(postgres):
    """Two that wait for each other: PostgreSQL would break off one, maybe the one that was there before."""
    with postgres.database.altering():
        postgres.database.execute("CREATE TABLE total (id INTEGER PRIMARY KEY, n INTEGER)")
        postgres.database.execute("INSERT INTO total VALUES (1, 0), (2, 0)")
    add = "UPDATE total SET n = n + 1 WHERE id = ?"

    def count(host, n):
        with host.transaction():
            host.database.execute(add, 2 if n == 9 else 1)

    postgres.ways = dict.fromkeys(range(10), count)
    with postgres.database.transaction():
        postgres.database.execute(add, 2)
        brought = bring(postgres, [envelope(n) for n in range(10)])
        eventually(lambda: rows(postgres, "SELECT 1 FROM pg_locks WHERE NOT granted"))
        postgres.database.execute(add, 1)
    assert outcomes(brought) == {"done": 10}
    assert rows(postgres, "SELECT n FROM total ORDER BY id") == [(10,), (2,)]


def test_what_only_the_commit_refuses_fails_alone(postgres):
    with postgres.database.altering():
        postgres.database.execute(
            "CREATE TABLE once (n INTEGER, UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"
        )
        postgres.database.execute("INSERT INTO once VALUES (3)")

    def keep_once(host, n):
        with host.transaction():
            host.database.execute("INSERT INTO once VALUES (?)", n)

    postgres.ways = dict.fromkeys(range(8), keep_once)
    assert outcomes(bring(postgres, [envelope(n) for n in range(8)])) == {"done": 7, "stored": 1}
    assert rows(postgres, "SELECT n FROM once ORDER BY n") == [(n,) for n in range(8)]


def test_a_connection_that_is_lost_in_the_middle_loses_and_doubles_nothing(postgres):
    def cut(host, n):
        if host.calls[n] == 1:
            with host.transaction():
                ((backend,),) = rows(host, "SELECT pg_backend_pid()")
                eventlet.spawn(rows, host, "SELECT pg_terminate_backend(?)", backend).wait()
                host.database.execute(INSERT, n)
        keep(host, n)

    postgres.ways[7] = cut
    assert outcomes(bring(postgres, [envelope(n) for n in range(20)])) == {"done": 19, "stored": 1}
    postgres.hosts.start()
    eventually(lambda: len(seen(postgres)) == 20)
    assert sorted(seen(postgres)) == list(range(20))


def test_a_timeout_while_it_waits_for_its_commit_does_not_fail_what_is_done(postgres):
    late = Event()

    def wait_inside(host, n):
        with host.transaction():
            late.wait()

    def keep_in_time(host, n):
        with eventlet.Timeout(PATIENCE / 5):
            keep(host, n)

    postgres.ways = {0: keep_in_time, 1: wait_inside}
    brought = bring(postgres, [envelope(0), envelope(1)])
    assert brought[0].wait() == "done"
    late.send()
    assert brought[1].wait() == "done"
    assert (seen(postgres), postgres.calls[0]) == ([0], 1)


def test_sharing_is_given_up_where_bodies_take_longer_than_what_it_saves():
    worth = Worth()
    for _ in range(10):
        worth.learn(20, busy=0.02, ending=0.002)
    assert worth.sharing
    for _ in range(10):
        worth.learn(20, busy=0.2, ending=0.002)
    assert not worth.sharing


WAYS = {
    keep: "kept",
    keep_slowly: "kept",
    fail_late: "kept",
    fail_first: "parked",
    fail_inside: "parked",
    misspell: "parked",
    open_none: "done",
    hold_nothing: "done",
}
BURSTS = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(list(WAYS))), min_size=1, max_size=25),
    max_size=4,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(BURSTS)
def test_whatever_comes_together_and_fails_each_event_counts_once(hosts, bursts):
    """Some come twice, side by side or later; the first way of a number holds for it."""
    host = hosts.hosted.get("reader") or reader_of(hosts)
    with host.database.transaction():
        host.database.execute("DELETE FROM seen")
        host.database.execute("DELETE FROM azora_inbox")
    host.ways = {n: way for burst in reversed(bursts) for n, way in reversed(burst)}
    events = {n: envelope(n) for n in host.ways}
    hosts.start()
    for burst in bursts:
        for each in bring(host, [events[n] for n, _ in burst]):
            each.wait()
    eventually(lambda: set(states(host)) <= {"done", "parked"})
    hosts.rest()
    assert sorted(seen(host)) == sorted(n for n, way in host.ways.items() if WAYS[way] == "kept")
    expected = {
        events[n].id: "parked" if WAYS[way] == "parked" else "done" for n, way in host.ways.items()
    }
    assert dict(rows(host, "SELECT event, state FROM azora_inbox")) == expected


def test_a_process_killed_in_the_middle_of_shared_transactions_loses_and_doubles_nothing(
    tmp_path, postgresql
):
    url = postgresql.new_database()
    hosts = Hosts(tmp_path, url)
    host = reader_of(hosts)
    said = []
    for round_ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.events.sharing_replica", str(tmp_path), url],
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            text=True,
        )
        said += [child.stdout.readline() for _ in range(30 + 17 * round_)]
        child.kill()
        said += child.communicate()[0].splitlines()
    done = {int(line) for line in said if line.strip().isdigit()}
    assert done <= set(seen(host)) and len(done) > 90
    settled = rows(host, "SELECT event::bigint FROM azora_inbox WHERE state = 'done'")
    assert sorted(seen(host)) == sorted(n for (n,) in settled)
    hosts.close()
