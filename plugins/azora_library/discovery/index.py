"""The full-text index behind one interface: SQLite's FTS5 and PostgreSQL's tsvector.

Both hold words that text.py has folded and cut, so neither database's own idea of a word matters,
and nothing that a reader types can become syntax: a word is letters and digits.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from azora_library.discovery.query import Clause, Query

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

MOST_POSITIONS = 16_383
"""Where PostgreSQL stops telling positions apart."""

GAP = 10
"""Places between two columns in PostgreSQL, so that no phrase reaches from one into the next."""

_WEIGHTS = {"title": "A", "authors": "B", "subjects": "C", "content": "D", None: ""}


class Words(NamedTuple):
    """The folded words by which a resource is found, in falling weight; `number` is the resource's."""

    number: int
    title: list[str]
    authors: list[str]
    subjects: list[str]
    content: list[str]


class Match(NamedTuple):
    """A condition on `library_words`, whose column `number` is the resource's; the best ranks lowest."""

    number: str
    condition: str
    params: tuple[object, ...]
    rank: str
    rank_params: tuple[object, ...] = ()


class Index(Protocol):
    """Kept in step by whoever changes a resource, in the same transaction."""

    def put(self, database: "PluginDatabase", documents: Iterable[Words]) -> None: ...
    def drop(self, database: "PluginDatabase", number: int) -> None: ...

    def match(self, query: Query, column: str | None = None) -> Match:
        """Where what the query wants is found; with `column`, there alone."""

    def lacks(self, query: Query) -> tuple[str, tuple[object, ...]]:
        """Where nothing of what the query excludes is found: a condition on `r`, and its parameters."""


class SqliteIndex:
    """An FTS5 table whose row ids are the numbers of resources."""

    def put(self, database: "PluginDatabase", documents: Iterable[Words]) -> None:
        database.execute_many(
            "INSERT OR REPLACE INTO library_words (rowid, title, authors, subjects, content) "
            "VALUES (?, ?, ?, ?, ?)",
            [(one.number, *map(" ".join, one[1:])) for one in documents],
        )

    def drop(self, database: "PluginDatabase", number: int) -> None:
        database.execute("DELETE FROM library_words WHERE rowid = ?", number)

    def match(self, query: Query, column: str | None = None) -> Match:
        wanted = " AND ".join(_fts(clause, column) for clause in query.wanted)
        excluded = " OR ".join(map(_fts, query.excluded))
        return Match(
            number="library_words.rowid",
            condition="library_words MATCH ?",
            params=(f"({wanted}) NOT ({excluded})" if excluded else wanted,),
            rank="bm25(library_words, 10.0, 5.0, 3.0, 1.0)",
        )

    def lacks(self, query: Query) -> tuple[str, tuple[object, ...]]:
        inside = "SELECT rowid FROM library_words WHERE library_words MATCH ?"
        return f"r.number NOT IN ({inside})", (" OR ".join(map(_fts, query.excluded)),)


class PostgresIndex:
    """A tsvector of literal lexemes with weights A to D, under a GIN index."""

    def put(self, database: "PluginDatabase", documents: Iterable[Words]) -> None:
        database.execute_many(
            "INSERT INTO library_words (number, document) VALUES (?, CAST(? AS tsvector)) "
            "ON CONFLICT (number) DO UPDATE SET document = excluded.document",
            [(one.number, lexemes(one)) for one in documents],
        )

    def drop(self, database: "PluginDatabase", number: int) -> None:
        database.execute("DELETE FROM library_words WHERE number = ?", number)

    def match(self, query: Query, column: str | None = None) -> Match:
        wanted = " & ".join(_tsquery(clause, column) for clause in query.wanted)
        excluded = "".join(f" & !{_tsquery(clause)}" for clause in query.excluded)
        return Match(
            number="library_words.number",
            condition="library_words.document @@ CAST(? AS tsquery)",
            params=(wanted + excluded,),
            rank="-CAST(ts_rank(library_words.document, CAST(? AS tsquery)) AS float8)",
            rank_params=(wanted,),
        )

    def lacks(self, query: Query) -> tuple[str, tuple[object, ...]]:
        inside = "SELECT number FROM library_words WHERE document @@ CAST(? AS tsquery)"
        return f"r.number NOT IN ({inside})", (" | ".join(map(_tsquery, query.excluded)),)


def _fts(clause: Clause, column: str | None = None) -> str:
    row = f'"{" ".join(clause.words)}"{" *" if clause.prefix else ""}'
    any_of = " OR ".join([row, *(f'"{word}"' for word in clause.variants)])
    column = clause.column or column
    return f"({{{column}}} : ({any_of}))" if column else f"({any_of})"


def _tsquery(clause: Clause, column: str | None = None) -> str:
    weight = _WEIGHTS[clause.column or column]
    *before, last = clause.words
    mark, beginning = (
        f":{star}{weight}".rstrip(":") for star in ("", "*" if clause.prefix else "")
    )
    row = " <-> ".join([*(f"{word}{mark}" for word in before), f"{last}{beginning}"])
    return f"({' | '.join([row, *(f'{word}{mark}' for word in clause.variants)])})"


def lexemes(document: Words) -> str:
    """The document as PostgreSQL writes a tsvector: `things:1A fall:2A`."""
    place, found = 0, []
    for words, weight in zip(document[1:], "ABCD", strict=True):
        for word in words:
            place += 1
            found.append(f"{word}:{min(place, MOST_POSITIONS)}{weight}")
        place += GAP
    return " ".join(found)


INDEXES: dict[str, Index] = {"sqlite": SqliteIndex(), "postgresql": PostgresIndex()}
