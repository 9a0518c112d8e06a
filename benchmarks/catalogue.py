"""A catalogue of any size that is the same every time: words, authors and subjects by Zipf's law."""

import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, Generic, TypeVar

T = TypeVar("T")

SEED = 20261123
COMMON = [
    "the",
    "of",
    "and",
    "in",
    "to",
    "a",
    "for",
    "on",
    "with",
    "from",
    "by",
    "an",
    "as",
    "at",
    "introduction",
    "history",
    "study",
    "theory",
    "world",
    "new",
    "south",
    "africa",
    "social",
    "education",
    "law",
    "guide",
    "analysis",
    "development",
    "political",
    "science",
    "life",
    "culture",
    "modern",
    "economic",
    "language",
    "art",
    "management",
    "handbook",
    "literature",
    "economics",
    "society",
    "practice",
    "research",
    "women",
    "policy",
    "religion",
    "health",
    "international",
    "principles",
    "environmental",
    "design",
    "power",
    "change",
    "water",
    "war",
    "community",
    "design",
    "learning",
    "systems",
    "selected",
    "poems",
    "essays",
    "freedom",
    "land",
    "children",
    "methods",
    "teaching",
    "village",
    "mathematics",
    "chemistry",
    "biology",
    "physics",
    "computing",
    "engineering",
    "nursing",
    "medicine",
    "agriculture",
    "mining",
    "energy",
    "climate",
    "music",
    "dance",
    "theatre",
    "film",
    "stories",
    "letters",
    "memory",
    "struggle",
    "rights",
    "justice",
    "constitution",
    "parliament",
    "church",
    "river",
    "mountain",
    "ocean",
    "forest",
    "garden",
    "house",
    "market",
    "money",
    "trade",
    "labour",
    "city",
    "street",
    "school",
    "university",
    "isizulu",
    "isixhosa",
    "sesotho",
    "setswana",
    "sepedi",
    "tshivenda",
    "xitsonga",
    "afrikaans",
    "zulu",
    "xhosa",
    "umuntu",
    "abantu",
    "ubuntu",
    "indaba",
    "izwe",
    "ilanga",
    "amanzi",
    "umlando",
    "isizwe",
    "imfundo",
    "umsebenzi",
    "inkosi",
    "ingane",
    "bophelo",
    "setshaba",
    "thuto",
    "taal",
    "geskiedenis",
    "mense",
    "grond",
    "wêreld",
    "môre",
    "dié",
    "reën",
]
ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "q",
    "r",
    "s",
    "t",
    "v",
    "w",
    "x",
    "z",
    "b",
    "d",
    "k",
    "l",
    "m",
    "n",
    "s",
    "t",
    "bh",
    "dl",
    "hl",
    "kh",
    "mb",
    "nd",
    "ng",
    "ph",
    "sh",
    "th",
    "ts",
    "xh",
    "tr",
    "st",
]
VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "ai", "ea", "ou"]
CODAS = ["", "", "", "", "", "", "n", "r", "s", "l"]
GIVEN = [
    "Thandi",
    "Sipho",
    "Nomsa",
    "Lerato",
    "Kagiso",
    "Ayesha",
    "Pieter",
    "Johan",
    "Miriam",
    "Desmond",
    "Nadine",
    "Zakes",
    "Sindiwe",
    "Antjie",
    "Mandla",
    "Naledi",
    "Thabo",
    "Zanele",
    "Bongani",
    "Palesa",
    "Ngũgĩ",
    "René",
    "Olive",
    "Sol",
    "John",
    "Mary",
    "Peter",
    "Anna",
    "David",
    "Ruth",
]
TYPES = (("BOOK", 70), ("ARTICLE", 20), ("DOCUMENT", 6), ("VIDEO", 3), ("PRESENTATION", 1))
LANGUAGES = (
    ("en", 62),
    ("zu", 9),
    ("af", 8),
    ("xh", 6),
    ("st", 4),
    ("tn", 3),
    ("fr", 3),
    ("nso", 2),
    ("sw", 2),
    ("pt", 1),
)


class Catalogue:
    """`records(n)` are the first n records of an endless catalogue."""

    def __init__(self, seed: int = SEED, words: int = 60_000) -> None:
        self._chance = random.Random(seed)
        invented = sorted({self._invented() for _ in range(words)} - set(COMMON))
        self._chance.shuffle(invented)
        self.words = [*COMMON, *invented]
        names = [self._invented().capitalize() for _ in range(12_000)]
        self.authors = [f"{self._chance.choice(GIVEN)} {name}" for name in names]
        self.tags = [" ".join(self._some(self._words, 1, 2)).capitalize() for _ in range(3_000)]
        self.publishers = [f"{self._invented().capitalize()} Press" for _ in range(1_200)]
        self.categories = [word.capitalize() for word in COMMON[16:76]]

    def records(self, count: int) -> Iterator[dict[str, Any]]:
        """Records as `library.import_records` takes them."""
        for number in range(count):
            yield self._record(number)

    @cached_property
    def _words(self) -> "Zipf[str]":
        return Zipf(self.words, self._chance)

    @cached_property
    def _people(self) -> "Zipf[str]":
        return Zipf(self.authors, self._chance, 0.7)

    @cached_property
    def _subjects(self) -> "Zipf[str]":
        return Zipf(self.tags, self._chance)

    @cached_property
    def _houses(self) -> "Zipf[str]":
        return Zipf(self.publishers, self._chance)

    @cached_property
    def _shelves(self) -> "Zipf[str]":
        return Zipf(self.categories, self._chance, 0.6)

    def _record(self, number: int) -> dict[str, Any]:
        chance = self._chance
        return {
            "key": f"{number:07}",
            "title": " ".join(self._some(self._words, 3, 9)).capitalize(),
            "type": _weighted(TYPES, chance),
            "content": " ".join(self._some(self._words, 40, 120)).capitalize() + ".",
            "authors": self._some(self._people, 1, 3),
            "category": self._shelves.take(1)[0],
            "tags": list(dict.fromkeys(self._some(self._subjects, 1, 4))),
            "language": _weighted(LANGUAGES, chance),
            "year": min(2026, 2026 - int(chance.expovariate(1 / 30))),
            "publisher": self._houses.take(1)[0],
            "doi": f"10.5555/azora.{number}" if number % 3 == 0 else None,
        }

    def _some(self, zipf: "Zipf[T]", least: int, most: int) -> list[T]:
        return zipf.take(self._chance.randint(least, most))

    def _invented(self) -> str:
        chance = self._chance
        return "".join(
            chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS)
            for _ in range(chance.choice((2, 2, 3, 3, 4)))
        )


class Zipf(Generic[T]):
    """Values of which the first is frequent and the last is rare."""

    def __init__(self, values: Sequence[T], chance: random.Random, exponent: float = 1.0) -> None:
        self._values, self._chance = values, chance
        self._weights = list(
            accumulate(1 / (place + 3) ** exponent for place in range(len(values)))
        )

    def take(self, count: int) -> list[T]:
        return self._chance.choices(self._values, cum_weights=self._weights, k=count)


def _weighted(pairs: Sequence[tuple[str, int]], chance: random.Random) -> str:
    return chance.choices([value for value, _ in pairs], [weight for _, weight in pairs])[0]
