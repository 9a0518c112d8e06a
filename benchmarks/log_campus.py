"""A campus that keeps the log: events confirmed into it, its index made anew, and a replay into a handler.

`python -m benchmarks.log_campus ROLE DATA_DIR [BROKER DATABASE]`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import eventlet

from azora import Plugin
from azora.actor import load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.runtime import Runtime
from azora.settings import load_campus_settings
from azora_nexus import plugin as nexus
from azora_nexus.journal.index import Indexer
from azora_nexus.journal.models import TABLES
from benchmarks.load import answer_orders
from benchmarks.plugins import BATCH_LISTENER, BENCH, LISTENER, Tick, Ticked, heard, module_of

KEEPER = Plugin(name="keeper", summary="Keeps the log, and indexes it when told to", keeps_log=True)
PIECE = 500
"""Events that are emitted by one statement."""
Result = dict[str, float]


def open_campus(data: str, servers: list[str], *plugins: Any) -> Runtime:
    """A started runtime of these plugins: on SQLite alone, or on a broker and PostgreSQL."""
    registry = load_registry(plugins, installed=False)
    given = dict(zip(("broker_url", "database_url"), servers, strict=False))
    settings = load_campus_settings(data_dir=Path(data), plugins=list(registry.plugins), **given)
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry, None)
    upgrade(runtime)
    runtime.start()
    while runtime.readiness():
        eventlet.sleep(0.05)
    return runtime


def make_tables(hosted: Any, *tables: Any) -> None:
    hosted.database.bind(tables)
    with hosted.database.altering():
        hosted.database.peewee.create_tables(tables)


def tell(hosted: Any, count: int) -> None:
    """Emit so many events, in transactions that each tell many."""
    for first in range(0, count, PIECE):
        hosted.emit_many([Ticked(number=n) for n in range(first, min(first + PIECE, count))])


def timed(work: Callable[[], object], count: int) -> tuple[float, float]:
    """How many of `count` events a second, by the clock and by the processor."""
    clock, worked = time.perf_counter(), time.process_time()
    work()
    return count / (time.perf_counter() - clock), count / (time.process_time() - worked)


def log(data: str, *servers: str) -> None:
    """Nobody listens: what is told goes into the log alone, and from there into its index."""
    runtime = open_campus(data, list(servers), module_of(BENCH), module_of(KEEPER))
    maker, keeper = runtime.hosted["bench"], runtime.hosted["keeper"]
    make_tables(keeper, *TABLES)
    told = 0

    def measure(events: float) -> Result:
        nonlocal told
        count = int(events)
        with maker.transaction():
            tell(maker, count)
        told += count
        confirmed = timed(lambda: wait_for(lambda: not maker.outbox.waiting(maker.database)), count)
        with keeper.transaction() as database:
            database.execute("DELETE FROM nexus_event")
            database.execute("DELETE FROM nexus_position")
        indexed = timed(lambda: index(keeper, told), told)
        return {
            "confirmed": confirmed[0],
            "confirmed_alone": confirmed[1],
            "indexed": indexed[0],
            "indexed_alone": indexed[1],
        }

    answer_orders(measure)


def index(keeper: Any, count: int) -> None:
    """Read the whole log into the index: each batch in one transaction, with the place reached."""
    indexer = Indexer(keeper, keeper.event_log)
    while indexed(keeper, "bench.ticked") < count:
        for _ in range(4):
            indexer.round()


def replay(data: str, *servers: str) -> None:
    """What was told is told again to one handler, which writes a row for each event."""
    tell_again(LISTENER, "count", "replayed", data, servers)


def batches(data: str, *servers: str) -> None:
    """The same to a handler that takes 500 at once."""
    tell_again(BATCH_LISTENER, "count_many", "in_batches", data, servers)


def tell_again(listener: Plugin, handler: str, key: str, data: str, servers: Any) -> None:
    named = [module_of(BENCH), module_of(listener), ("nexus", nexus)]
    runtime = open_campus(data, list(servers), *named)
    make_tables(runtime.hosted[listener.name], Tick)
    target = {"plugin": listener.name, "handler": handler}
    answer_orders(partial(measure_replay, runtime, target, key))


def measure_replay(runtime: Runtime, target: Any, key: str, events: float) -> Result:
    """Tell once, and when all of it was heard and is in the index, replay it."""
    count, before = int(events), len(heard)
    tell(runtime.hosted["bench"], count)
    wait_for(lambda: len(heard) == before + count)
    wait_for(lambda: indexed(runtime.hosted["nexus"], "bench.ticked") >= count)
    keys = load_keyring(runtime.settings.keys_folder, {"identity"}, keeper=True)
    context = Context(runtime)
    context.token = keys.sign("operator:bench", {"*"}, 60.0)
    asked = {**target, "again": True}

    def again() -> None:
        runtime.call("nexus.start_replay", asked, context=context)
        wait_for(lambda: len(heard) == before + 2 * count)

    clock, own = timed(again, count)
    return {key: clock, f"{key}_alone": own}


def indexed(keeper: Any, event: str) -> int:
    found = keeper.database.execute("SELECT count(*) FROM nexus_event WHERE type = ?", event)
    return int(found[0][0])


def wait_for(condition: Callable[[], object]) -> None:
    while not condition():
        eventlet.sleep(0.005)


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    {"log": log, "replay": replay, "batches": batches}[role](*arguments)
