"""What stands near a resource: what it refers to, what refers to it, and what is like it.

Likeness is counted from few short lists: the newest resources under each heading of this one, and
those that share its rarer words; a heading that many share says little.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2
from typing import TYPE_CHECKING

from azora_library.catalogue.access import Condition
from azora_library.discovery import text
from azora_library.discovery.index import INDEXES
from azora_library.discovery.query import Clause, Query
from azora_library.discovery.references import identities

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase
    from azora_library.catalogue.models import ResourceRow

SHOWN = 12
NEWEST = 200
"""Resources that are looked at under each heading."""

WEIGHTS = {1: 6.0, 2: 4.0, 3: 0.5}
"""By kind of heading: an author says more than a tag, and that more than a publisher."""

TITLE_WORD = 2.0
LONGEST_WORDS = 4


class Neighbours:
    """The neighbours of one resource that a reader may see."""

    def __init__(self, database: "PluginDatabase", row: "ResourceRow", visible: Condition) -> None:
        self._database = database
        self._row = row
        self._visible = visible

    def cites(self, most: int | None = SHOWN) -> list[int]:
        """What this resource refers to, as far as it is here."""
        rows = self._database.execute(
            "SELECT target FROM library_reference WHERE resource = ? LIMIT 500", self._row.number
        )
        targets = [target.partition(":")[::2] for (target,) in rows]
        named = {
            kind: [name for of, name in targets if of == kind] for kind in ("id", "doi", "isbn")
        }
        found = [*self._under("r.id", named["id"]), *self._under("r.doi", named["doi"])]
        for isbn in named["isbn"][:SHOWN]:
            found += self._by_words(Query((Clause((isbn,), "subjects"),)), SHOWN)
        return self._others(found)[:most]

    def cited_by(self) -> tuple[list[int], int]:
        """The newest that refer to this resource, and how many do."""
        names = identities(self._row)
        marks = ", ".join("?" * len(names))
        rows = self._database.execute(
            "SELECT DISTINCT r.number FROM library_reference AS c "  # noqa: S608 – constants and placeholders
            f"JOIN library_resource AS r ON r.number = c.resource WHERE c.target IN ({marks}) "
            f"AND r.number <> ? AND {self._visible.sql} ORDER BY r.number DESC LIMIT 1000",
            *names,
            self._row.number,
            *self._visible.params,
        )
        return [row[0] for row in rows[:SHOWN]], len(rows)

    def alike(self, apart_from: Sequence[int] = ()) -> list[int]:
        """What shares most with this resource: authors, tags, publisher and words of its title."""
        score: Counter[int] = Counter()
        for weight, numbers in self._sharing():
            for number in numbers:
                score[number] += weight / (1 + log2(len(numbers)))  # type: ignore[assignment]
        for number in (self._row.number, *apart_from):
            score.pop(number, None)
        best = sorted(score, key=lambda number: (-score[number], -number))[: SHOWN * 4]
        seen = set(self._seen(best))
        return [number for number in best if number in seen][: SHOWN // 2]

    def _sharing(self) -> Iterator[tuple[float, list[int]]]:
        """For each heading and rarer title word of this resource, the newest others that have it."""
        filed = "SELECT kind, heading FROM library_filing WHERE resource = ? LIMIT 20"
        for kind, heading in self._database.execute(filed, self._row.number):
            rows = self._database.execute(
                "SELECT resource FROM library_filing WHERE heading = ? ORDER BY resource DESC LIMIT ?",
                heading,
                NEWEST,
            )
            yield WEIGHTS.get(kind, 1.0), [row[0] for row in rows]
        words = sorted({word for word in text.words(self._row.title) if len(word) > 4}, key=len)
        for word in words[-LONGEST_WORDS:]:
            yield TITLE_WORD, self._by_words(Query((Clause((word,), "title"),)), NEWEST)

    def _by_words(self, query: Query, most: int) -> list[int]:
        match = INDEXES[self._database.dialect].match(query)
        rows = self._database.heavy_read(
            f"SELECT {match.number} FROM library_words WHERE {match.condition} "  # noqa: S608 – constants and placeholders
            f"ORDER BY {match.number} DESC LIMIT ?",
            *match.params,
            most,
        )
        return [row[0] for row in rows]

    def _under(self, column: str, names: Sequence[str]) -> list[int]:
        if not names:
            return []
        marks = ", ".join("?" * len(names))
        sql = f"SELECT r.number FROM library_resource AS r WHERE {column} IN ({marks})"  # noqa: S608 – constants and placeholders
        return [row[0] for row in self._database.execute(sql, *names)]

    def _others(self, numbers: Sequence[int]) -> list[int]:
        """Those of them that the reader may see, each once and without this resource."""
        seen = set(self._seen(numbers))
        return [
            number
            for number in dict.fromkeys(numbers)
            if number in seen and number != self._row.number
        ]

    def _seen(self, numbers: Sequence[int]) -> list[int]:
        if not numbers:
            return []
        marks = ", ".join("?" * len(numbers))
        rows = self._database.execute(
            f"SELECT r.number FROM library_resource AS r WHERE r.number IN ({marks}) "  # noqa: S608 – constants and placeholders
            f"AND {self._visible.sql}",
            *numbers,
            *self._visible.params,
        )
        return [row[0] for row in rows]
