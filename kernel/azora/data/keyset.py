"""Pages of a query by the values of the last row, so that inserts shift nothing."""

import base64
import binascii
import hashlib
import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any, TypeVar

import orjson
import peewee

from azora.errors import FieldError, Invalid
from azora.messages import ListRequest

Row = TypeVar("Row", bound=peewee.Model)
Order = peewee.Field | peewee.Ordering
Fetch = Callable[[Any], list[Any]]
_BLANK = "~"
"""Begins a cursor among the rows that have nothing in the first column of the order."""


def paginate(
    query: Any, request: ListRequest, order: Sequence[Order], fetch: Fetch = list
) -> tuple[list[Any], str | None]:
    """The rows of one page, and the cursor of the next or None.

    `order` names the columns to sort by, such as `Resource.created.desc()`: only the first may be NULL,
    and such rows come last, whatever the direction. The primary key is added so that no two rows tie.
    `fetch` runs a query. Raises Invalid for a cursor that is not of this list.
    """
    keys = [_Key(each) for each in order]
    if any(key.field.null for key in keys[1:]):
        raise TypeError(
            "a list can be ordered by a column that may be NULL only in the first place"
        )
    if keys and keys[0].field.null:
        return _blanks_last(query, request, keys, fetch)
    return _page(query, request, keys, fetch)


def _blanks_last(
    query: Any, request: ListRequest, keys: list["_Key"], fetch: Fetch
) -> tuple[list[Any], str | None]:
    """First the rows that have a value, by its index; then those that have none, by the other keys."""
    rows: list[Any] = []
    cursor = request.cursor or ""
    if not cursor.startswith(_BLANK):
        filled = query.where(keys[0].field.is_null(False))
        rows, following = _page(filled, request, keys, fetch)
        if following:
            return rows, following
    blank = query.where(keys[0].field.is_null())
    rest = request.limit - len(rows)
    if rest == 0:
        return rows, _BLANK if fetch(blank.limit(1)) else None
    asked = request.model_copy(
        update={"limit": rest, "cursor": cursor.partition(_BLANK)[2] or None}
    )
    more, following = _page(blank, asked, keys[1:], fetch)
    return rows + more, following and _BLANK + following


def _page(
    query: Any, request: ListRequest, order: list["_Key"], fetch: Fetch
) -> tuple[list[Any], str | None]:
    keys = _with_primary_key(query.model, order)
    query = query.order_by(*(key.ordering() for key in keys))
    if missing := [key.field for key in keys if key.field not in _selected(query)]:
        query = query.select_extend(*missing)
    if request.cursor:
        query = query.where(_after(keys, _decode(request.cursor, keys)))
    rows = fetch(query.limit(request.limit + 1))
    if len(rows) <= request.limit:
        return rows, None
    return rows[: request.limit], _encode(rows[request.limit - 1], keys)


class _Key:
    """One column of the order, and its direction."""

    def __init__(self, order: Order) -> None:
        self.field: peewee.Field = order.node if isinstance(order, peewee.Ordering) else order
        self.descending = isinstance(order, peewee.Ordering) and order.direction.upper() == "DESC"

    def ordering(self) -> peewee.Ordering:
        return self.field.desc() if self.descending else self.field.asc()

    def beyond(self, value: Any) -> peewee.Expression:
        return self.field < value if self.descending else self.field > value

    def reached(self, value: Any) -> peewee.Expression:
        return self.field <= value if self.descending else self.field >= value


def _with_primary_key(model: type[peewee.Model], keys: list[_Key]) -> list[_Key]:
    named = {key.field.name for key in keys}
    downwards = bool(keys) and keys[-1].descending
    rest = [field for field in model._meta.get_primary_keys() if field.name not in named]
    return keys + [_Key(field.desc() if downwards else field) for field in rest]


def _selected(query: Any) -> set[Any]:
    return {column for column in query._returning if isinstance(column, peewee.Field)}


def _after(keys: list[_Key], values: list[Any]) -> peewee.Expression:
    """(a > x) or (a = x and b > y) or …, below a ≥ x, which an index can serve."""
    cases = []
    for index, key in enumerate(keys):
        same = [
            earlier.field == value for earlier, value in zip(keys, values[:index], strict=False)
        ]
        cases.append(reduce(operator.and_, [*same, key.beyond(values[index])]))
    return keys[0].reached(values[0]) & reduce(operator.or_, cases)


def _encode(row: Any, keys: list[_Key]) -> str:
    values = [_plain(row.__data__[key.field.name]) for key in keys]
    body = orjson.dumps(values)
    return base64.urlsafe_b64encode(_seal(body, keys) + body).rstrip(b"=").decode()


def _decode(cursor: str, keys: list[_Key]) -> list[Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _refused() from None
    if raw[:8] != _seal(raw[8:], keys):
        raise _refused()
    values = orjson.loads(raw[8:])
    return [key.field.python_value(value) for key, value in zip(keys, values, strict=True)]


def _seal(body: bytes, keys: list[_Key]) -> bytes:
    """A digest that a cursor of another list, or one that was altered, does not carry."""
    shape = ",".join(
        f"{key.field.model._meta.table_name}.{key.field.name}{key.descending:d}" for key in keys
    )
    return hashlib.blake2b(
        body, digest_size=8, key=hashlib.sha256(shape.encode()).digest()
    ).digest()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime | date) else value


def _refused() -> Invalid:
    words = "This cursor does not belong to this list: begin again without one."
    field = FieldError(field="cursor", code="invalid_cursor", detail=words)
    return Invalid(words, code="invalid_cursor", fields=[field])
