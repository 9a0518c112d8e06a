"""Azora with everything on: calls in one process and over RabbitMQ, HTTP, and events.

`python -m benchmarks.azora_campus ROLE DATA_DIR [ADDRESS]`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import eventlet
from opentelemetry.sdk.trace import SpanProcessor

from azora.actor import load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.http.gateway import Gateway
from azora.loader import load_registry
from azora.observe.telemetry import resource_of, start_telemetry
from azora.observe.traceexport import TraceExporter
from azora.observe.traces import export_traces
from azora.processes.upgrade import upgrade
from azora.runtime import Runtime
from azora.settings import load_campus_settings
from benchmarks.load import PAYLOAD, answer_orders, call_load, percentile, wait_for_the_end
from benchmarks.plugins import (
    BENCH,
    CALLER,
    IDENTITY,
    LISTENER,
    Echoed,
    Item,
    Tick,
    Ticked,
    heard,
    module_of,
)

PUBLISHERS = 8


def open_campus(data: str, names: list[str], broker: str | None = None) -> Runtime:
    """A started runtime with settings as they come, except that nobody is rate-limited away."""
    plugins = [module_of(one) for one in (BENCH, LISTENER, IDENTITY, CALLER)]
    registry = load_registry(plugins, installed=False)
    settings = load_campus_settings(
        data_dir=Path(data),
        broker_url=broker,
        plugins=list(registry.plugins),
        http={"rate_limit": 10**9, "rate_limit_signed_in": 10**9},
    )
    prepare_campus(settings, registry)
    start_telemetry(settings, "bench")
    sampled = TraceExporter(SpanProcessor(), resource_of(settings, "bench"))
    export_traces(sampled, settings.trace_sample)
    runtime = open_runtime(settings, registry, names)
    upgrade(runtime)
    if listener := runtime.hosted.get("bench_listener"):
        with listener.database.altering():
            listener.database.peewee.create_tables([Tick])
    runtime.start()
    return runtime


def echo_call(runtime: Runtime) -> Any:
    """One call of a signed-in person, as it arrives from outside."""
    keys = load_keyring(runtime.settings.keys_folder, {"identity"})
    item = Item(**PAYLOAD)

    def call() -> None:
        context = Context(runtime)
        context.token = token()
        reply = runtime.call("bench.echo", item, Echoed, context=context)
        assert reply.title == item.title

    def token() -> str:
        nonlocal signed, good_until
        if time.monotonic() > good_until:
            signed, good_until = keys.sign("user:bench", {"bench.use"}, 60.0), time.monotonic() + 50
        return signed

    signed, good_until = "", 0.0
    return call


def local(data: str) -> None:
    runtime = open_campus(data, ["bench", "identity"])
    answer_orders(call_load(echo_call(runtime)))


def serve(data: str, broker: str) -> None:
    open_campus(data, ["bench"], broker)
    wait_for_the_end()


def drive(data: str, broker: str) -> None:
    runtime = open_campus(data, ["bench_caller"], broker)
    answer_orders(call_load(echo_call(runtime)))


def web(data: str, address: str) -> None:
    Gateway(open_campus(data, ["bench", "identity"])).listen(address)
    wait_for_the_end()


def events(data: str) -> None:
    hosted = open_campus(data, ["bench", "bench_listener"]).hosted["bench"]
    answer_orders(partial(measure_events, hosted))


def measure_events(hosted: Any, seconds: float) -> dict[str, float]:
    """A third of the time one after the other, then as fast as eight publishers emit."""
    alone = []
    end = time.perf_counter() + seconds / 3
    while (began := time.perf_counter()) < end:
        target = len(heard) + 1
        hosted.emit(Ticked(number=target))
        while len(heard) < target:
            eventlet.sleep(0)
        alone.append(time.perf_counter() - began)
    before, began = len(heard), time.perf_counter()
    publishers = [eventlet.spawn(_publish, hosted, seconds * 2 / 3) for _ in range(PUBLISHERS)]
    emitted = sum(publisher.wait() for publisher in publishers)
    while len(heard) < before + emitted:
        eventlet.sleep(0.001)
    rate = emitted / (time.perf_counter() - began)
    return {"per_second": rate, "p50_ms": percentile(alone, 50), "p99_ms": percentile(alone, 99)}


def _publish(hosted: Any, seconds: float) -> int:
    end, emitted = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        hosted.emit(Ticked(number=emitted))
        emitted += 1
        eventlet.sleep(0)
    return emitted


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    {"local": local, "serve": serve, "drive": drive, "web": web, "events": events}[role](*arguments)
