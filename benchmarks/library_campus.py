"""A library that serves, and says of a stretch of time how long its hub was held and how long pages took to draw.

`python -m benchmarks.library_campus DATA_DIR ADDRESS [DATABASE_URL]`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
import time
from pathlib import Path
from typing import Any, TextIO

import eventlet

from azora.campus import open_runtime, prepare_campus
from azora.http.gateway import Gateway
from azora.loader import load_registry
from azora.processes.serving import keep_for_good
from azora.processes.upgrade import upgrade
from azora.runtime import Runtime
from azora.settings import load_campus_settings
from azora.shell.drawing import Drawing
from benchmarks.load import answer_orders, percentile

TICK = 0.002
PLUGINS = ["identity", "library", "web"]

drawn: list[tuple[float, float]] = []
"""Of each page, the time that it took to draw and the processor time of that."""


def open_library(data: str, url: str | None) -> Runtime:
    """The campus in this folder, with nobody rate-limited away."""
    registry = load_registry()
    given: dict[str, Any] = {"database_url": url} if url else {}
    settings = load_campus_settings(
        data_dir=Path(data),
        plugins=PLUGINS,
        http={"rate_limit": 10**9, "rate_limit_signed_in": 10**9},
        **given,
    )
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry, PLUGINS)
    upgrade(runtime)
    runtime.start()
    return runtime


def settle(runtime: Runtime) -> None:
    """Wait until the events of the import are handled: they are another benchmark's."""
    database = runtime.hosted["library"].database
    left = "SELECT (SELECT count(*) FROM azora_outbox) + (SELECT count(*) FROM azora_inbox WHERE state <> ?)"
    while database.heavy_read(left, "done")[0][0]:
        eventlet.sleep(0.5)


def time_drawings() -> None:
    """From now on the time that each page takes to draw, its parts being loaded, is kept."""
    draw = Drawing.page

    def timed(self: Drawing, *args: Any, **kwargs: Any) -> Any:
        began, worked = time.perf_counter(), time.thread_time()
        try:
            return draw(self, *args, **kwargs)
        finally:
            drawn.append((time.perf_counter() - began, time.thread_time() - worked))

    Drawing.page = timed  # type: ignore[method-assign]


def watch(seconds: float) -> dict[str, float]:
    """How late a greenlet came that wanted to run every two milliseconds, and how late by the campus's doing.

    What the thread spent ready to run, while the system gave the core to others, is theirs (Linux counts
    it in `/proc/thread-self/schedstat`); whatever else it waited for, a lock or a disk, is ours.
    """
    drawn.clear()
    late, ours, own, end = [], [], [], time.perf_counter() + seconds
    spent = time.process_time()
    with Path("/proc/thread-self/schedstat").open() as scheduled:
        while (began := time.perf_counter()) < end:
            worked, waited = time.thread_time(), _waited(scheduled)
            eventlet.sleep(TICK)
            late.append(time.perf_counter() - began - TICK)
            ours.append(late[-1] - (_waited(scheduled) - waited))
            own.append(time.thread_time() - worked)
    return {
        "held_ms": max(late) * 1000,
        "held_p999_ms": sorted(late)[len(late) * 999 // 1000] * 1000,
        "held_ours_ms": max(ours) * 1000,
        "worked_ms": max(own) * 1000,
        "spent_ms": (time.process_time() - spent) * 1000,
        "drawn_p95_ms": percentile([wall for wall, _ in drawn], 95) if drawn else 0.0,
        "drawn_worked_ms": percentile([own for _, own in drawn], 95) if drawn else 0.0,
    }


def _waited(scheduled: TextIO) -> float:
    """Seconds that this thread was ready to run and did not."""
    scheduled.seek(0)
    return int(scheduled.read().split()[1]) / 1e9


if __name__ == "__main__":
    data, address, *url = sys.argv[1:]
    time_drawings()
    campus = open_library(data, url[0] if url else None)
    settle(campus)
    keep_for_good()
    Gateway(campus).listen(address)
    answer_orders(watch)
