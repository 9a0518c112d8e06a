"""Two plugins, one of them in a process of its own: what is rung over RPC is heard as an event.

`python -m tests.faults.ringing DATA BROKER` serves `bell` until its input ends.
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
from pathlib import Path

import peewee
from eventlet import tpool
from tests.kernel.hosting import make_plugin

from azora import Event, Reply, Request, Service, Table, on_event, operation
from azora.campus import open_runtime, prepare_campus
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.rpc import connection
from azora.runtime import Runtime
from azora.settings import load_campus_settings

CALL_SECONDS = 3.0
HEARTBEAT = 2
"""Seconds between the heartbeats of `bell`, so that it hears soon of a network that is cut."""


class Ring(Request):
    number: int = 0


class Numbers(Reply):
    numbers: list[int]


class Rang(Event):
    number: int


class Rung(Table):
    number = peewee.IntegerField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Heard(Table):
    number = peewee.IntegerField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Bell(Service):
    @operation("POST /ring", public=True, timeout=CALL_SECONDS)
    def ring(self, request: Ring) -> Numbers:
        with self.transaction():
            Rung.create(number=request.number)
            self.emit(Rang(number=request.number))
        return Numbers(numbers=[request.number])

    @operation("GET /look", public=True, idempotent=True, timeout=CALL_SECONDS)
    def look(self, request: Ring) -> Numbers:
        return Numbers(numbers=[request.number])

    @operation("GET /rung", public=True, idempotent=True)
    def rung(self, request: Ring) -> Numbers:
        """Every number from this one on that was rung"""
        rows = Rung.select().where(Rung.number >= request.number)
        return Numbers(numbers=[row.number for row in rows])


class Tower(Service):
    @operation("GET /heard", public=True)
    def heard(self, request: Ring) -> Numbers:
        """Every number from this one on that was heard"""
        rows = Heard.select().where(Heard.number >= request.number)
        return Numbers(numbers=[row.number for row in rows])

    @on_event("bell.rang")
    def note(self, event: Rang) -> None:
        with self.transaction():
            Heard.create(number=event.number)


def hosting(name: str, data: Path, broker: str) -> Runtime:
    """A started runtime of one of the two."""
    bell = make_plugin("bell", services=[Bell], events=[Rang], tables=[Rung])
    tower = make_plugin("tower", services=[Tower], tables=[Heard])
    registry = load_registry([bell, tower], installed=False)
    settings = load_campus_settings(data_dir=data, broker_url=broker)
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry, [name])
    upgrade(runtime)
    database = runtime.hosted[name].database
    with database.altering():
        database.peewee.create_tables([{"bell": Rung, "tower": Heard}[name]])
    runtime.start()
    assert runtime.transport and runtime.transport.wait_ready(20)
    return runtime


if __name__ == "__main__":
    connection.HEARTBEAT = HEARTBEAT
    bell = hosting("bell", Path(sys.argv[1]), sys.argv[2])
    print("ready", flush=True)
    tpool.execute(sys.stdin.read)
    bell.stop(grace=1)
