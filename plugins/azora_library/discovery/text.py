"""How the library reads words: the same way when it indexes, searches and marks what it found.

Both databases are given words that are already folded here, so that they find the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

LONGEST_WORD = 64
"""Characters of a word that count; longer runs are seldom words."""

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_APOSTROPHES = "\u02b9-\u02bf"
"""Letters to Unicode, marks to a reader: `ŉ` is `'n`."""
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}{_APOSTROPHES}]+")
_RUN = re.compile(r"[\w\u0300-\u036f]+")


class _Unmarked(dict[int, int | None]):
    """Characters as they stay without their marks, as far as they were met."""

    def __missing__(self, point: int) -> int | None:
        marks = unicodedata.category(chr(point)).startswith("M")
        kept = self[point] = None if marks else point
        return kept


_UNMARKED = _Unmarked()


class Piece(NamedTuple):
    """A stretch of text, and whether it is one of the words that were looked for."""

    text: str
    hit: bool


def fold(text: str) -> str:
    """The text without case, diacritics and compatibility forms: `Ngũgĩ` becomes `ngugi`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return decomposed.translate(_UNMARKED)


def words(text: str) -> list[str]:
    """The folded words of a text in their order; each ideograph is a word of its own."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]


def excerpt(text: str, holds: Callable[[str], bool], length: int = 240) -> list[Piece]:
    """About `length` characters round the first word that `holds`, cut into pieces.

    The beginning where no word does.
    """
    runs = [run for run in _RUN.finditer(text) if any(map(holds, words(run.group())))]
    start = _window(text, runs[0].start() if runs else 0, length)
    end = min(len(text), start + length)
    pieces = list(_pieces(text, runs, start, end))
    if start:
        pieces.insert(0, Piece("… ", False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return pieces


def _window(text: str, hit: int, length: int) -> int:
    """Where to begin so that the hit stands in the first third, at the beginning of a word."""
    start = max(0, hit - length // 3)
    if start == 0:
        return 0
    space = text.find(" ", start, hit)
    return space + 1 if space >= 0 else start


def _pieces(text: str, runs: list[re.Match[str]], start: int, end: int) -> Iterator[Piece]:
    position = start
    for run in runs:
        if run.end() > end:
            break
        if run.start() > position:
            yield Piece(text[position : run.start()], False)
        yield Piece(run.group(), True)
        position = run.end()
    if position < end:
        yield Piece(text[position:end], False)
