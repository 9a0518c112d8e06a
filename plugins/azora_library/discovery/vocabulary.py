"""The words of titles, authors and subjects: what a mistyped word may have been meant to be.

The words one edit away from a word are few hundred; asking the vocabulary which of them it has is a
few hundred look-ups by key, so no further index is kept. Words only ever come in.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from azora_library.discovery import text
from azora_library.discovery.known import known_of
from azora_library.discovery.query import Query

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

SHORTEST, LONGEST = 5, 24
"""Letters of a word whose misspelling is looked for."""

_LATIN = "abcdefghijklmnopqrstuvwxyz0123456789"
_BLOCK = 128


def learn(database: "PluginDatabase", words: Iterable[str]) -> None:
    """Add folded words to the vocabulary, inside a transaction; nobody means a number by a word."""
    known = known_of(database, "terms")
    heard = {word for word in words if len(word) <= LONGEST + 1 and not word.isdigit()}
    fresh = sorted(heard - known.values)
    if fresh:
        database.execute_many(
            "INSERT INTO library_term (word) VALUES (?) ON CONFLICT DO NOTHING",
            [(word,) for word in fresh],
        )
        database.after_commit(lambda: known.add(fresh))


def variants(database: "PluginDatabase", query: Query) -> dict[str, tuple[str, ...]]:
    """For each single word of a query, the known words that one edit makes of it."""
    words = [clause.words[0] for clause in query.wanted if len(clause.words) == 1]
    return {word: found for word in words if (found := _near(database, word))}


def _near(database: "PluginDatabase", word: str) -> tuple[str, ...]:
    if not SHORTEST <= len(word) <= LONGEST or word.isdigit():
        return ()
    listed = sorted(set(edits(word)) - {word})
    if database.dialect == "sqlite":
        marks = ", ".join("?" * len(listed))
        sql, params = f"SELECT word FROM library_term WHERE word IN ({marks})", tuple(listed)  # noqa: S608 – constants and placeholders
    else:
        sql, params = "SELECT word FROM library_term WHERE word = ANY(?)", (listed,)  # type: ignore[assignment]
    return tuple(sorted(row[0] for row in database.execute(sql, *params)))


def edits(word: str) -> Iterator[str]:
    """Every word that one letter more, less, other or in another's place makes of this one."""
    letters = alphabet(word)
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def alphabet(word: str) -> str:
    """The letters that a word of this script may hold."""
    if word.isascii():
        return _LATIN
    blocks = {ord(letter) // _BLOCK for letter in word}
    others = "".join(map(_letters, sorted(blocks - {0})))
    return others + (_LATIN if 0 in blocks else "")


@lru_cache(64)
def _letters(block: int) -> str:
    """The folded letters of a block of Unicode."""
    points = map(chr, range(block * _BLOCK, (block + 1) * _BLOCK))
    return "".join(letter for letter in points if text.words(letter) == [letter])
