"""The least that an import can be: pymarc reads, sqlite3 writes a table and its full-text index.

`python -m benchmarks.marc_peer FILE DATABASE`: no checks, no duplicates, no events, no reports.
"""

import sqlite3
import sys
from collections.abc import Iterator
from itertools import islice

from pymarc import MARCReader

AT_ONCE = 100
SCHEMA = """
CREATE TABLE book (number INTEGER PRIMARY KEY, key TEXT UNIQUE, title TEXT, authors TEXT, subjects TEXT,
    publisher TEXT, year TEXT, content TEXT);
CREATE VIRTUAL TABLE words USING fts5(title, authors, subjects, content);
"""
Book = tuple[str, str, str, str, str, str, str]


def main(file: str, database: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = normal")
    connection.executescript(SCHEMA)
    with open(file, "rb") as stream:
        books = _books(MARCReader(stream))
        first = 1
        while some := list(islice(books, AT_ONCE)):
            with connection:
                connection.executemany(
                    "INSERT INTO book VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _numbered(some, first)
                )
                connection.executemany(
                    "INSERT INTO words (rowid, title, authors, subjects, content) VALUES (?, ?, ?, ?, ?)",
                    [(first + place, *one[1:4], one[6]) for place, one in enumerate(some)],
                )
            first += len(some)


def _numbered(books: list[Book], first: int) -> Iterator[tuple[int | str, ...]]:
    for number, book in enumerate(books, first):
        yield (number, *book)


def _books(reader: MARCReader) -> Iterator[Book]:
    for record in reader:
        yield (
            record["001"].data,
            record.title or "",
            _all(record, "100", "700"),
            _all(record, "650", "653"),
            record.publisher or "",
            record.pubyear or "",
            _all(record, "520"),
        )


def _all(record: object, *tags: str) -> str:
    fields = record.get_fields(*tags)  # type: ignore[attr-defined]
    return "; ".join(text for field in fields for text in field.get_subfields("a"))


if __name__ == "__main__":
    main(*sys.argv[1:])
