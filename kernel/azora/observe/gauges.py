"""What is going on in a runtime at the moment of a scrape: work in progress, events that wait, orphans."""

from functools import partial
from typing import TYPE_CHECKING

from azora.events.inbox import PARKED, RUNNING

if TYPE_CHECKING:
    from azora.runtime import Runtime

_WAITING = (
    "SELECT (SELECT count(*) FROM azora_inbox WHERE state = 'pending')"  # noqa: S608 – constants
    f" + (SELECT count(*) FROM azora_inbox WHERE {RUNNING})"
)
_PARKED = f"SELECT count(*) FROM azora_inbox WHERE {PARKED}"  # noqa: S608 – constants
_UNSENT = "SELECT count(*) FROM azora_outbox"
_ORPHANS = "SELECT count(*) FROM azora_orphans"
_ROWS = {
    "outbox_events": ("Events that are written and not yet handed over", _UNSENT),
    "inbox_waiting_events": ("Events that a handler is still to take", _WAITING),
    "inbox_parked_events": ("Events that failed too often and wait for a person", _PARKED),
    "orphans": ("Ids of other plugins in rows here that name nothing any more", _ORPHANS),
}


def watch(runtime: "Runtime") -> None:
    """Add the gauges of a runtime to its metrics."""
    gauge = runtime.metrics.gauge
    gauge("inflight", "Calls and deliveries in progress", lambda: _in_flight(runtime))
    gauge(
        "operation_waiting_callers",
        "Callers that wait for a free slot",
        lambda: {
            name: bound.waiting for name, bound in runtime.operations.items() if bound.waiting
        },
        label="operation",
    )
    for name, (summary, question) in _ROWS.items():
        gauge(name, summary, partial(_counts, runtime, question))


def _in_flight(runtime: "Runtime") -> dict[str, float]:
    return {name: hosted.in_flight for name, hosted in runtime.hosted.items()}


def _counts(runtime: "Runtime", question: str) -> dict[str, float]:
    """The answer of every plugin's database that has been migrated."""
    return {
        name: hosted.database.execute(question)[0][0]
        for name, hosted in runtime.hosted.items()
        if hosted.database.has_table("azora_orphans")
    }
