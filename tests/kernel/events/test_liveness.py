"""Whose work is whose: what a dead process was running is taken up soon, what a living one runs is not."""

import time

import pytest
from tests.kernel.events.hosts import (
    envelope,
    eventually,
    handler,
    make_seen,
    rows,
    seen,
    states,
    write_seen,
)

from azora.data.leases import this_process
from azora.data.liveness import LEASE_NAME, Liveness
from azora.errors import ServiceError, Unavailable
from azora.events.pace import Pace

LEASE = 0.4
PACE = Pace(first_pause=0.01, idle=0.1, lease=LEASE)


def reader(hosts, function=write_seen, **facts):
    host = hosts.host("reader", (handler(**facts), function), pace=PACE)
    make_seen(host)
    return host


def running_elsewhere(host, owner, number):
    """A row that another process has begun, and that by the clock has long to go."""
    host.consumer.accept([envelope(number)])
    with host.database.transaction():
        host.database.execute(
            "UPDATE azora_inbox SET state = 'running', attempts = 1, owner = ?, due = ?",
            owner,
            time.time() + 1000,
        )


def test_what_a_dead_process_was_running_is_taken_up_within_its_lease(shared):
    host = reader(shared)
    running_elsewhere(host, "dead", 1)
    began = time.monotonic()
    shared.start()
    eventually(lambda: seen(host) == [1])
    assert time.monotonic() - began >= LEASE
    assert rows(host, "SELECT crashes FROM azora_inbox") == [(1,)]


def test_what_a_living_process_runs_stays_its_own(shared):
    host = reader(shared)
    running_elsewhere(host, "alive", 1)
    with host.database.transaction():
        host.database.execute(
            "INSERT INTO azora_leases (name, owner, until) VALUES (?, 'alive', ?)",
            f"{LEASE_NAME}alive",
            time.time() + 1000,
        )
    shared.start()
    host.consumer.accept([envelope(2)])
    eventually(lambda: seen(host) == [2])
    eventually(host.consumer._liveness.may_judge)
    assert states(host) == {"running": 1, "done": 1}


def test_a_process_shows_that_it_lives_from_its_start(shared):
    host = reader(shared)
    shared.start()
    lease = "SELECT until FROM azora_leases WHERE name = ?"
    eventually(lambda: rows(host, lease, f"{LEASE_NAME}{this_process()}"))


def test_after_a_gap_of_its_own_a_process_judges_nobody_for_a_while(shared, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("azora.data.liveness.time.monotonic", lambda: now[0])
    liveness = Liveness(reader(shared).database, 10.0)
    judged = []
    for seconds in (0, 4, 4, 4, 30, 4, 4, 4):
        now[0] += seconds
        liveness.show()
        judged.append(liveness.may_judge())
    assert judged == [False, False, False, True, False, False, False, True]


@pytest.mark.parametrize("trouble", [Unavailable("away"), ServiceError("full")])
@pytest.mark.parametrize("straight", [True, False])
def test_a_failure_is_recorded_as_soon_as_the_database_is_back(hosts, trouble, straight):
    tries, refusals = [], [trouble, trouble]

    def flaky(host, data, event):
        tries.append(data["n"])
        if len(tries) == 1:
            raise ValueError("once")
        write_seen(host, data, event)

    host = reader(hosts, flaky)
    record = "insert_failed" if straight else "mark_failed"
    real = getattr(host.consumer.inbox, record)

    def unreliable(*given):
        if refusals:
            raise refusals.pop()
        real(*given)

    setattr(host.consumer.inbox, record, unreliable)
    hosts.start()
    if straight:
        assert host.consumer.deliver(handler(), envelope(1)) == "stored"
    else:
        host.consumer.accept([envelope(1)])
    eventually(lambda: seen(host) == [1])
    assert (tries, refusals) == ([1, 1], [])
    assert rows(host, "SELECT attempts, crashes FROM azora_inbox") == [(2, 0)]


def test_a_handler_that_succeeded_is_not_run_again_while_that_cannot_be_recorded(hosts):
    heard, refusals = [], [Unavailable("away")] * 2
    host = reader(hosts, lambda host, data, event: heard.append(data["n"]))
    transaction = host.database.transaction

    def unreliable():
        if heard and refusals:
            raise refusals.pop()
        return transaction()

    host.database.transaction = unreliable
    hosts.start()
    host.consumer.accept([envelope(1)])
    eventually(lambda: states(host) == {"done": 1})
    assert heard == [1]


def test_an_error_whose_words_no_database_takes_is_recorded(hosts):
    def poison(host, data, event):
        raise ValueError("nul \0 and half a character \ud800")

    host = reader(hosts, poison, attempts=2)
    hosts.start()
    assert host.consumer.deliver(handler(attempts=2), envelope(1)) == "stored"
    parked = eventually(host.consumer.parked)
    assert parked[0].error == "ValueError: nul \\0 and half a character \\ud800"
