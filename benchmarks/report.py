"""The table of what was measured, with ratios to the peers and the targets."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from azora import __version__
from benchmarks.subjects import Result

Medians = dict[str, Result]

FEATURES = {
    "azora call": "validation, JSON copy, signed actor, permission, deadline, slot, metrics, traces (10 %)",
    "azora RPC": "the same, over RabbitMQ between two processes",
    "azora HTTP": "the same, with API token, rate limit, ETag, security headers, RFC 9457, over wrk -c64",
    "azora events": "outbox, relay, inbox and handler, a transaction each, SQLite on disk; handlers side by side share commits",
    "stock RPC": "nothing but Nameko, ten workers, as it comes",
    "stock HTTP": "nothing but Nameko's @http, json.dumps",
}

EVENTS = """\
Twice as many events go through as on the morning of 23 November 2026: 2,690/s against 1,350/s, p50 0.63 ms
against 2.4 ms, medians of twelve turns each of 3 s, old code and new in turn on a machine that others used.
Two things were in the way:

- **A partial index that SQLite did not use.** Before each look for work the consumer searched for rows whose
  process had died. `state = 'running'` does not imply `state IN ('running', 'parked')` to SQLite, so it read the
  whole inbox: an event cost 0.5 ms on an empty inbox and 2 ms after 25,000 events.
  `tests/kernel/events/test_plans.py` now asks for the plan of every statement.
- **A commit for each handler.** Writers that were started together now share one
  (`kernel/azora/data/writer.py`): 66 commits for 400 handled events. Each still returns once its change is
  durable, and fails alone.

Of the processor's time (cProfile, which overstates Python) 24 % is Eventlet's switching, 21 % peewee building
the handler's one INSERT, 16 % SQLite, 15 % transactions round them, 7 % outbox, relay and consumer. What is
left to win is one commit for many emitting operations, and SQL that peewee has built before.
`tests/kernel/events/test_pace.py` holds the cost in counts that no busy machine changes: alone, an event takes 26
statements in 5 transactions; of 400 side by side each takes 9, in 1.2.
"""


class Target(NamedTuple):
    """What is promised: a figure of the medians, and the bound that it must keep."""

    words: str
    figure: Callable[[Medians], float]
    bound: float
    least: bool
    unit: str

    def kept(self, medians: Medians) -> bool:
        value = self.figure(medians)
        return value >= self.bound if self.least else value <= self.bound


def _ratio(ours: str, theirs: str) -> Callable[[Medians], float]:
    return lambda medians: medians[ours]["per_second"] / medians[theirs]["per_second"]


def _share(ours: str, theirs: str) -> Callable[[Medians], float]:
    return lambda medians: medians[ours]["mb"] / medians[theirs]["mb"]


def _figure(subject: str, key: str) -> Callable[[Medians], float]:
    return lambda medians: medians[subject][key]


TARGETS = [
    Target("a call in one process, against stock RPC", _ratio("azora call", "stock RPC"), 20, True, "×"),
    Target("a call in one process, p50", _figure("azora call", "p50_ms"), 0.05, False, " ms"),
    Target("RPC over RabbitMQ, against stock RPC", _ratio("azora RPC", "stock RPC"), 5, True, "×"),
    Target("HTTP GET, against stock HTTP", _ratio("azora HTTP", "stock HTTP"), 3, True, "×"),
    Target("events end to end in process", _figure("azora events", "per_second"), 2000, True, "/s"),
    Target("one event end to end, p50", _figure("azora events", "p50_ms"), 2, False, " ms"),
    Target("`azora up`, all plugins, ready", _figure("azora up, all plugins", "ready_s"), 3, False, " s"),
    Target("`azora up`, all plugins, memory", _figure("azora up, all plugins", "mb"), 150, False, " MB"),
    Target("`azora up`, all plugins, stopped", _figure("azora up, all plugins", "stop_s"), 1, False, " s"),
    Target("twenty trivial plugins, ready", _figure("twenty trivial plugins", "ready_s"), 1.5, False, " s"),
    Target("twenty trivial plugins, memory", _figure("twenty trivial plugins", "mb"), 110, False, " MB"),
    Target("twenty heavy plugins as forked processes, memory against each alone", _share("heavy plugins, forked", "heavy plugins, each alone"), 0.3, False, "×"),
]  # fmt: skip


def table(medians: Medians) -> str:
    """The targets and the subjects, as Markdown."""
    return "\n".join([*_targets(medians), "", *_subjects(medians)])


def page(medians: Medians, machine: str, rounds: int, seconds: float) -> str:
    """docs/benchmarks.md."""
    return f"""\
# Benchmarks

Written by `make bench` for Azora {__version__}; {machine}. Medians of {rounds} rounds of {seconds:g} s each, one
subject after the other in every round, so that whatever else the machine did falls on all alike.
Quote the ratios, not the absolute figures.

{table(medians)}

What was on:

{chr(10).join(f"- **{name}**: {words}" for name, words in FEATURES.items())}

A start is measured from the command to a 200 of `/readyz`, on a campus that is migrated and seeded;
memory is what is resident at that moment.

{chr(10).join(_memory(medians))}

Heavy plugins import boto3 with an S3 client, Sentry's SDK and OpenTelemetry's; each has a process over
RabbitMQ. Forked is `azora up --processes` (with its supervisor and front); alone is an interpreter each, as
`azora run`. Memory is proportional (PSS): what processes share counts once.

## Where the time of an event goes

{EVENTS}
"""


def _targets(medians: Medians) -> Iterator[str]:
    yield "| promised | measured | target | kept |\n|---|---:|---:|---|"
    for target in TARGETS:
        value = f"{_number(target.figure(medians))}{target.unit}"
        bound = f"{'≥' if target.least else '≤'} {_number(target.bound)}{target.unit}"
        yield f"| {target.words} | {value} | {bound} | {'yes' if target.kept(medians) else '**no**'} |"


def _subjects(medians: Medians) -> Iterator[str]:
    yield "| subject | per second, 64 at once | p50 alone, ms | p99 alone, ms |\n|---|---:|---:|---:|"
    for name, result in medians.items():
        if "per_second" in result:
            cells = (_number(result[key]) for key in ("per_second", "p50_ms", "p99_ms"))
            yield f"| {name} | {' | '.join(cells)} |"


def _memory(medians: Medians) -> Iterator[str]:
    yield "| twenty heavy plugins | MB | all ready, s |\n|---|---:|---:|"
    for name in ("heavy plugins, forked", "heavy plugins, each alone"):
        yield f"| {name} | {_number(medians[name]['mb'])} | {_number(medians[name]['ready_s'])} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
