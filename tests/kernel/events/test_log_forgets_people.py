"""Who is erased is readable nowhere that an event went: log, outbox, parked rows, in either body."""

from contextlib import ExitStack

import pytest
from tests.kernel.events.hosts import eventually
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import Event, Service, on_event
from azora.events.sealing import MARK
from azora.permissions import ERASE_PEOPLE

NAME = "Nokuthula Zanele Mabandla"


class Joined(Event):
    personal = {"name": "person"}

    person: str
    name: str | None


class Deaf(Service):
    @on_event("school.joined", attempts=1)
    def hear(self, event: Joined) -> None:
        raise RuntimeError(f"cannot greet {event.name}")


PLUGINS = [
    make_plugin("school", events=[Joined]),
    make_plugin("deaf", services=[Deaf]),
    make_plugin("keeper", keeps_log=True),
]


@pytest.fixture(params=["embedded", "distributed"])
def places(request, tmp_path):
    """A running campus, and the folders in which anything of it may rest."""
    given, folders = {}, [tmp_path]
    if request.param == "distributed":
        broker, database = map(request.getfixturevalue, ("rabbitmq", "postgresql"))
        given = {"broker_url": broker.new_vhost(), "database_url": database.new_database()}
        folders += [broker.directory, database.directory]
    with ExitStack() as stack:
        runtime = stack.enter_context(running(tmp_path, *PLUGINS, **given))
        eventually(lambda: not runtime.readiness(), 20)
        yield runtime, folders


def holding(folders, data):
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                if path.is_file() and data in path.read_bytes():
                    found.append(path)
            except OSError:  # a server has just removed it
                continue
    return found


def test_no_readable_byte_is_left_where_the_event_went(places):
    runtime, folders = places
    school = runtime.hosted["school"]
    with school.transaction():
        id_ = school.emit(Joined(person="p1", name=NAME))
    parked = runtime.hosted["deaf"].consumer.parked
    eventually(parked)
    with runtime.hosted["keeper"].event_log.reader(0) as reader:
        (logged,) = eventually(lambda: reader.take(10, 0.5))
    assert logged.envelope.id == id_ and MARK.encode() in logged.envelope.data
    context = acting_as(runtime, "operator:keeper", ERASE_PEOPLE)
    runtime.call("school.erase_subject", {"subject": "p1"}, context=context)
    assert holding(folders, id_.encode())
    assert holding(folders, NAME.encode()) == []
    assert NAME not in parked()[0].error + parked()[0].stack + parked()[0].data.decode()
