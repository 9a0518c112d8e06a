"""Which resources a search is about, as SQL: its words, what narrows it, and what the reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from azora_library.catalogue.access import EVERYTHING, Condition
from azora_library.catalogue.models import ResourceRow
from azora_library.custom import narrowing
from azora_library.discovery.contracts import Filters
from azora_library.discovery.headings import FIRST_FIELD, KINDS, field_heading, heading_id
from azora_library.discovery.index import INDEXES
from azora_library.discovery.query import Limit, Query, read
from azora_library.discovery.references import identities
from azora_library.discovery.related import Neighbours
from azora_library.subjects.tree import NAMES_BELOW

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

DECADE = "(r.year - ((r.year % 10) + 10) % 10)"
RECORD = {"type": "r.type", "category": "r.category", "language": "r.language", "year": "r.year"}
FIELD = "field."
NARROWING = ("type", "category", "language", "decade", "file", *KINDS)
"""What narrows a search by values, of which any will do."""


class Selection(NamedTuple):
    """`FROM … WHERE …` of the resources, the expression that is their number, and the parameters."""

    source: str
    number: str
    params: tuple[object, ...]


class Subject(NamedTuple):
    """What a search is about."""

    database: "PluginDatabase"
    filters: Filters
    query: Query
    visible: Condition
    also: tuple[Condition, ...] = ()
    fields: Mapping[str, int] = MappingProxyType({})

    @property
    def kinds(self) -> dict[str, int]:
        """By facet, the kind of headings that its values are; of the campus's own too: `field.grade`."""
        return KINDS | {f"{FIELD}{name}": kind for name, kind in self.fields.items()}

    @property
    def facets(self) -> tuple[str, ...]:
        """What narrows a search by values, of which any will do."""
        return (*NARROWING, *(f"{FIELD}{name}" for name in self.fields))

    def chosen(self, facet: str) -> Sequence[str | int]:
        """The values of a facet that the search names."""
        if not facet.startswith(FIELD):
            found: Sequence[str | int] = getattr(self.filters, facet)
            return found
        start = f"{facet.removeprefix(FIELD)}:"
        return [one.removeprefix(start) for one in self.filters.field if one.startswith(start)]

    def select(
        self, *, without: str | None = None, column: str | None = None, record: bool = False
    ) -> Selection:
        """Its resources; `without` what narrows one facet, or with their words in one column alone.

        With `record`, what facets are made of is at hand as `r`.
        """
        conditions = list(self._conditions(without))
        narrowed = " AND ".join(sql for sql, _ in conditions)
        params = tuple(param for _, some in conditions for param in some)
        if not self.query.wanted:
            where = f"WHERE {narrowed}" if narrowed else ""
            return Selection(f"FROM library_resource AS r {where}", "r.number", params)
        match = INDEXES[self.database.dialect].match(self.query, column)
        source, where = "FROM library_words", f"WHERE {match.condition}"
        if narrowed or record:
            source += f" JOIN library_resource AS r {self.narrow_row} ON r.number = {match.number}"
        if narrowed:
            where += f" AND {narrowed}"
        return Selection(f"{source} {where}", match.number, (*match.params, *params))

    @property
    def narrow_row(self) -> str:
        """Lets SQLite read what facets need without the rest of a record, as PostgreSQL does by itself."""
        return "INDEXED BY library_resource_facets" if self.database.dialect == "sqlite" else ""

    def _conditions(self, without: str | None) -> Iterator[tuple[str, Sequence[object]]]:
        if self.visible != EVERYTHING:
            yield self.visible.sql, self.visible.params
        yield from self.also
        for name in self.facets:
            values = self.chosen(name)
            if values and name != without:
                yield self._any_of(name, values)
        if any(one.partition(":")[0] not in self.fields for one in self.filters.field):
            yield "1 = 0", []
        if self.filters.year_from is not None:
            yield "r.year >= ?", [self.filters.year_from]
        if self.filters.year_to is not None:
            yield "r.year <= ?", [self.filters.year_to]
        for limit in self.query.limits:
            yield self._filed(limit) if limit.name in self.fields else _within(limit)
        if self.query.excluded and not self.query.wanted:
            yield INDEXES[self.database.dialect].lacks(self.query)
        if self.filters.query.strip() and not self.query:
            yield "1 = 0", []

    def _any_of(self, name: str, values: Sequence[str | int]) -> tuple[str, Sequence[object]]:
        """The values of one facet, of which any will do."""
        marks = ", ".join("?" * len(values))
        if name in self.kinds:
            filed = f"SELECT resource FROM library_filing WHERE heading IN ({marks})"  # noqa: S608 – constants and placeholders
            return f"r.number IN ({filed})", [self._heading(name, str(value)) for value in values]
        if name == "category":
            return f"r.category IN ({NAMES_BELOW.format(marks=marks)})", values
        if name == "decade":
            spans = " OR ".join("r.year BETWEEN ? AND ?" for _ in values)
            return f"({spans})", [year for first in values for year in (first, int(first) + 9)]
        if name == "file":
            kinds = {"yes": "r.file_digest IS NOT NULL", "no": "r.file_digest IS NULL"}
            return f"({' OR '.join(kinds[str(value)] for value in values)})", []
        return f"{RECORD[name]} IN ({marks})", values

    def _heading(self, facet: str, value: str) -> int:
        if facet in KINDS:
            return heading_id(facet, value)
        return field_heading(self.kinds[facet] - FIRST_FIELD, value)

    def _filed(self, limit: Limit) -> tuple[str, Sequence[object]]:
        """What has a value in one of the campus's own fields, however it is written."""
        filed = (
            "SELECT f.resource FROM library_heading AS h JOIN library_filing AS f ON f.heading = h.id "
            "WHERE h.kind = ? AND h.sort_key = ?"
        )
        without = "NOT " if limit.excluded else ""
        return f"r.number {without}IN ({filed})", [self.fields[limit.name], limit.first]


def subject_of(
    database: "PluginDatabase", filters: Filters, visible: Condition, also: Sequence[Condition] = ()
) -> Subject:
    """What these filters ask for, as far as the reader may see it, and as far as `also` holds."""
    also = (*also, *_near(database, filters, visible))
    fields = narrowing.kinds()
    return Subject(database, filters, read(filters.query, fields), visible, also, fields)


def _near(database: "PluginDatabase", filters: Filters, visible: Condition) -> Iterator[Condition]:
    """What refers to a resource, or what it refers to: nothing where the reader may not see it."""
    for id, towards in ((filters.cites, True), (filters.cited_by, False)):
        if id is None:
            continue
        seen = database.execute(
            f"SELECT r.number FROM library_resource AS r WHERE r.id = ? AND {visible.sql}",  # noqa: S608 – constants and placeholders
            *(id, *visible.params),
        )
        if not seen:
            yield Condition("1 = 0")
            continue
        row = ResourceRow.get(ResourceRow.number == seen[0][0])
        yield _referring(row) if towards else _referred_to(Neighbours(database, row, visible))


def _referring(row: ResourceRow) -> Condition:
    names = identities(row)
    marks = ", ".join("?" * len(names))
    citing = f"SELECT resource FROM library_reference WHERE target IN ({marks})"  # noqa: S608 – constants and placeholders
    return Condition(f"(r.number IN ({citing}) AND r.number <> ?)", (*names, row.number))


def _referred_to(near: Neighbours) -> Condition:
    numbers = near.cites(most=None)
    marks = ", ".join("?" * len(numbers))
    return Condition(f"r.number IN ({marks})" if numbers else "1 = 0", tuple(numbers))


def _within(limit: Limit) -> tuple[str, Sequence[object]]:
    name = RECORD[limit.name]
    bounds = [(">=", limit.first), ("<=", limit.last)]
    held = " AND ".join(f"{name} {sign} ?" for sign, bound in bounds if bound is not None)
    params = [bound for _, bound in bounds if bound is not None]
    return (f"({name} IS NULL OR NOT ({held}))" if limit.excluded else held), params
