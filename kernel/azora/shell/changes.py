"""What became of a text, word by word: for versions beside each other and previews of changes."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Literal

Change = tuple[Literal["same", "gone", "new"], str]

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 4_000
"""Words up to which texts are compared word by word; longer ones line by line."""


def changed_words(before: Any, after: Any) -> list[Change]:
    """The pieces of both texts in order: the same, gone or new. Lists are compared as one text."""
    old, new = _pieces(_text(before)), _pieces(_text(after))
    if len(old) + len(new) > _MOST:
        old, new = _text(before).splitlines(True), _text(after).splitlines(True)
    return list(_changes(old, new))


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if a < b:
            yield "gone", "".join(old[a:b])
        if c < d:
            yield "new", "".join(new[c:d])


def _pieces(text: str) -> list[str]:
    return _WORDS.findall(text)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
