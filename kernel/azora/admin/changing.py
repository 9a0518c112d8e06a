"""Changes of a row: by the plugin's own operation where one fits, which validates and tells of it.

Only where none fits, and the table's `Meta.editable` names columns of which nobody needs to be told, is
the row written directly. What was changed by somebody else since it was read is never overwritten.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import peewee
from pydantic import Field, ValidationError, create_model

from azora.admin.columns import Model, fields, kind_of
from azora.admin.fitting import REVISION, Fitting, Fittings
from azora.errors import AzoraError, Conflict, FieldError, Invalid, NotAllowed, invalid
from azora.messages import Request
from azora.shell.forms import decode

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

_TYPES: dict[str, Any] = {
    "list": list[str],
    "yes_no": bool,
    "number": float,
    "time": datetime,
    "date": date,
}


class RowChanges:
    """Changes rows of one table on behalf of whoever calls, who needs each operation's own permission."""

    def __init__(self, hosted: "HostedPlugin", model: Model, fittings: Fittings) -> None:
        self._hosted = hosted
        self._model = model
        self._fittings = fittings

    def add(self, values: Mapping[str, Any]) -> None:
        """Make a row. Raises Invalid beside the fields that are not right."""
        fitting = _offered(self._fittings.add, "Rows of this table are not made here.")
        self._ask(fitting.operation, _typed(fitting.operation.request, values, fitting.columns))

    def change(self, row: Any, version: str, values: Mapping[str, Any]) -> None:
        """Change a row. Raises Conflict where it is no longer as it was read."""
        check_version(row, version, self._fittings)
        fitting = _offered(self._fittings.change, "Rows of this table are not changed here.")
        model = fitting.operation.request
        given = _typed(model, values, fitting.columns)
        if fitting.whole:
            kept = {name: row.__data__[name] for name in fitting.columns if name not in values}
            given = kept | given
        assert fitting.key is not None
        given[fitting.key.name] = row.__data__[fitting.key.name]
        if REVISION in model.model_fields and "revision" in row.__data__:
            given[REVISION] = row.__data__["revision"]
        self._ask(fitting.operation, given)

    def act(self, row: Any, name: str) -> None:
        """Do one of the table's acts to a row."""
        fitting = _offered(self._fittings.acts.get(name), "There is no such act for these rows.")
        assert fitting.key is not None
        self._ask(fitting.operation, {fitting.key.name: row.__data__[fitting.key.name]})

    def write(self, row: Any, version: str, values: Mapping[str, Any]) -> None:
        """Write the columns that `Meta.editable` names, in the open transaction."""
        columns = editable(self._model)
        if not columns or self._fittings.change:
            raise _not_here("Rows of this table are not written directly.")
        check_version(row, version, self._fittings)
        model = direct_model(self._model)
        kept = {name: row.__data__[name] for name in columns if name not in values}
        request = _validated(model, kept | _typed(model, values, columns))
        for name in columns:
            setattr(row, name, getattr(request, name))
        row.save(only=[field for field in fields(self._model) if field.name in columns])

    def _ask(self, operation: Any, values: dict[str, Any]) -> None:
        request = _validated(operation.request, values)
        try:
            self._hosted.runtime.call(f"{self._hosted.name}.{operation.name}", request)
        except AzoraError as error:
            raise _about_values(error) from None


def editable(model: Model) -> tuple[str, ...]:
    """The columns that may be written directly: no event tells of them."""
    return tuple(getattr(model._meta, "editable", ()))  # type: ignore[attr-defined]


def version_of(row: Any, fittings: Fittings) -> str:
    """A digest of what can be edited in a row: counters that grow on their own are no change."""
    model = type(row)
    columns = fittings.change.columns if fittings.change else editable(model)
    names = [*columns, *({"revision"} & row.__data__.keys())]
    values = [row.__data__.get(name) for name in names]
    return hashlib.blake2b(orjson.dumps(values, default=str), digest_size=12).hexdigest()


def check_version(row: Any, version: str, fittings: Fittings) -> None:
    """Raise Conflict where a row has changed since it had this version."""
    if version_of(row, fittings) != version:
        raise Conflict(
            "Somebody changed this row meanwhile. Nothing of yours was saved; read it again.",
            code="row_changed",
        )


@lru_cache(maxsize=256)
def direct_model(model: Model) -> type[Request]:
    """What the columns that may be written directly take, as a request model."""
    shapes: dict[str, Any] = {}
    for column in fields(model):
        if column.name in editable(model):
            shape = _python_type(column)
            bounds = {"max_length": limit} if (limit := getattr(column, "max_length", None)) else {}
            shapes[column.name] = (
                (shape | None, Field(None, **bounds))
                if column.null
                else (shape, Field(..., **bounds))
            )
    return create_model(f"{model.__name__}Columns", __base__=Request, **shapes)


def _python_type(column: peewee.Field) -> Any:
    if isinstance(column, peewee.IntegerField):
        return int
    return _TYPES.get(kind_of(column), str)


def _offered(fitting: Fitting | None, otherwise: str) -> Fitting:
    if fitting is None:
        raise _not_here(otherwise)
    return fitting


def _not_here(words: str) -> NotAllowed:
    return NotAllowed(words, code="not_administered")


def _typed(
    model: type[Request], values: Mapping[str, Any], columns: tuple[str, ...]
) -> dict[str, Any]:
    """Values as a program sends them or a form types them. Raises Invalid for what is no such column."""
    if strangers := [name for name in values if name not in columns]:
        words = f"{strangers[0][:60]!r} cannot be changed here."
        problem = FieldError(field=f"values.{strangers[0]}", code="not_editable", detail=words)
        raise Invalid("Some fields are not right.", fields=[problem])
    typed = {name: [value] for name, value in values.items() if isinstance(value, str)}
    return {**values, **dict.fromkeys(typed)} | decode(model, typed) if typed else dict(values)


def _validated(model: type[Request], values: dict[str, Any]) -> Request:
    """The request; what was blanked is left out, so that the model's default stands for it."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _about_values(invalid(error)) from None


def _about_values(error: AzoraError) -> AzoraError:
    """The same error, its fields named as the form names them."""
    error.fields = [
        FieldError(**{**wrong, "field": f"values.{wrong['field']}"})  # type: ignore[typeddict-item]
        for wrong in error.fields
        if wrong.get("field")
    ]
    return error
