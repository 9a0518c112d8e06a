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

ROLES = {"log": 1, "replay": 1, "batches": 5}
"""What is measured, and how many times as many events it takes to outweigh the moment until a replay begins."""


class Row(NamedTuple):
    words: str
    key: str
    bar: int | None


ROWS = (
    Row("from the outbox, confirmed into the log, nobody listening", "confirmed", 5_000),
    Row("from the log into its index, each batch and its place in one transaction", "indexed", 20_000),
    Row("replayed to a handler that writes a row, a transaction for each event", "replayed", None),
    Row("replayed to a handler that writes a row for each, 500 events and the place in one transaction, five times as many", "in_batches", 20_000),
)  # fmt: skip

FOUND = """\
What was in the way of a replay into a handler, and is gone: a row of the inbox and a transaction for each event. A
handler that takes batches (`@on_event(…, batch=500)`) is given them straight from the log, in one transaction with its
effect, the names of the events and the place that the replay has reached
(`kernel/azora/events/retelling.py`). One that takes one event at a time still goes through the inbox, and costs what any
event costs there.

What was in the way of the index of a stream: an INSERT for each row. PostgreSQL now gets one statement for 500; 20,000
events were indexed in 3.3 s where it took 7.3 s, on a machine that others used too. A message costs 26 µs of our own
processor time to read from the stream, and 44 µs with its row of the index: 22,000 events for each second of it.

What is missed: 20,000/s by the clock, whenever others use the machine too. Into a handler a table gave 35,800/s in a quiet
moment, and its median here is below the bar; a stream gives two fifths of it. Our own processor time would allow 37,000/s
and 17,000/s: a stream misses it there too, by a sixth. The reader, the broker and PostgreSQL take turns where they could
work at once: nothing reads ahead while a batch is stored. What dominates
now is outside of our process: PostgreSQL keeps seven indexes of the row, and the broker hands out its
messages one by one. Of our own time two thirds are frames, headers and the times in them, the rest is writing SQL."""


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
                for role, times in ROLES.items():
                    servers = [broker.new_vhost(), database.new_database()]
                    results[-1] |= measure(
                        role, servers if kind == "stream" else [], times * given.events
                    )
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
