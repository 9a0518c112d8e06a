"""The plugins that are measured: one echoes and ticks, one counts, one knows a single person."""

import time

import peewee

from azora import (
    Event,
    Permission,
    Plugin,
    Reply,
    Request,
    Service,
    Table,
    hookimpl,
    on_event,
    operation,
)

TOKEN = "azt_benchmark"
heard: list[int] = []
"""Events whose handler has committed, in this process."""


class Item(Request):
    number: int
    title: str
    tags: list[str] = []


class Wanted(Request):
    number: int
    title: str


class Echoed(Reply):
    number: int
    title: str
    tags: list[str] = []


class Ticked(Event):
    number: int


class Tick(Table):
    number = peewee.IntegerField()

    class Meta:
        personal = ()
        retention = "for the length of a benchmark"


_KEEP = "INSERT INTO tick (number) VALUES (?)"


class Echo(Service):
    @operation("POST /echo", permission="bench.use", idempotent=True, audited=False)
    def echo(self, request: Item) -> Echoed:
        """Answer what is asked."""
        return Echoed(number=request.number, title=request.title, tags=request.tags)

    @operation("GET /items/{number}", permission="bench.use")
    def item(self, request: Wanted) -> Echoed:
        """One item."""
        return Echoed(number=request.number, title=request.title, tags=["history", "commons"])


class Listener(Service):
    @on_event("bench.ticked")
    def count(self, event: Ticked) -> None:
        """Keep what was heard."""
        with self.transaction():
            Tick.insert(number=event.number).execute()
        heard.append(event.number)


class BatchListener(Service):
    @on_event("bench.ticked", batch=500)
    def count_many(self, events: list[Ticked]) -> None:
        """Keep what was heard, all at once."""
        with self.transaction():
            self.hosted.database.execute_many(_KEEP, [(event.number,) for event in events])
        heard.extend(event.number for event in events)


class Credential(Request):
    token: str


class SignedActor(Reply):
    token: str
    expires: float


class Identity(Service):
    @operation("POST /authenticate", public=True, http=False, idempotent=True)
    def authenticate(self, request: Credential) -> SignedActor:
        """The one person of this campus."""
        token = self.hosted.runtime.actors.sign("user:bench", {"bench.use"}, 60.0)
        return SignedActor(token=token, expires=time.time() + 60)


def module_of(plugin: Plugin) -> tuple[str, object]:
    """The plugin as a module with a front door, as the loader takes it."""

    class Module:
        __name__ = f"benchmarks_{plugin.name}"

        @hookimpl
        def describe(self) -> Plugin:
            return plugin

    return plugin.name, Module()


BENCH = Plugin(
    name="bench",
    summary="Echoes, and tells of ticks",
    services=[Echo],
    events=[Ticked],
    permissions=[Permission("bench.use", "Use the benchmark")],
)
LISTENER = Plugin(
    name="bench_listener", summary="Counts the ticks", services=[Listener], tables=[Tick]
)
BATCH_LISTENER = Plugin(
    name="bench_batches",
    summary="Counts the ticks, many at once",
    services=[BatchListener],
    tables=[Tick],
)
IDENTITY = Plugin(name="identity", summary="Knows one person", services=[Identity])
CALLER = Plugin(name="bench_caller", summary="Calls the echo from another process")


def trivial(number: int) -> Plugin:
    """A plugin with one operation and nothing else."""

    class Trivial(Service):
        @operation("GET /", public=True)
        def look(self, request: Request) -> Echoed:
            """Answer."""
            return Echoed(number=number, title="trivial")

    return Plugin(name=f"trivial_{number:02}", summary="Does next to nothing", services=[Trivial])
