"""The load that every subject is put under, and how a subject talks with the driver."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet import tpool

IN_FLIGHT = 64
PAYLOAD = {"number": 7, "title": "Indigenous knowledge systems", "tags": ["history", "commons"]}


def say(**values: Any) -> None:
    """One line of JSON to the driver."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def answer_orders(measure: Callable[[float], dict[str, float]]) -> None:
    """Measure for so many seconds whenever the driver asks, until it hangs up."""
    say(ready=True)
    while order := tpool.execute(sys.stdin.readline):
        say(**measure(float(order)))


def wait_for_the_end() -> None:
    """Serve until the driver hangs up."""
    say(ready=True)
    tpool.execute(sys.stdin.read)


def call_load(call: Callable[[], Any]) -> Callable[[float], dict[str, float]]:
    """A third of the time one call after the other, then 64 at a time; each reply was checked."""

    def measure(seconds: float) -> dict[str, float]:
        alone = _loop(call, seconds / 3)
        began = time.perf_counter()
        greenlets = [eventlet.spawn(_loop, call, seconds * 2 / 3) for _ in range(IN_FLIGHT)]
        done = sum(len(greenlet.wait()) for greenlet in greenlets)
        rate = done / (time.perf_counter() - began)
        return {
            "per_second": rate,
            "p50_ms": percentile(alone, 50),
            "p99_ms": percentile(alone, 99),
        }

    return measure


def percentile(seconds: list[float], share: int) -> float:
    """In milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * share // 100)] * 1000


def _loop(call: Callable[[], Any], seconds: float) -> list[float]:
    """How long each call took; others get their turn after each."""
    took, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        call()
        took.append(time.perf_counter() - began)
        eventlet.sleep(0)
    return took
