"""How fast a large library answers: a mix of queries in an open loop over HTTP, beside bare databases.

`python -m benchmarks.searching [--records 100000] [--rate 16] [--seconds 60] [--rounds 3] [--no-page]`

An open loop asks at its times whether or not what it asked before was answered, as people do; what
waits behind something slow counts as slow.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from urllib.parse import quote, urlencode

import psycopg2

from azora.testing.postgresql import PostgreSQL
from azora.testing.servers import free_port
from benchmarks.catalogue import Catalogue
from benchmarks.importing import write_catalogue
from benchmarks.load import percentile
from benchmarks.queries import KINDS, queries
from benchmarks.run import busyness
from benchmarks.search_report import Kept, section
from benchmarks.sections import write_section
from benchmarks.subjects import Program, Result

AT_ONCE = 64
WARM = 10.0
"""Seconds of load that do not count."""

UNANSWERED = "unanswered"
"""What was refused, or took longer than an operation may; its time counts among the others."""

BIN = Path(sys.executable).parent
Asked = tuple[str, str]


def main() -> None:
    """Fill both libraries, measure in rounds, print the figures, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=16.0, help="searches a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each product and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the libraries here, and take them again")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="azora-bench-")
        folder = given.folder or Path(stack.enter_context(temporary))
        found = measure(stack, folder, given)
    words = section(
        {name: _median(results) for name, results in found.items()},
        Kept(given.records, given.rate, given.seconds, given.rounds, busyness()),
    )
    print(words)
    if not given.no_page:
        write_section("searching", words)


def measure(stack: ExitStack, folder: Path, given: argparse.Namespace) -> dict[str, list[Result]]:
    """By subject, the figures of each round."""
    postgres = PostgreSQL().start()
    stack.callback(postgres.close)
    bare = postgres.new_database()
    peers = {
        "SQLite FTS5 alone": str(folder / "bare.db"),
        "PostgreSQL tsquery alone": bare,
    }
    libraries = {
        "SQLite": _filled(folder, "sqlite", given.records, None),
        "PostgreSQL": _filled(folder, "postgresql", given.records, postgres.new_database()),
    }
    found: dict[str, list[Result]] = defaultdict(list)
    programs = {
        name: stack.enter_context(_closing("search_peer", str(given.records), place))
        for name, place in peers.items()
    }
    for number in range(given.rounds):
        for name, (data, url) in libraries.items():
            found[name].append(_serve_and_ask(data, url, given))
            print(f"round {number}: {name} {found[name][-1]}", flush=True)
        for name, program in programs.items():
            found[name].append(program.order(given.seconds / 3))
            print(f"round {number}: {name} {found[name][-1]}", flush=True)
    return found


def _filled(folder: Path, name: str, records: int, url: str | None) -> tuple[str, str | None]:
    """A campus whose library holds the generated catalogue."""
    data, file = folder / name, folder / "catalogue.mrc"
    if url is None and data.exists():
        return str(data), url
    if not file.exists():
        write_catalogue(file, records)
    environment = {**os.environ, "AZORA_LIBRARY_DEMO": "false"}
    environment |= {"AZORA_DATABASE_URL": url} if url else {}
    command = [str(BIN / "azora"), "library", "import", str(file), "--json", "--data", str(data)]
    print(f"filling {name}", flush=True)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    if url:
        _vacuum(url)
    return str(data), url


def _vacuum(url: str) -> None:
    """What autovacuum does within a minute or two of such an import."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE")


def _serve_and_ask(data: str, url: str | None, given: argparse.Namespace) -> Result:
    address = f"127.0.0.1:{free_port()}"
    mix = queries(Catalogue())
    searches = ((kind.words, _search("/api/library/search", asked)) for kind, asked in mix)
    pages = (("page", _search("/library", asked)) for _, asked in mix)
    arguments = [data, address, url] if url else [data, address]
    with _closing("library_campus", *arguments) as program:
        idle = program.order(3.0)
        open_loop(address, searches, given.rate, WARM)
        watched, took = _watched(program, address, searches, given.rate, given.seconds)
        drawn, shown = _watched(program, address, pages, given.rate / 4, given.seconds / 3)
    every = [seconds for some in took.values() for seconds in some]
    whole = [seconds for some in shown.values() for seconds in some]
    return {
        "p50_ms": percentile(every, 50),
        "p95_ms": percentile(every, 95),
        "worst_ms": max(every) * 1000,
        "unanswered": len(took[UNANSWERED]),
        "held_ms": watched["held_ms"],
        "held_p999_ms": watched["held_p999_ms"],
        "held_ours_ms": watched["held_ours_ms"],
        "worked_ms": watched["worked_ms"],
        "spent_ms": watched["spent_ms"] / len(every),
        "idle_held_ms": idle["held_ms"],
        "drawn_p95_ms": drawn["drawn_p95_ms"],
        "drawn_worked_ms": drawn["drawn_worked_ms"],
        "page_p95_ms": percentile(whole, 95),
    } | {kind.words: percentile(took[kind.words], 95) for kind in KINDS if took[kind.words]}


def _watched(
    program: Program, address: str, asked: Iterator[Asked], rate: float, seconds: float
) -> tuple[Result, dict[str, list[float]]]:
    with ThreadPoolExecutor(1) as aside:
        watched = aside.submit(program.order, seconds)
        took = open_loop(address, asked, rate, seconds)
        return watched.result(), took


def open_loop(
    address: str, asked: Iterator[Asked], rate: float, seconds: float
) -> dict[str, list[float]]:
    """By kind, how long after the moment at which it was due each request was answered."""
    took: dict[str, list[float]] = defaultdict(list)
    get = _getter(address)
    asking = []
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as people:
        for number in range(round(rate * seconds)):
            due = began + number / rate
            kind, path = next(asked)
            time.sleep(max(0.0, due - time.perf_counter()))
            asking.append((kind, due, people.submit(get, path)))
    for kind, due, answer in asking:
        moment, answered = answer.result()
        took[kind if answered else UNANSWERED].append(moment - due)
    return took


def _getter(address: str) -> Callable[[str], tuple[float, bool]]:
    """Fetches a path on a connection of its thread's own: when it had all of it, and whether it was a 200."""
    own = local()

    def get(path: str) -> tuple[float, bool]:
        if not hasattr(own, "connection"):
            own.connection = HTTPConnection(address, timeout=30)
        own.connection.request("GET", path)
        answer = own.connection.getresponse()
        answer.read()
        return time.perf_counter(), answer.status == 200

    return get


def _search(path: str, asked: dict[str, object]) -> str:
    query = urlencode(asked, doseq=True, quote_via=quote)
    return f"{path}?{query}" if query else path


class _closing(ExitStack):
    """A program of this folder for as long as the block lasts."""

    def __init__(self, module: str, *arguments: str) -> None:
        super().__init__()
        self._program = Program(module, *arguments)
        self.callback(self._program.close)

    def __enter__(self) -> Program:  # type: ignore[override]
        return self._program


def _median(results: list[Result]) -> Result:
    keys = {key for one in results for key in one}
    return {key: statistics.median(one[key] for one in results if key in one) for key in keys}


if __name__ == "__main__":
    main()
