"""The full-text index behind one interface: SQLite's FTS5 and PostgreSQL's tsvector.

Both hold words that text.py has folded and cut, so neither database's own idea of a word matters,
and nothing that a reader types can become syntax: a word is letters and digits.
"""

from typing import TYPE_CHECKING, NamedTuple, Protocol

from azora_library.discovery import text

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

MOST_POSITIONS = 16_383
"""Where PostgreSQL stops telling positions apart."""


class Document(NamedTuple):
    """What can be found of a resource, in falling weight."""

    title: str
    authors: str
    subjects: str
    content: str


class Match(NamedTuple):
    """A condition on `library_resource AS r`: SQL with `?`, and an expression that ranks best lowest."""

    join: str
    condition: str
    params: tuple[object, ...]
    rank: str
    rank_params: tuple[object, ...]


class Index(Protocol):
    """Kept in step by whoever changes a resource, in the same transaction."""

    def put(self, database: "PluginDatabase", number: int, document: Document) -> None: ...
    def drop(self, database: "PluginDatabase", number: int) -> None: ...
    def match(self, terms: text.Terms) -> Match: ...


class SqliteIndex:
    """An FTS5 table whose row ids are the numbers of resources."""

    def put(self, database: "PluginDatabase", number: int, document: Document) -> None:
        database.execute(
            "INSERT OR REPLACE INTO library_words (rowid, title, authors, subjects, content) "
            "VALUES (?, ?, ?, ?, ?)",
            number,
            *(" ".join(text.words(part)) for part in document),
        )

    def drop(self, database: "PluginDatabase", number: int) -> None:
        database.execute("DELETE FROM library_words WHERE rowid = ?", number)

    def match(self, terms: text.Terms) -> Match:
        query = " ".join([*(f'"{word}"' for word in terms.whole), f'"{terms.prefix}"*'])
        return Match(
            join="JOIN library_words ON library_words.rowid = r.number",
            condition="library_words MATCH ?",
            params=(query,),
            rank="bm25(library_words, 10.0, 5.0, 3.0, 1.0)",
            rank_params=(),
        )


class PostgresIndex:
    """A tsvector of literal lexemes with weights A to D, under a GIN index."""

    def put(self, database: "PluginDatabase", number: int, document: Document) -> None:
        database.execute(
            "INSERT INTO library_words (number, document) VALUES (?, CAST(? AS tsvector)) "
            "ON CONFLICT (number) DO UPDATE SET document = excluded.document",
            number,
            self.lexemes(document),
        )

    def drop(self, database: "PluginDatabase", number: int) -> None:
        database.execute("DELETE FROM library_words WHERE number = ?", number)

    def match(self, terms: text.Terms) -> Match:
        query = " & ".join([*terms.whole, f"{terms.prefix}:*"])
        return Match(
            join="JOIN library_words ON library_words.number = r.number",
            condition="library_words.document @@ CAST(? AS tsquery)",
            params=(query,),
            rank="-CAST(ts_rank(library_words.document, CAST(? AS tsquery)) AS float8)",
            rank_params=(query,),
        )

    def lexemes(self, document: Document) -> str:
        """The document as PostgreSQL writes a tsvector: `things:1A fall:2A`."""
        weighted = [
            (word, weight)
            for part, weight in zip(document, "ABCD", strict=True)
            for word in text.words(part)
        ]
        return " ".join(
            f"{word}:{min(place, MOST_POSITIONS)}{weight}"
            for place, (word, weight) in enumerate(weighted, 1)
        )


INDEXES: dict[str, Index] = {"sqlite": SqliteIndex(), "postgresql": PostgresIndex()}
