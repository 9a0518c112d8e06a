"""Pages of a search: which resources, in which order, and where the next page begins."""

import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from azora.errors import FieldError, Invalid
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.index import INDEXES
from azora_library.discovery.selection import Selection, Subject

BROAD = "broad"
"""The order of what is too much to rank: words in the title first, and the newest of each first."""


class Order(NamedTuple):
    """An order of results: by `place`, then by number, both in one direction. `{number}` is the number."""

    place: str
    descending: bool
    params: tuple[object, ...] = ()


class Page(NamedTuple):
    """The numbers of one page of results, and the cursor of the next."""

    numbers: list[int]
    next: str | None


ORDERS = {
    "newest": Order("{number}", True),
    "title": Order("r.title_key", False),
    "used": Order("r.views + r.downloads", True),
    "year": Order("COALESCE(r.year, -9999)", True),
}


def page(subject: Subject, request: SearchResources, *, broad: bool = False) -> Page:
    """The page that the request asks for; `broad` where there is too much to rank.

    Raises Invalid for a cursor of another search.
    """
    name = _order_name(subject, request, broad)
    position = _position(name, request.cursor) if request.cursor is not None else None
    if request.cursor is not None and position is None:
        raise _refused()
    rows: Sequence[Any]
    if name == BROAD:
        rows = _by_tiers(subject, position, request.limit + 1)
    else:
        rows = _ordered(subject, _order(subject, name), position, request.limit + 1)
    shown = rows[: request.limit]
    more = _cursor(name, *shown[-1]) if len(rows) > len(shown) else None
    return Page([row[0] for row in shown], more)


def _order_name(subject: Subject, request: SearchResources, broad: bool) -> str:
    """The order asked for. Without words there is no relevance; a page keeps the order of the first."""
    wanted = request.sort or "relevance"
    if wanted != "relevance":
        return wanted
    if not subject.query.wanted:
        return "newest"
    if request.cursor is not None:
        return BROAD if _position(BROAD, request.cursor) else "relevance"
    return BROAD if broad else "relevance"


def _order(subject: Subject, name: str) -> Order:
    if name != "relevance":
        return ORDERS[name]
    match = INDEXES[subject.database.dialect].match(subject.query)
    return Order(match.rank, False, match.rank_params)


def _ordered(
    subject: Subject, order: Order, position: tuple[Any, int] | None, limit: int
) -> Sequence[Any]:
    of_record = order.place.startswith(("r.", "COALESCE"))
    chosen = _with_record(subject) if of_record else subject.select()
    place = order.place.replace("{number}", chosen.number)
    direction, beyond = ("DESC", "<") if order.descending else ("ASC", ">")
    after = f"WHERE (place, number) {beyond} (?, ?)" if position else ""
    return subject.database.heavy_read(
        f"WITH found AS (SELECT {chosen.number} AS number, {place} AS place {chosen.source}) "  # noqa: S608 – constants and placeholders
        f"SELECT number, place FROM found {after} "
        f"ORDER BY place {direction}, number {direction} LIMIT ?",
        *order.params,
        *chosen.params,
        *(position or ()),
        limit,
    )


def _with_record(subject: Subject) -> Selection:
    """The selection with the record's own columns as `r`."""
    chosen = subject.select()
    if " AS r " in f"{chosen.source} ":
        return chosen
    joined = f"FROM library_resource AS r JOIN library_words ON r.number = {chosen.number}"
    return chosen._replace(source=chosen.source.replace("FROM library_words", joined, 1))


def _by_tiers(
    subject: Subject, position: tuple[Any, int] | None, limit: int
) -> list[tuple[int, int]]:
    """The newest with the words in their title, then the newest others. Neither is ranked."""
    tier, below = position or (0, 2**62)
    rows: list[tuple[int, int]] = []
    if tier == 0:
        rows = [(number, 0) for number in _newest(subject, "title", below, limit)]
        below = 2**62
    if len(rows) < limit:
        rest = _newest(subject, None, below, limit - len(rows))
        rows += [(number, 1) for number in rest]
    return rows


def _newest(subject: Subject, column: str | None, below: int, limit: int) -> list[int]:
    """The newest with the words in this column alone; without one, those not in their title."""
    chosen = subject.select(column=column)
    condition, params = f"{chosen.number} < ?", (below,)
    if column is None:
        titled = INDEXES[subject.database.dialect].match(subject.query, "title")
        inside = f"SELECT {titled.number} FROM library_words WHERE {titled.condition}"  # noqa: S608 – constants and placeholders
        condition, params = (
            f"{condition} AND {chosen.number} NOT IN ({inside})",
            (  # type: ignore[assignment]
                below,
                *titled.params,
            ),
        )
    rows = subject.database.heavy_read(
        f"SELECT {chosen.number} {chosen.source} AND {condition} "
        f"ORDER BY {chosen.number} DESC LIMIT ?",
        *chosen.params,
        *params,
        limit,
    )
    return [row[0] for row in rows]


def _cursor(name: str, number: int, place: object) -> str:
    text = json.dumps([name, place, number], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _position(name: str, cursor: str) -> tuple[Any, int] | None:
    """Where a cursor of this order stands, or None where it is none."""
    try:
        of, place, number = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError):
        return None
    sound = _is_text(place) if name == "title" else _is_number(place)
    return (place, number) if of == name and _is_number(number) and sound else None


def _refused() -> Invalid:
    words = "Take `next` of the page before."
    return Invalid(
        "The cursor is not one of this search.",
        code="invalid_cursor",
        fields=[FieldError(field="cursor", code="invalid_cursor", detail=words)],
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and -(2**62) < value < 2**62


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()
