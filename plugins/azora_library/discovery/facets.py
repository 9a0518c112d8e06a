"""How the resources of a search fall into facets: the first values of each, or all of one."""

import base64
import json
from collections.abc import Sequence
from typing import NamedTuple

from azora.admin import exporting
from azora.errors import FieldError, Invalid, NotFound
from azora.messages import Document
from azora_library.discovery import branches, text
from azora_library.discovery.contracts import (
    ExportFacet,
    FacetList,
    Facets,
    FacetValue,
    FieldFacet,
    ListFacet,
)
from azora_library.discovery.selection import DECADE, FIELD, Subject

FIRST_VALUES = 20
"""Values of a facet that come with the results."""

BROAD_SHARE = 5
"""Of a search beyond the bound the facets are counted among the first fifth of as many as the bound."""

MOST = 100_000
"""The same for a facet of which all are needed."""

COLUMNS = {
    "type": "r.type",
    "category": "r.category",
    "language": "r.language",
    "decade": DECADE,
    "file": "CASE WHEN r.file_digest IS NULL THEN 'no' ELSE 'yes' END",
}
Counted = tuple[str, str, int]


class Counts(NamedTuple):
    total: int
    exact: bool
    facets: Facets
    facets_exact: bool


def count(subject: Subject, bound: int) -> Counts:
    """How many are found and how they fall, exactly up to `bound`; beyond, values count no less than told.

    The values of a facet that narrows are counted without it, so that others can be added.
    """
    narrowing = [name for name in subject.facets if subject.chosen(name)]
    free = [name for name in subject.facets if name not in narrowing]
    total, counted = _count(subject, free, bound)
    totals = [total]
    for name in narrowing:
        without, values = _count(subject, [name], bound, without=name)
        totals.append(without)
        counted += values
    facets: dict[str, list[FacetValue]] = {
        name: [] for name in subject.facets if name != "category"
    }
    for name, value, number in counted:
        if name in facets:
            facets[name].append(FacetValue(value=value, count=number))
    for found in facets.values():
        found.sort(key=lambda one: (-one.count, one.value))
    facets["decade"].sort(key=lambda one: int(one.value))
    categories = {value: number for name, value, number in counted if name == "category"}
    shown = branches.shown(subject.database, categories, subject.filters.category)
    own = [FieldFacet(field=name, values=facets.pop(f"{FIELD}{name}")) for name in subject.fields]
    exact = total <= bound
    return Counts(
        min(total, bound),
        exact,
        Facets(category=shown, fields=own, **facets),
        all(one <= bound for one in totals),
    )


def _count(
    subject: Subject, names: Sequence[str], bound: int, without: str | None = None
) -> tuple[int, list[Counted]]:
    """How many there are, at most one beyond the bound, and the first values of these facets."""
    columns = [name for name in names if name in COLUMNS]
    kinds = [subject.kinds[name] for name in names if name in subject.kinds]
    parts, params = _found(subject, columns, bound, without)
    tops = ["SELECT 'total' AS facet, '' AS value, count(*) AS n FROM ids"]
    tops += [_top_of_column(name) for name in columns]
    if subject.database.dialect == "sqlite":
        tops += [_top_of_headings(kind, _filed(f"= {kind}", "f.heading")) for kind in kinds]
    elif kinds:
        every = _filed(f"IN ({', '.join(map(str, kinds))})", "f.kind, f.heading")
        parts.append(f"filed AS MATERIALIZED ({every})")
        filed = "SELECT heading, n FROM filed WHERE kind = "
        tops += [_top_of_headings(kind, f"{filed}{kind}") for kind in kinds]
    rows = subject.database.heavy_read(
        f"WITH {', '.join(parts)} {' UNION ALL '.join(tops)}", *params, bound + 1
    )
    called = {str(kind): name for name, kind in subject.kinds.items()}
    return rows[0][2], [(called.get(str(name), str(name)), value, n) for name, value, n in rows[1:]]


def _found(
    subject: Subject, columns: Sequence[str], bound: int, without: str | None
) -> tuple[list[str], tuple[object, ...]]:
    """The numbers of what is found as `ids`, and with these columns those that are counted as `counted`:
    read in one step on PostgreSQL, in two on SQLite, which is slow to keep wide rows."""
    read = "".join(f", {COLUMNS[name]} AS {name}" for name in columns)
    first = (
        f"LIMIT (SELECT CASE WHEN count(*) > {bound} THEN {bound // BROAD_SHARE} ELSE {bound} END "  # noqa: S608 – constants and placeholders
        "FROM ids)"
    )
    if subject.database.dialect == "sqlite":
        chosen = subject.select(without=without)
        ids = f"SELECT {chosen.number} AS number {chosen.source} LIMIT ?"
        few = f"(SELECT number FROM ids {first}) AS few"  # noqa: S608 – constants and placeholders
        rows = f"{few} JOIN library_resource AS r {subject.narrow_row} ON r.number = few.number"
        counted = f"SELECT r.number AS number{read} FROM {rows}"  # noqa: S608 – constants and placeholders
    else:
        chosen = subject.select(without=without, record=bool(columns))
        ids = f"SELECT {chosen.number} AS number{read} {chosen.source} LIMIT ?"
        counted = f"SELECT * FROM ids {first}"  # noqa: S608 – constants and placeholders
    return [f"ids AS MATERIALIZED ({ids})", f"counted AS MATERIALIZED ({counted})"], chosen.params


def _top_of_column(name: str) -> str:
    most = MOST if name in ("decade", "category") else FIRST_VALUES
    return (
        f"SELECT * FROM (SELECT '{name}' AS facet, CAST({name} AS TEXT) AS value, count(*) AS n "  # noqa: S608 – constants and placeholders
        f"FROM counted WHERE {name} IS NOT NULL GROUP BY {name} "
        f"ORDER BY n DESC, value LIMIT {most}) AS top_{name}"
    )


def _top_of_headings(kind: int, filed: str) -> str:
    """The most frequent of the headings of one kind."""
    return (
        f"SELECT '{kind}' AS facet, h.value, n FROM ({filed} "  # noqa: S608 – constants and placeholders
        f"ORDER BY n DESC, heading LIMIT {FIRST_VALUES}) AS top_{kind} "
        f"JOIN library_heading AS h ON h.id = top_{kind}.heading"
    )


def _filed(kinds: str, by: str) -> str:
    """How many are filed under each heading of these kinds: quickest of all at once on PostgreSQL, and
    of each by itself on SQLite, which CROSS JOIN keeps from reading all filings first."""
    return (
        f"SELECT {by}, count(*) AS n FROM counted CROSS JOIN library_filing AS f "  # noqa: S608 – constants and placeholders
        f"WHERE f.resource = counted.number AND f.kind {kinds} GROUP BY {by}"
    )


def every_value(subject: Subject, name: str) -> tuple[str, tuple[object, ...]]:
    """A query of all values of a facet with their exact counts: `value`, `n` and `folded`."""
    chosen = subject.select(without=name)
    ids = f"SELECT {chosen.number} AS number {chosen.source}"
    if name not in subject.facets:
        raise NotFound("There is no such field.", code="library.field_not_found")
    if name in subject.kinds:
        return (
            "SELECT h.value AS value, n, h.sort_key AS folded FROM (SELECT f.heading, count(*) AS n "  # noqa: S608 – constants and placeholders
            f"FROM ({ids}) AS ids JOIN library_filing AS f ON f.resource = ids.number "
            f"AND f.kind = {subject.kinds[name]} GROUP BY f.heading) AS filed "
            "JOIN library_heading AS h ON h.id = filed.heading"
        ), chosen.params
    if name == "category":
        found = f"FROM ({ids}) AS ids JOIN library_resource AS r {subject.narrow_row} ON r.number = ids.number"
        return branches.every_value(found), chosen.params
    return (
        f"SELECT CAST({COLUMNS[name]} AS TEXT) AS value, count(*) AS n, "  # noqa: S608 – constants and placeholders
        f"lower(CAST({COLUMNS[name]} AS TEXT)) AS folded FROM ({ids}) AS ids "
        f"JOIN library_resource AS r {subject.narrow_row} ON r.number = ids.number "
        f"WHERE {COLUMNS[name]} IS NOT NULL GROUP BY {COLUMNS[name]}"
    ), chosen.params


def page(subject: Subject, request: ListFacet) -> FacetList:
    """One page of a facet's values: the most frequent first, or by value."""
    values, params = every_value(subject, request.facet)
    conditions: list[str] = []
    given: list[object] = []
    for word in text.words(request.contains):
        conditions.append("folded LIKE ?")
        given.append(f"%{word}%")
    if request.cursor:
        n, folded, value = _position(request.cursor)
        after = "(n < ? OR (n = ? AND (folded, value) > (?, ?)))"
        by_count = request.order == "count"
        conditions.append(after if by_count else "(folded, value) > (?, ?)")
        given += [n, n, folded, value] if by_count else [folded, value]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    order = "n DESC, folded, value" if request.order == "count" else "folded, value"
    rows = subject.database.heavy_read(
        f"WITH counted AS ({values}) SELECT value, n, folded FROM counted {where} "  # noqa: S608 – constants and placeholders
        f"ORDER BY {order} LIMIT ?",
        *params,
        *given,
        request.limit + 1,
    )
    shown = rows[: request.limit]
    more = _cursor(*shown[-1]) if len(rows) > len(shown) else None
    return FacetList(items=[FacetValue(value=row[0], count=row[1]) for row in shown], next=more)


def export(subject: Subject, request: ExportFacet) -> Document:
    """All values of a facet as a file, the most frequent first."""
    values, params = every_value(subject, request.facet)
    rows = subject.database.heavy_read(
        f"WITH counted AS ({values}) SELECT value, n FROM counted ORDER BY n DESC, folded, value",  # noqa: S608 – constants and placeholders
        *params,
    )
    named = ({"value": value, "count": n} for value, n in rows)
    head, *pieces = exporting.pieces(request.facet, request.format, ["value", "count"], named)
    return head.model_copy(update={"text": "".join(piece.text for piece in pieces)})


def _cursor(value: str, n: int, folded: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([n, folded, value]).encode()).decode()


def _position(cursor: str) -> tuple[int, str, str]:
    try:
        n, folded, value = json.loads(base64.urlsafe_b64decode(cursor))
        if isinstance(n, int) and isinstance(folded, str) and isinstance(value, str):
            return n, folded, value
    except (ValueError, TypeError):
        pass
    words = "Take `next` of the page before."
    raise Invalid(
        "The cursor is not one of this list.",
        code="invalid_cursor",
        fields=[FieldError(field="cursor", code="invalid_cursor", detail=words)],
    )
