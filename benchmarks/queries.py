"""The mix of queries of the search benchmark: what people type, in the shares in which they are asked."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.catalogue import COMMON, Catalogue

SEED = 7


class Kind(NamedTuple):
    """One kind of query: its share of a hundred, what it is, and how one is made."""

    share: int
    words: str
    make: Callable[["Words"], dict[str, Any]]


class Words:
    """The words of a catalogue by how frequent they are."""

    def __init__(self, catalogue: Catalogue, chance: random.Random) -> None:
        self._chance = chance
        self._common, self._some = catalogue.words[: len(COMMON)], catalogue.words[300:3_000]
        self._rare, self._authors = catalogue.words[5_000:30_000], catalogue.authors

    def common(self) -> str:
        return self._chance.choice(self._common)

    def some(self) -> str:
        return self._chance.choice(self._some)

    def rare(self) -> str:
        return self._chance.choice(self._rare)

    def author(self) -> str:
        return self._chance.choice(self._authors).split()[-1]

    def misspelt(self) -> str:
        """A word of six letters or more with two letters in each other's place."""
        word = next(word for word in iter(self.some, None) if len(word) >= 6)
        place = self._chance.randrange(1, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    def letter(self) -> str:
        return self._chance.choice("abdklmnst")


KINDS: Sequence[Kind] = (
    Kind(20, "a common word and another", lambda w: {"query": f"{w.common()} {w.some()}"}),
    Kind(20, "a rare word", lambda w: {"query": w.rare()}),
    Kind(15, "the beginning of a word of the title", lambda w: {"query": f"title:{w.some()[:4]}"}),
    Kind(10, "an author", lambda w: {"query": f"author:{w.author()}"}),
    Kind(10, "a very common word", lambda w: {"query": w.common()}),
    Kind(8, "a word, two languages and books alone", lambda w: {
        "query": w.some(), "language": ["zu", "af"], "type": "BOOK"}),
    Kind(6, "three letters with a star", lambda w: {"query": f"{w.some()[:3]}*"}),
    Kind(5, "a misspelt word", lambda w: {"query": w.misspelt()}),
    Kind(3, "a single letter", lambda w: {"query": w.letter()}),
    Kind(3, "nothing: everything, the newest first", lambda w: {}),
)  # fmt: skip


def queries(catalogue: Catalogue) -> Iterator[tuple[Kind, dict[str, Any]]]:
    """An endless mix, the same every time."""
    chance = random.Random(SEED)
    words = Words(catalogue, chance)
    shares = [kind.share for kind in KINDS]
    while True:
        kind = chance.choices(KINDS, shares)[0]
        yield kind, kind.make(words)
