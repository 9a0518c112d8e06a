"""The statements of the events' tables find their rows by an index, however many are settled."""

import re
import time

import pytest
from tests.kernel.events.hosts import Hosts, envelope, handler

from azora.events.inbox_row import Failure
from azora.events.parking import Parking
from azora.observe import gauges

TABLES = "azora_inbox|azora_outbox|earlier|behind|parked|lease"


@pytest.fixture
def asked(tmp_path):
    """A host on SQLite, and every statement that it has been asked."""
    hosts = Hosts(tmp_path)
    host = hosts.host("reader", (handler(ordered=True), lambda *_: None))
    statements = {}
    run = host.database.run

    def listen(sql, params):
        statements[sql] = params
        return run(sql, params)

    host.database.run = listen
    yield host, statements
    hosts.close()


def whole_tables_read(database, statements):
    return {
        f"{step}: {sql}"
        for sql, params in list(statements.items())
        for *_, step in database.execute(f"EXPLAIN QUERY PLAN {sql}", *(params or ()))
        if re.match(rf"SCAN ({TABLES})\b(?! USING)", step)
    }


def claim(host, suspects=False):
    now = time.time()
    given = {"suspects": suspects, "window": 10}
    return host.consumer.inbox.claim(["seen"], 5, now, now + 60, **given)


def live_through_everything(host):
    """Every statement of a row's life: run, done, failed, parked, driven again, recovered, forgotten."""
    inbox, parking, now = host.consumer.inbox, Parking(host.database), time.time()
    host.consumer.accept([envelope(n, key="k" if n else None) for n in range(3)])
    with host.database.transaction():
        one, two = claim(host)
        inbox.mark_done([one], now)
        inbox.mark_failed(two, "parked", Failure("no"), now, now)
    assert (inbox.due(now + 1, 10), inbox.suspected()) == (set(), False)
    assert inbox.next_due(now)
    assert parking.events() and parking.redrive([two.envelope.id])
    with host.database.transaction():
        (again,) = claim(host)
        assert inbox.abandoned(now + 1e9)
        inbox.recover(again.seq, again.attempts, "pending", "gone", now, now)
        claim(host, suspects=True)
        inbox.clean(now + 1e9)


def test_no_statement_of_an_events_life_reads_a_whole_table(asked):
    host, statements = asked
    live_through_everything(host)
    for question in (gauges._WAITING, gauges._PARKED):
        host.database.execute(question)
    assert len(statements) > 10
    assert whole_tables_read(host.database, statements) == set()


def test_a_statement_that_does_is_found(asked):
    host, statements = asked
    host.database.execute("SELECT seq FROM azora_inbox WHERE state = 'running'")
    assert len(whole_tables_read(host.database, statements)) == 1
