"""Searching the catalogue: which resources, in which order, and how they fall into facets."""

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from azora.errors import Invalid
from azora_library import domain
from azora_library.catalogue.access import EVERYTHING, Condition
from azora_library.discovery import text
from azora_library.discovery.contracts import Facets, FacetValue, SearchResources
from azora_library.discovery.index import INDEXES

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

FACET_VALUES = 20


class Order(NamedTuple):
    """An order of results: by `place`, then by number, both in one direction."""

    place: str
    descending: bool
    params: tuple[object, ...] = ()


class Page(NamedTuple):
    """The numbers of one page of results, and the cursor of the next."""

    numbers: list[int]
    next: str | None


class Counts(NamedTuple):
    total: int
    exact: bool
    facets: Facets


class Search:
    """One search of one database; made for each request."""

    def __init__(
        self, database: "PluginDatabase", request: SearchResources, visible: Condition
    ) -> None:
        self._database = database
        self._request = request
        self._visible = visible
        self.terms = text.terms(domain.isbn13(request.query) or request.query)
        self._match = INDEXES[database.dialect].match(self.terms) if self.terms else None
        self._where, self._params = self._conditions()

    def page(self) -> Page:
        """The page that the request asks for. Raises Invalid for a cursor of another search."""
        order = self._order()
        after, position = self._after(order)
        direction = "DESC" if order.descending else "ASC"
        rows = self._database.heavy_read(
            f"WITH found AS (SELECT r.number AS number, {order.place} AS place {self._where}) "  # noqa: S608 – constants and placeholders
            f"SELECT number, place FROM found {after} "
            f"ORDER BY place {direction}, number {direction} LIMIT ?",
            *order.params,
            *self._params,
            *position,
            self._request.limit + 1,
        )
        shown = rows[: self._request.limit]
        more = len(rows) > len(shown)
        return Page([row[0] for row in shown], _cursor(self._sort, *shown[-1]) if more else None)

    def counts(self, bound: int) -> Counts:
        """How many are found and how they fall, exactly up to `bound`."""
        tops = " UNION ALL ".join(
            f"SELECT * FROM (SELECT '{name}' AS facet, {name} AS value, count(*) AS n FROM found "  # noqa: S608 – constants and placeholders
            f"WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY n DESC, value LIMIT {FACET_VALUES}) AS {name}_top"
            for name in ("type", "category", "language")
        )
        rows = self._database.heavy_read(
            "WITH found AS MATERIALIZED (SELECT r.number AS number, r.type AS type, "  # noqa: S608 – constants and placeholders
            f"r.category AS category, r.language AS language {self._where} LIMIT ?) "
            f"SELECT 'total' AS facet, '' AS value, count(*) AS n FROM found UNION ALL {tops} "
            "UNION ALL SELECT * FROM (SELECT 'tag' AS facet, t.tag AS value, count(*) AS n FROM found "
            "JOIN library_tag AS t ON t.resource = found.number GROUP BY t.tag "
            f"ORDER BY n DESC, value LIMIT {FACET_VALUES}) AS tag_top",
            *self._params,
            bound + 1,
        )
        values: dict[str, list[FacetValue]] = {
            "total": [],
            "type": [],
            "category": [],
            "language": [],
            "tag": [],
        }
        for facet, value, count in rows:
            values[facet].append(FacetValue(value=value, count=count))
        total = values.pop("total")[0].count
        return Counts(min(total, bound), total <= bound, Facets(**values))

    @property
    def _sort(self) -> str:
        """The order asked for; without words there is no relevance."""
        wanted = self._request.sort or "relevance"
        return "newest" if wanted == "relevance" and self._match is None else wanted

    def _order(self) -> Order:
        if self._sort == "relevance" and self._match:
            return Order(self._match.rank, False, self._match.rank_params)
        return _ORDERS[self._sort]

    def _conditions(self) -> tuple[str, list[object]]:
        """FROM and WHERE of every query of this search, and their parameters."""
        request, match = self._request, self._match
        conditions = [match.condition] if match else []
        params: list[object] = [*match.params] if match else []
        if self._visible != EVERYTHING:
            conditions.append(self._visible.sql)
            params += self._visible.params
        for condition, value in (
            ("r.type = ?", request.type),
            ("r.category = ?", request.category),
            ("r.language = ?", request.language),
            ("r.year >= ?", request.year_from),
            ("r.year <= ?", request.year_to),
            ("r.number IN (SELECT t.resource FROM library_tag AS t WHERE t.tag = ?)", request.tag),
        ):
            if value is not None:
                conditions.append(condition)
                params.append(value)
        if request.query.strip() and not self.terms:
            conditions.append("1 = 0")
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"FROM library_resource AS r {match.join if match else ''} {where}", params

    def _after(self, order: Order) -> tuple[str, list[object]]:
        if self._request.cursor is None:
            return "", []
        place, number = _position(self._sort, self._request.cursor)
        return f"WHERE (place, number) {'<' if order.descending else '>'} (?, ?)", [place, number]


_ORDERS = {
    "newest": Order("r.number", True),
    "title": Order("r.title_key", False),
    "year": Order("COALESCE(r.year, -9999)", True),
}


def _cursor(sort: str, number: int, place: object) -> str:
    text = json.dumps([sort, place, number], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _position(sort: str, cursor: str) -> tuple[Any, int]:
    try:
        of, place, number = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError):
        of, place, number = None, None, None
    if (
        of != sort
        or not _is_number(number)
        or not (_is_text(place) if sort == "title" else _is_number(place))
    ):
        raise Invalid(
            "The cursor is not one of this search.",
            code="invalid_cursor",
            fields=[
                {
                    "field": "cursor",
                    "code": "invalid_cursor",
                    "detail": "Take `next` of the page before.",
                }
            ],
        )
    return place, number


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and -(2**62) < value < 2**62


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()
