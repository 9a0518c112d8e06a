"""How the library reads words: the same way when it indexes, searches and marks what it found.

Both databases are given words that are already folded here, so that they find the same.
"""

import re
import unicodedata

LONGEST_WORD = 64
"""Characters of a word that count; longer runs are seldom words."""

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_APOSTROPHES = "\u02b9-\u02bf"
"""Letters to Unicode, marks to a reader: `ŉ` is `'n`."""
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}{_APOSTROPHES}]+")


class _Unmarked(dict[int, int | None]):
    """Characters as they stay without their marks, as far as they were met."""

    def __missing__(self, point: int) -> int | None:
        marks = unicodedata.category(chr(point)).startswith("M")
        kept = self[point] = None if marks else point
        return kept


_UNMARKED = _Unmarked()


def fold(text: str) -> str:
    """The text without case, diacritics and compatibility forms: `Ngũgĩ` becomes `ngugi`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return decomposed.translate(_UNMARKED)


def words(text: str) -> list[str]:
    """The folded words of a text in their order; each ideograph is a word of its own."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]
