"""Excerpts: the stretch of a text round the first of the words that were looked for, cut into pieces."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, takewhile
from typing import NamedTuple

from azora_library.discovery.text import words

_RUN = re.compile(r"[\w\u0300-\u036f]+")


class Piece(NamedTuple):
    """A stretch of text, and whether it is one of the words that were looked for."""

    text: str
    hit: bool


class Marks:
    """The words, and beginnings of words, that are marked where they stand in a text; both folded."""

    def __init__(self, whole: Collection[str], beginnings: Collection[str] = ()) -> None:
        self._whole = frozenset(whole)
        self._beginnings = tuple(beginnings)
        forms = [f"{re.escape(word)}(?![a-z0-9])" for word in whole]
        forms += map(re.escape, beginnings)
        self._plain = re.compile(f"(?<![a-z0-9])(?:{'|'.join(forms) or '(?!)'})", re.I | re.A)

    def holds(self, run: str) -> bool:
        return any(word in self._whole or word.startswith(self._beginnings) for word in words(run))

    def begin(self, text: str) -> int:
        """Where to begin to look. In ASCII, one pass of C finds the place, or that there is none."""
        if not text.isascii():
            return 0
        found = self._plain.search(text)
        if found is None:
            return len(text)
        start = found.start()
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return start


def excerpt(text: str, marks: Marks, length: int = 240) -> list[Piece]:
    """About `length` characters round the first run of letters that is marked, cut into pieces.

    The beginning where none is. The text is read up to the end of the excerpt and no further.
    """
    found = _RUN.finditer(text, marks.begin(text))
    runs = (run for run in found if marks.holds(run.group()))
    first = next(runs, None)
    start = _window(text, first.start() if first else 0, length)
    end = min(len(text), start + length)
    inside = takewhile(lambda run: run.end() <= end, chain([first] if first else [], runs))
    pieces = list(_pieces(text, inside, start, end))
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


def _pieces(text: str, runs: Iterable[re.Match[str]], start: int, end: int) -> Iterator[Piece]:
    position = start
    for run in runs:
        if run.start() > position:
            yield Piece(text[position : run.start()], False)
        yield Piece(run.group(), True)
        position = run.end()
    if position < end:
        yield Piece(text[position:end], False)
