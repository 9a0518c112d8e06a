"""Events from an outbox to three durable subscribers with an inbox, in two processes over RabbitMQ and PostgreSQL.

`python -m benchmarks.flow_campus tell|hear|hear_batches DATA_DIR BROKER DATABASE`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import eventlet

from azora import Plugin, Service, on_event
from azora.campus import open_runtime, prepare_campus
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.runtime import Runtime
from azora.settings import load_campus_settings
from benchmarks.load import answer_orders
from benchmarks.log_campus import tell, wait_for
from benchmarks.plugins import BENCH, Ticked, module_of

SUBSCRIBERS = ("bench_first", "bench_second", "bench_third")
BATCH = 500
_KEEP = "INSERT INTO tick (number) VALUES (?)"
heard: Counter[str] = Counter()


class OneByOne(Service):
    @on_event("bench.ticked")
    def count(self, event: Ticked) -> None:
        """Keep what was heard."""
        with self.transaction() as database:
            database.execute(_KEEP, event.number)
        heard[self.hosted.name] += 1


class Batches(Service):
    @on_event("bench.ticked", batch=BATCH)
    def count_many(self, events: list[Ticked]) -> None:
        """Keep what was heard, all at once."""
        with self.transaction() as database:
            database.execute_many(_KEEP, [(event.number,) for event in events])
        heard[self.hosted.name] += len(events)


def open_part(data: str, names: list[str], service: type, broker: str, database: str) -> Runtime:
    """Some plugins of the campus, started, and connected."""
    listeners = [
        Plugin(name=name, summary="Counts ticks", services=[service]) for name in SUBSCRIBERS
    ]
    registry = load_registry([module_of(one) for one in (BENCH, *listeners)], installed=False)
    settings = load_campus_settings(
        data_dir=Path(data),
        broker_url=broker,
        database_url=database,
        plugins=list(registry.plugins),
    )
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry, names)
    upgrade(runtime)
    for name in set(names) & set(SUBSCRIBERS):
        with runtime.hosted[name].database.altering() as here:
            here.execute("CREATE TABLE IF NOT EXISTS tick (number INTEGER)")
    runtime.start()
    wait_for(lambda: runtime.transport and runtime.transport.ready)
    return runtime


def tell_all(runtime: Runtime, count: float) -> dict[str, float]:
    """Emit so many, 500 in a transaction, and say what processor time that and the relay took."""
    maker, worked = runtime.hosted["bench"], time.process_time()
    tell(maker, int(count))
    wait_for(lambda: not maker.outbox.waiting(maker.database))
    return {"processor": time.process_time() - worked}


def hear_all(count: float) -> dict[str, float]:
    """Say when each of the three has so many more."""
    goal, worked = {name: heard[name] + int(count) for name in SUBSCRIBERS}, time.process_time()
    wait_for(lambda: all(heard[name] >= goal[name] for name in SUBSCRIBERS))
    return {"processor": time.process_time() - worked}


def main(role: str, *given: Any) -> None:
    data, broker, database = given
    service = OneByOne if role == "hear" else Batches
    names = ["bench"] if role == "tell" else list(SUBSCRIBERS)
    runtime = open_part(data, names, service, broker, database)
    eventlet.sleep(0.5)
    answer_orders(partial(tell_all, runtime) if role == "tell" else hear_all)


if __name__ == "__main__":
    main(*sys.argv[1:])
