"""A backup holds the log, also where that is a stream of the broker; a restore puts it back in order."""

import pytest
from tests.kernel.backup.conftest import Kept
from tests.kernel.events.hosts import eventually


@pytest.fixture
def kept(tmp_path):
    """It need not wait for handlers: nothing is on its way any more."""
    return Kept(tmp_path, hold=0)


@pytest.fixture
def on_broker(new_campus_here, rabbitmq, postgresql):
    """`on_broker("name")`: a campus whose log is a stream, on a broker of the test's own."""

    def make(name, products=("broker_url", "database_url")):
        servers = {"broker_url": rabbitmq.new_vhost, "database_url": postgresql.new_database}
        return new_campus_here(name, **{key: servers[key]() for key in products})

    return make


def told(here):
    """(id, type, data) of every event of the log, in its order."""
    with here.runtime.hosted["nexus"].event_log.reader(0) as reader:
        found = []
        while taken := reader.take(1000, 1.0):
            found += [(one.envelope.id, one.envelope.type, one.envelope.data) for one in taken]
    return found


def waiting(here):
    return here.runtime.hosted["nexus"].database.execute("SELECT count(*) FROM azora_log")[0][0]


def fill(campus):
    """A campus with some events; all of them, as the log tells them."""
    campus.add_books("Mhudi", "Ubuntu", "Ngũgĩ \\\\ tab")
    with campus.open() as here:
        outboxes = list(here.runtime.hosted.values())
        eventually(lambda: not any(one.outbox.waiting(one.database) for one in outboxes))
        return told(here)


def settled(here):
    """All events of the log, once those of a restore are in it."""
    eventually(lambda: waiting(here) == 0, 20)
    return told(here)


def test_the_events_of_a_stream_come_back_in_order_and_nobody_is_told_again(on_broker, kept):
    campus, there = on_broker("campus"), on_broker("there")
    before = fill(campus)
    assert len(before) >= 3
    kept.back_up(campus)
    kept.restore(there)
    with there.open() as here:
        assert settled(here)[: len(before)] == before
        index = "SELECT id FROM nexus_event ORDER BY place"
        nexus, library = (here.runtime.hosted[name] for name in ("nexus", "library"))
        ids = [id_ for id_, _, _ in before]
        eventually(lambda: [id_ for (id_,) in nexus.database.execute(index)][: len(ids)] == ids, 20)
        assert library.queued() == dict.fromkeys(library.queued(), 0)
        categories = here.call("library.list_categories", {})["items"]
        assert {one["name"]: one["resources"] for one in categories} == {"Cape": 3}


def test_a_stream_that_is_still_there_gets_nothing_twice(on_broker, kept):
    campus = on_broker("campus", ("broker_url",))
    before = fill(campus)
    kept.back_up(campus)
    kept.restore(campus, replace=True)
    with campus.open() as here:
        found = settled(here)
    assert found[: len(before)] == before
    assert len({id_ for id_, _, _ in found}) == len(found)


def test_a_stream_becomes_a_table_without_a_broker_and_the_other_way_round(on_broker, kept):
    campus, laptop = on_broker("campus", ("broker_url",)), on_broker("laptop", ())
    server = on_broker("server", ("broker_url",))
    before = fill(campus)
    kept.back_up(campus)
    kept.restore(laptop)
    with laptop.open() as here:
        assert told(here)[: len(before)] == before
    kept.back_up(laptop)
    kept.restore(server)
    with server.open() as here:
        assert settled(here)[: len(before)] == before
