"""The peers of the search benchmark: the same rows and queries on bare SQLite FTS5 and bare PostgreSQL.

Each query is two statements, how many there are and the best twenty: no facets, no excerpts, no spelling,
no rights, no HTTP. `python -m benchmarks.search_peer RECORDS FILE|URL`
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

import psycopg2
from psycopg2.extras import execute_values

from azora_library.discovery import text
from azora_library.discovery.query import Query, read
from benchmarks.catalogue import Catalogue
from benchmarks.load import percentile, say
from benchmarks.queries import queries

Row = tuple[str, ...]
NARROWED = "type = 'BOOK' AND language IN ('zu', 'af')"


class Peer(Protocol):
    def fill(self, rows: Iterator[Row]) -> None: ...
    def ask(self, query: Query, narrowed: bool) -> None: ...


class BareSqlite:
    def __init__(self, file: str) -> None:
        self._database = sqlite3.connect(file)
        self._database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(title, authors, subjects, content, "
            "type UNINDEXED, language UNINDEXED, prefix = '2 3 4')"
        )

    def fill(self, rows: Iterator[Row]) -> None:
        if not self._database.execute("SELECT 1 FROM words LIMIT 1").fetchall():
            self._database.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._database.commit()

    def ask(self, query: Query, narrowed: bool) -> None:
        also = f" AND {NARROWED}" if narrowed else ""
        if not query.wanted:
            self._read("SELECT count(*) FROM words")
            self._read("SELECT rowid, title FROM words ORDER BY rowid DESC LIMIT 20")
            return
        wanted = " AND ".join(
            (f"{{{one.column}}} : " if one.column else "")
            + f'"{" ".join(one.words)}"'
            + (" *" if one.prefix else "")
            for one in query.wanted
        )
        self._read(f"SELECT count(*) FROM words WHERE words MATCH ?{also}", wanted)
        self._read(
            f"SELECT rowid, title FROM words WHERE words MATCH ?{also} "
            "ORDER BY bm25(words, 10.0, 5.0, 3.0, 1.0) LIMIT 20",
            wanted,
        )

    def _read(self, sql: str, *params: str) -> None:
        self._database.execute(sql, params).fetchall()


class BarePostgres:
    _LETTERS = {"title": "A", "authors": "B", "subjects": "C", None: ""}

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self._cursor.execute(
            "CREATE TABLE IF NOT EXISTS bare (id serial PRIMARY KEY, title text, type text, "
            "language text, document tsvector)"
        )

    def fill(self, rows: Iterator[Row]) -> None:
        self._cursor.execute("SELECT 1 FROM bare LIMIT 1")
        if self._cursor.fetchall():
            return
        document = " || ".join(
            f"setweight(to_tsvector('simple', %s), '{letter}')" for letter in "ABCD"
        )
        while some := list(islice(rows, 1000)):
            execute_values(
                self._cursor,
                "INSERT INTO bare (title, type, language, document) VALUES %s",
                [(row[0], row[4], row[5], *row[:4]) for row in some],
                template=f"(%s, %s, %s, {document})",
            )
        self._cursor.execute("CREATE INDEX ON bare USING gin (document)")
        self._cursor.execute("VACUUM ANALYZE bare")

    def ask(self, query: Query, narrowed: bool) -> None:
        also = f" AND {NARROWED}" if narrowed else ""
        if not query.wanted:
            self._read("SELECT count(*) FROM bare")
            self._read("SELECT id, title FROM bare ORDER BY id DESC LIMIT 20")
            return
        wanted = " & ".join(
            f"{one.words[-1]}:{'*' if one.prefix else ''}{self._LETTERS[one.column]}".rstrip(":")
            for one in query.wanted
        )
        matching = f"FROM bare, to_tsquery('simple', %s) AS q WHERE document @@ q{also}"
        self._read(f"SELECT count(*) {matching}", wanted)
        best = "ORDER BY ts_rank(document, q) DESC LIMIT 20"
        self._read(f"SELECT id, title {matching} {best}", wanted)

    def _read(self, sql: str, *params: str) -> None:
        self._cursor.execute(sql, params)
        self._cursor.fetchall()


def rows(records: int) -> Iterator[Row]:
    for record in Catalogue().records(records):
        subjects = [*record["tags"], record["publisher"]]
        said = (record["title"], " ".join(record["authors"]), " ".join(subjects), record["content"])
        yield *map(text.fold, said), record["type"], record["language"]


def measure(peer: Peer) -> Callable[[float], dict[str, float]]:
    mix = queries(Catalogue())

    def ask(asked: dict[str, Any]) -> float:
        query = read(asked.get("query", ""))
        began = time.perf_counter()
        peer.ask(query, "language" in asked)
        return time.perf_counter() - began

    def run(seconds: float) -> dict[str, float]:
        took, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            took.append(ask(next(mix)[1]))
        return {"p50_ms": percentile(took, 50), "p95_ms": percentile(took, 95), "asked": len(took)}

    return run


if __name__ == "__main__":
    count, place = sys.argv[1:]
    chosen: Peer = BarePostgres(place) if "://" in place else BareSqlite(place)
    chosen.fill(rows(int(count)))
    answer = measure(chosen)
    say(ready=True)
    for order in sys.stdin:
        say(**answer(float(order)))
