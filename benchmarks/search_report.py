"""What the search benchmark found, as a section of docs/benchmarks.md."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.queries import KINDS
from benchmarks.subjects import Result

PEERS = {"SQLite": "SQLite FTS5 alone", "PostgreSQL": "PostgreSQL tsquery alone"}


QUIET = 1.3
"""How much others may slow the machine before its figures tell more of them than of us."""

FOUND = """\
Six things were in the way, and are gone:

- **A full pass of Python's collector** over all that was loaded held the hub for 72 ms, some times a minute. A
  serving process now spares it what stays (`keep_for_good` in `kernel/azora/processes/serving.py`).
- **Excerpts** read texts of up to 20,000 letters word by word, on the hub. One pass of a regular expression now
  finds the place, and a search reads 12 columns of each result where it read 34: 5.5 ms of processor time on the
  hub for each search, of about 7.
- **Facets** of 10,000 results ranked all headings at once. On SQLite each kind is now counted by itself: headings
  take 28 ms of processor time where they took 58. On PostgreSQL all kinds are counted in one pass: 60 ms where
  each by itself took 120 together.
- **The connection of a heavy read** was opened on the hub, where SQLite reads the schema first: 30 ms. It is
  opened aside.
- **PostgreSQL** read what a search finds, its rights and what facets are made of in several steps, with workers that
  took the core from other searches. It now reads them in one step on one core: 26 ms of its processor time for each
  search of this mix, where it was 45.
- **Facets beyond 10,000 results**, which say that they count no less than they tell, were counted among the first
  10,000. A fifth of them does: 110 ms of PostgreSQL's processor time for a very common word where it was 169.

What is left is the search that finds nearly 10,000 records and counts all of them: some 100 ms of PostgreSQL on one
core, and such searches meet one another on two. The medians do not show that the hub stood still for 76 ms in one round
of three on SQLite, and for 597 ms in one on PostgreSQL, while it worked for 16 ms at a stretch at most: the cause is
not known."""


class Kept(NamedTuple):
    """Under which conditions it was measured."""

    records: int
    rate: float
    seconds: float
    rounds: int
    busy: float


class Promise(NamedTuple):
    words: str
    key: str
    most: float


PROMISES = (
    Promise("a search, p95", "p95_ms", 150),
    Promise("the hub held at a stretch by the campus, longest", "held_ours_ms", 50),
    Promise("a page of results drawn, p95", "drawn_p95_ms", 50),
)


def section(medians: dict[str, Result], kept: Kept) -> str:
    return f"""\
## Searching a large library

Written by `python -m benchmarks.searching`: {kept.records:,} generated records, {kept.rate:g} searches a second in an open
loop over HTTP (`/api/library/search`, with facets, excerpts and the reader's rights), one process, settings as
they come; medians of {kept.rounds} {"round" if kept.rounds == 1 else "rounds"} of {kept.seconds:g} s in turn, {os.cpu_count()} cores that also ran the asking program and
the database, busy with other things ×{kept.busy:.1f}.

{chr(10).join(_promises(medians))}
{_caution(medians, kept.busy)}
{chr(10).join(_subjects(medians))}

Alone, that is the same rows and the same queries on the bare database in another process, one query after the
other: the count and the best twenty, without facets, excerpts, spelling, rights or HTTP.

{chr(10).join(_held(medians))}

The hub is held for as long as a greenlet that wanted to run every 2 ms had to wait. While it is ready to run
and the system gives the core to somebody else, that is not the campus's doing; all else is: its own work, a lock,
a disk.

What is asked, and its p95:

{chr(10).join(_mix(medians))}

{FOUND}"""


def _promises(medians: dict[str, Result]) -> Iterator[str]:
    yield "| promised | target | SQLite | PostgreSQL | kept |\n|---|---:|---:|---:|---|"
    for promise in PROMISES:
        values = [medians[name][promise.key] for name in PEERS]
        kept = "yes" if max(values) <= promise.most else "**no**"
        shown = " | ".join(f"{value:.0f} ms" for value in values)
        yield f"| {promise.words} | ≤ {promise.most:g} ms | {shown} | {kept} |"


def _caution(medians: dict[str, Result], busy: float) -> str:
    """What to think of figures that others' work has made."""
    if busy <= QUIET:
        return ""
    bare = " and ".join(f"{medians[peer]['p95_ms']:,.0f} ms" for peer in PEERS.values())
    return f"""
The machine was so busy with other things that these figures do not judge the promise: the bare databases,
asked one query after the other, needed a p95 of {bare} themselves. Compare the ratios and the
processor time, and measure anew where nothing else runs.
"""


def _subjects(medians: dict[str, Result]) -> Iterator[str]:
    yield "| | p50, ms | p95, ms | against alone, p50 | p95 | worst, ms | unanswered |\n|---|---:|---:|---:|---:|---:|---:|"
    for name, peer in PEERS.items():
        ours, theirs = medians[name], medians[peer]
        ratios = " | ".join(f"{ours[key] / theirs[key]:.2f}×" for key in ("p50_ms", "p95_ms"))
        yield (
            f"| library on {name} | {ours['p50_ms']:.1f} | {ours['p95_ms']:.0f} | {ratios} "
            f"| {ours['worst_ms']:.0f} | {ours['unanswered']:.0f} |"
        )
        yield f"| {peer} | {theirs['p50_ms']:.1f} | {theirs['p95_ms']:.0f} | 1× | 1× | | |"


def _held(medians: dict[str, Result]) -> Iterator[str]:
    yield "| ms | SQLite | PostgreSQL |\n|---|---:|---:|"
    rows = {
        "hub held, longest": "held_ms",
        "hub held, p99.9": "held_p999_ms",
        "hub held by the campus, longest": "held_ours_ms",
        "hub held without any load, longest": "idle_held_ms",
        "processor time of the hub at a stretch, longest": "worked_ms",
        "processor time of the campus for each search, its threads included": "spent_ms",
        "a page of results drawn, p95": "drawn_p95_ms",
        "processor time of that, p95": "drawn_worked_ms",
        "a page of results from the request to its last byte, p95": "page_p95_ms",
    }
    for words, key in rows.items():
        shown = (f"{medians[name][key]:.0f}" if key in medians[name] else "–" for name in PEERS)
        yield f"| {words} | {' | '.join(shown)} |"


def _mix(medians: dict[str, Result]) -> Iterator[str]:
    yield "| of a hundred | a search for | SQLite, ms | PostgreSQL, ms |\n|---:|---|---:|---:|"
    for kind in KINDS:
        shown = " | ".join(f"{medians[name].get(kind.words, 0):.0f}" for name in PEERS)
        yield f"| {kind.share} | {kind.words} | {shown} |"
