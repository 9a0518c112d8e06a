"""Which of a plugin's operations change a table: so that an edit is validated and told as everywhere else.

An operation fits a table when its name ends with the table's (`add_resource` for `library_resource`),
its path says whether it makes a row (`POST /resources`) or is about one (`PATCH /resources/{id}`), and
its fields are columns of the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import peewee

from azora.admin.columns import Model, fields, holds_lists
from azora.contract import Operation
from azora.http.cookies import holds_secret
from azora.shell.forms import file_fields, is_list

ADDING = ("add", "create", "make", "new", "register", "save")
CHANGING = ("replace", "update", "change", "edit", "save", "set", "rename")
REMOVING = ("remove", "delete")
REVISION = "if_revision"


@dataclass(frozen=True)
class Fitting:
    """An operation for rows of a table; `key` is the column that its path names."""

    operation: Operation
    key: peewee.Field | None
    columns: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it says everything of a row anew, so that what is left out would be cleared."""
        return self.operation.verb in ("PUT", "POST")


@dataclass
class Fittings:
    """What a plugin offers for the rows of one table."""

    add: Fitting | None = None
    change: Fitting | None = None
    remove: Fitting | None = None
    acts: dict[str, Fitting] = field(default_factory=dict)


def fittings(plugin: str, model: Model, operations: Iterable[Operation]) -> Fittings:
    """The operations that fit a table; where several change a row, the one that can also clear a field."""
    found = Fittings()
    meta: Any = model._meta
    noun = f"_{meta.table_name.removeprefix(f'{plugin}_')}"
    for operation in sorted(operations, key=lambda each: each.verb != "PUT"):
        verb = operation.name.removesuffix(noun)
        if verb == operation.name or operation.verb == "GET" or _unfit(operation):
            continue
        if "{" not in operation.path:
            if operation.verb == "POST" and verb in ADDING:
                found.add = found.add or _filling(model, operation, None)
        elif key := _key(model, operation):
            _about_a_row(model, operation, verb, key, found)
    return found


def required(fitting: Fitting | None) -> set[str]:
    """The columns without which an operation is not asked."""
    known = fitting.operation.request.model_fields if fitting else {}
    return {name for name in (fitting.columns if fitting else ()) if known[name].is_required()}


def _about_a_row(
    model: Model, operation: Operation, verb: str, key: peewee.Field, found: Fittings
) -> None:
    if operation.verb in ("PUT", "PATCH") and verb in CHANGING:
        found.change = found.change or _filling(model, operation, key)
    elif not _further(operation, key.name):
        fitting = Fitting(operation, key)
        if operation.verb == "DELETE" and verb in REMOVING:
            found.remove = fitting
        found.acts[operation.name] = fitting


def _unfit(operation: Operation) -> bool:
    """Whether an operation is not for an administrator's form: anybody's, or one whose reply must be seen."""
    return operation.public or holds_secret(operation.reply)


def _filling(model: Model, operation: Operation, key: peewee.Field | None) -> Fitting | None:
    """The fitting of an operation that writes columns, unless it asks for something that is none."""
    known = {column.name: column for column in fields(model)}
    asked = [
        name
        for name in operation.request.model_fields
        if name != REVISION and not (key and name == key.name)
    ]
    files = file_fields(operation.request)
    fitting = [name for name in asked if name in known and _same_shape(operation, known[name])]
    others = set(asked) - set(fitting) - (set() if key else set(files))
    required = {name for name in asked if operation.request.model_fields[name].is_required()}
    if not fitting or others & required or (others and key and operation.verb == "PUT"):
        return None
    return Fitting(operation, key, tuple(fitting))


def _same_shape(operation: Operation, column: peewee.Field) -> bool:
    return is_list(operation.request, column.name) == holds_lists(column)


def _further(operation: Operation, key: str) -> list[str]:
    """The fields, beyond the row's key, that a call cannot do without."""
    asked = operation.request.model_fields.items()
    return [name for name, info in asked if name != key and info.is_required()]


def _key(model: Model, operation: Operation) -> peewee.Field | None:
    """The unique column that the path names, where it names one only."""
    if operation.path.count("{") != 1:
        return None
    name = operation.path.partition("{")[2].partition("}")[0]
    column = {each.name: each for each in fields(model)}.get(name)
    return column if column is not None and (column.unique or column.primary_key) else None
