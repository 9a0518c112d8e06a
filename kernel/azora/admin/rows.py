"""Rows of any table: found, filtered, sorted and paged so that 100,000 of them make no difference.

Pages follow an index from the last row on; sums stop at a bound; what has to look at many rows does so
beside the hub.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import quote, unquote

import peewee

from azora.admin.columns import Model, Sight, fields, indexed, keys, kind_of, text_fields
from azora.data.database import PluginDatabase
from azora.data.heavy import heavy_rows
from azora.data.keyset import paginate
from azora.errors import FieldError, Invalid, NotFound
from azora.messages import ListRequest

COUNTED = 1000
"""Rows that are counted exactly; there may be more."""
_FILTER = re.compile(r"(\w+)(!=|>=|<=|=|~)(.*)", re.DOTALL)
_BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """Which rows, in which order."""

    search: str = ""
    filters: Sequence[str] = ()
    sort: str = ""


class RowSource:
    """The rows of one table, for somebody who sees this much of them."""

    def __init__(self, database: PluginDatabase, model: Model, sight: Sight) -> None:
        self._database = database
        self._model = model
        self._sight = sight

    def page(self, wanted: Wanted, request: ListRequest) -> tuple[list[Any], str | None]:
        """One page, and the cursor of the next. Raises Invalid for a filter or an order that cannot be."""
        order = self._order(wanted.sort)
        query = self._matching(wanted)
        return paginate(query, request, order, fetch=lambda part: heavy_rows(self._database, part))

    def every(self, wanted: Wanted) -> Iterator[Any]:
        """All of them, read in batches while they are used."""
        cursor = None
        while True:
            request = _Batch(cursor=cursor)
            rows, cursor = self.page(wanted, request)
            yield from rows
            if cursor is None:
                return

    def count(self, wanted: Wanted) -> tuple[int, bool]:
        """How many there are, and whether that is exact: beyond a bound there are more."""
        some = self._matching(wanted).select(peewee.SQL("1")).limit(COUNTED + 1)
        query = peewee.Select([some], [peewee.fn.COUNT(peewee.SQL("*"))]).bind(
            self._database.peewee
        )
        found = heavy_rows(self._database, query, raw=True)[0][0]
        return min(found, COUNTED), found <= COUNTED

    def find(self, key: str, *, for_change: bool = False) -> Any:
        """The row with this key, kept from others where it is `for_change`. Raises NotFound."""
        query = self._model.select().where(*_key_conditions(self._model, key))
        if for_change and self._database.dialect == "postgresql":
            query = query.for_update()
        row = query.first()
        if row is None:
            raise NotFound("There is no such row; it may have been removed.", code="row_not_found")
        return row

    def _matching(self, wanted: Wanted) -> Any:
        query = self._model.select()
        for text in wanted.filters:
            query = query.where(self._condition(text))
        if wanted.search:
            query = query.where(self._search(wanted.search))
        return query

    def _search(self, words: str) -> Any:
        places = text_fields(self._model, self._sight)
        if not places:
            raise _refused("search", "This table has no text to search in.")
        return reduce(or_, [_contains(place, words) for place in places])

    def _condition(self, text: str) -> Any:
        matched = _FILTER.fullmatch(text)
        field = self._usable(matched[1]) if matched else None
        if matched is None or field is None:
            raise _refused("filter", f"{text[:60]!r} names no column that you may filter by.")
        sign, value = matched[2], matched[3]
        if value == "" and sign in ("=", "!="):
            return field.is_null(sign == "=")
        if sign == "~":
            return _contains(field, value)
        return _COMPARED[sign](field, _converted(field, value))

    def _order(self, sort: str) -> list[Any]:
        if not sort:
            return [key.desc() for key in keys(self._model)]
        name = sort.removeprefix("-")
        field = self._usable(name)
        if field is None or name not in indexed(self._model):
            raise _refused("sort", f"Rows cannot be sorted by {name[:60]!r}: no index leads there.")
        return [field.desc() if sort.startswith("-") else field.asc()]

    def _usable(self, name: str) -> Any:
        """The column of this name, where it may be looked at."""
        field = {each.name: each for each in fields(self._model)}.get(name)
        masked = field is None or self._sight.masks(self._model, field)
        return None if masked or kind_of(field) == "bytes" else field  # type: ignore[arg-type]


class _Batch(ListRequest):
    """As many rows as an export reads at once."""

    limit: int = _BATCH


_COMPARED: dict[str, Any] = {
    "=": lambda field, value: field == value,
    "!=": lambda field, value: (field != value) | field.is_null(),
    ">=": lambda field, value: field >= value,
    "<=": lambda field, value: field <= value,
}


def key_of(row: Any) -> str:
    """The primary key of a row as one text, fit for an address."""
    return ",".join(
        quote(str(row.__data__[field.name]), safe=":@-_.~") for field in keys(type(row))
    )


def _key_conditions(model: Model, key: str) -> list[Any]:
    parts = [unquote(part) for part in key.split(",")]
    if len(parts) != len(keys(model)):
        raise NotFound("There is no such row.", code="row_not_found")
    return [
        field == _converted(field, part) for field, part in zip(keys(model), parts, strict=True)
    ]


def _contains(field: peewee.Field, words: str) -> Any:
    place: Any = field
    if kind_of(field) in ("number", "time", "date", "yes_no"):
        place = field.cast("TEXT")
    return place.contains(words)


def _converted(field: peewee.Field, text: str) -> Any:
    """A value as somebody wrote it. Raises Invalid where the column cannot hold it."""
    kind = kind_of(field)
    try:
        if kind == "number":
            return _number(text)
        if kind == "yes_no":
            return text.strip().lower() in ("true", "yes", "1", "on")
        if kind == "time":
            return _moment(text)
        return date.fromisoformat(text) if kind == "date" else text
    except (ValueError, OverflowError):
        raise _refused("filter", f"{text[:60]!r} is no {kind} for {field.name}.") from None


def _number(text: str) -> int | float:
    """A whole number, or one with a fraction, that both databases can compare with."""
    try:
        number: int | float = int(text)
    except ValueError:
        number = float(text)
    if not -(2**63) < number < 2**63:
        raise ValueError(f"{text} is beyond 64 bits")
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()


def _refused(field: str, words: str) -> Invalid:
    return Invalid(words, fields=[FieldError(field=field, code=f"invalid_{field}", detail=words)])
