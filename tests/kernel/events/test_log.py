"""The log of all events: one suite for the table on SQLite and PostgreSQL and for RabbitMQ's stream."""

import time

import eventlet
import pytest
from tests.kernel.events.hosts import eventually
from tests.kernel.hosting import make_plugin, running

from azora import Event
from azora.data.leases import Lease
from azora.errors import Unavailable
from azora.events.envelope import Envelope
from azora.ids import uuid7


class Ticked(Event):
    key_field = "of"

    of: str
    n: int


PLUGINS = [make_plugin("maker", events=[Ticked]), make_plugin("keeper", keeps_log=True)]


@pytest.fixture(params=["table on SQLite", "table on PostgreSQL", "stream"])
def campus(request, tmp_path):
    """Everything that a log may rest on; `start(n)` gives the runtimes of a campus on the same data."""
    given = {}
    if request.param != "table on SQLite":
        given["database_url"] = request.getfixturevalue("postgresql").new_database()
    if request.param == "stream":
        given["broker_url"] = request.getfixturevalue("rabbitmq").new_vhost()
    return tmp_path, given


@pytest.fixture
def runtime(campus):
    folder, given = campus
    with running(folder, *PLUGINS, **given) as runtime:
        eventually(lambda: not runtime.readiness(), 20)
        yield runtime


def emit(runtime, *numbers, of="a"):
    """Emit ticks with these numbers in one transaction, and wait until they left the outbox."""
    maker = runtime.hosted["maker"]
    with maker.transaction():
        ids = [maker.emit(Ticked(of=of, n=n)) for n in numbers]
    eventually(lambda: not maker.outbox.waiting(maker.database))
    return ids


def taken(runtime, offset=0, count=1, limit=100):
    """The first `count` events of the log from an offset on."""
    found = []
    with runtime.hosted["keeper"].event_log.reader(offset) as reader:
        eventually(lambda: found.extend(reader.take(limit, 0.5)) or len(found) >= count)
    return found


def test_an_event_is_in_the_log_as_it_was_told(runtime):
    (emitted,) = emit(runtime, 7, of="clock")
    (logged,) = taken(runtime)
    envelope = logged.envelope
    assert (envelope.id, envelope.source, envelope.type) == (emitted, "maker", "maker.ticked")
    assert (envelope.version, envelope.key, envelope.data) == (1, "clock", b'{"of":"clock","n":7}')
    assert abs(envelope.time - time.time()) < 60


def test_events_stand_in_the_order_of_their_emission_and_offsets_rise(runtime):
    ids = [id_ for n in range(5) for id_ in emit(runtime, *range(n * 40, n * 40 + 40))]
    found = taken(runtime, count=200, limit=33)
    assert [logged.envelope.id for logged in found] == ids
    offsets = [logged.offset for logged in found]
    assert offsets == sorted(set(offsets))


def test_a_reader_begins_at_its_offset(runtime):
    ids = emit(runtime, *range(10))
    offsets = [logged.offset for logged in taken(runtime, count=10)]
    assert [logged.envelope.id for logged in taken(runtime, offsets[4], count=6)] == ids[4:]
    with runtime.hosted["keeper"].event_log.reader(offsets[-1] + 1) as reader:
        assert reader.take(10, 0.3) == []


def test_a_reader_that_waits_is_told_what_comes_at_once(runtime):
    emit(runtime, 1)
    first = taken(runtime)[0].offset
    with runtime.hosted["keeper"].event_log.reader(first + 1) as reader:
        reader.take(10, 0.3)
        waiting = eventlet.spawn(reader.take, 10, 5.0)
        eventlet.sleep(0)
        began = time.monotonic()
        ids = emit(runtime, 2)
        assert [logged.envelope.id for logged in waiting.wait()] == ids
        assert time.monotonic() - began < 2


def test_what_is_handed_over_twice_is_known_by_its_id(runtime):
    maker = runtime.hosted["maker"]
    emit(runtime, 1)
    envelope = Envelope(uuid7(), "maker", "maker.ticked", 1, time.time(), None, b'{"n":2}')
    runtime.courier.publish([envelope])
    runtime.courier.publish([envelope])
    emit(runtime, 3)
    found = taken(runtime, count=3)
    eventually(lambda: not maker.outbox.waiting(maker.database))
    assert len({logged.envelope.id for logged in found}) == 3


def test_a_campus_that_starts_again_goes_on_behind_what_it_has(campus):
    folder, given = campus
    ids = []
    for n in range(2):
        with running(folder, *PLUGINS, **given) as runtime:
            eventually(lambda: not runtime.readiness(), 20)
            ids += emit(runtime, n)
            found = taken(runtime, count=n + 1)
            assert [logged.envelope.id for logged in found] == ids


@pytest.mark.parametrize("campus", ["stream"], indirect=True)
def test_a_stream_survives_its_broker_and_a_reader_says_that_it_lost_it(runtime, rabbitmq):
    ids = emit(runtime, 1)
    with runtime.hosted["keeper"].event_log.reader(0) as reader:
        eventually(lambda: reader.take(1, 0.5))
        rabbitmq.kill()
        with pytest.raises(Unavailable):
            eventually(lambda: reader.take(1, 0.5))
    maker = runtime.hosted["maker"]
    with maker.transaction():
        ids.append(maker.emit(Ticked(of="a", n=2)))
    rabbitmq.start()
    eventually(lambda: not maker.outbox.waiting(maker.database), 30)
    assert [logged.envelope.id for logged in taken(runtime, count=2)] == ids


@pytest.mark.parametrize("campus", ["table on SQLite", "table on PostgreSQL"], indirect=True)
def test_a_table_forgets_by_type_and_age_but_never_its_last_event(runtime):
    ids = emit(runtime, 1, 2, 3)
    log = runtime.hosted["keeper"].event_log
    assert log.forget("maker.tocked", time.time() + 60) == 0
    assert log.forget("maker.ticked", time.time() - 60) == 0
    assert log.forget("maker.ticked", time.time() + 60) == 2
    assert [logged.envelope.id for logged in taken(runtime)] == ids[2:]
    more = emit(runtime, 4)
    assert [logged.envelope.id for logged in taken(runtime, count=2)] == [ids[2], *more]


def test_the_newest_event_is_the_last_that_was_told(runtime):
    log = runtime.hosted["keeper"].event_log
    assert log.newest(0.2) is None
    emit(runtime, *range(30))
    last = taken(runtime, count=30)[-1]
    assert log.newest(2.0) == last


@pytest.mark.parametrize("campus", ["table on PostgreSQL"], indirect=True)
def test_a_process_that_stops_leaves_its_leases_to_others(campus):
    folder, given = campus
    with running(folder, *PLUGINS, **given) as runtime:
        assert Lease(runtime.hosted["keeper"].database, "mine", 600.0).take()
    with running(folder, *PLUGINS, **given) as runtime:
        held = "SELECT until FROM azora_leases WHERE name = 'mine'"
        assert runtime.hosted["keeper"].database.execute(held) == [(0.0,)]
