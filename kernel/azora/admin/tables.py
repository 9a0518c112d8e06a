"""The tables of one running plugin, each with the operations that fit it, and how its rows are shown."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from azora.admin.changing import RowChanges, editable, version_of
from azora.admin.columns import (
    Model,
    Sight,
    columns,
    fields,
    label_of,
    refers_to,
    title_field,
)
from azora.admin.contracts import PREFIX, Abilities, Row, RowAct, TableShape, TableSummary
from azora.admin.fitting import Fitting, Fittings, fittings, required
from azora.admin.rows import RowSource, Wanted, key_of
from azora.errors import NotFound
from azora.observe.masking import STARS

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.hosted import HostedPlugin

_SHOWN = 2000
"""Characters of a text that a list shows."""


class AdministeredTable:
    """One table: its rows, its changes, its shape."""

    def __init__(self, hosted: "HostedPlugin", model: Model) -> None:
        self.hosted = hosted
        self.model = model

    @property
    def name(self) -> str:
        name: str = self.model._meta.table_name  # type: ignore[attr-defined]
        return name

    @cached_property
    def fittings(self) -> Fittings:
        offered = [entry[2] for entry in self.hosted.loaded.operations.values()]
        own = {right.name for right in self.hosted.plugin.permissions if right.own}
        fit = [
            each
            for each in offered
            if not each.name.startswith(PREFIX) and each.permission not in own
        ]
        return fittings(self.hosted.name, self.model, fit)

    @cached_property
    def changes(self) -> RowChanges:
        return RowChanges(self.hosted, self.model, self.fittings)

    def rows(self, sight: Sight) -> RowSource:
        return RowSource(self.hosted.database, self.model, sight)

    def summary(self) -> TableSummary:
        count, exact = self.rows(Sight(False)).count(Wanted())
        return TableSummary(
            name=self.name, label=self._label, summary=self._words, rows=count, exact=exact
        )

    def shape(self, actor: "Actor", sight: Sight) -> TableShape:
        """The table as this actor may use it."""
        return TableShape(
            name=self.name,
            label=self._label,
            summary=self._words,
            retention=self.model._meta.retention,  # type: ignore[attr-defined]
            columns=columns(self.model, sight),
            abilities=self._abilities(actor),
            referring=self._referring(),
        )

    def row(self, row: Any, sight: Sight, *, whole: bool = False) -> Row:
        """A row as it is shown; long texts are cut in lists."""
        title = title_field(self.model)
        masked = title is None or sight.masks(self.model, title)
        key = key_of(row)
        return Row(
            key=key,
            label=key if masked or title is None else str(row.__data__[title.name] or key)[:200],
            version=version_of(row, self.fittings),
            values={
                field.name: STARS
                if sight.masks(self.model, field)
                else shown(row.__data__.get(field.name), whole)
                for field in fields(self.model)
            },
        )

    @property
    def _label(self) -> str:
        return label_of(self.name, self.hosted.name)

    @property
    def _words(self) -> str:
        """The first sentence that the table says of itself."""
        words = " ".join((self.model.__dict__.get("__doc__") or "").split())
        return words.partition(". ")[0].removesuffix(".") + "." if words else ""

    def _abilities(self, actor: "Actor") -> Abilities:
        found = self.fittings
        direct = () if found.change else editable(self.model)
        change = _if_allowed(found.change, actor)
        add = _if_allowed(found.add, actor)
        return Abilities(
            add=add and add.operation.name,
            change=change and change.operation.name,
            remove=(left := _if_allowed(found.remove, actor)) and left.operation.name,
            directly=bool(direct),
            addable=list(add.columns) if add else [],
            editable=list(change.columns if change else direct),
            required=sorted(required(change) | required(add)),
            acts=[
                _act(fitting, self.name, self.hosted.name)
                for fitting in found.acts.values()
                if _if_allowed(fitting, actor)
            ],
        )

    def _referring(self) -> list[tuple[str, str]]:
        return [
            (other.name, field.name)
            for other in tables_of(self.hosted).values()
            for field in fields(other.model)
            if refers_to(field) is self.model
        ]


_tables: "WeakKeyDictionary[HostedPlugin, dict[str, AdministeredTable]]" = WeakKeyDictionary()


def tables_of(hosted: "HostedPlugin") -> Mapping[str, AdministeredTable]:
    """The plugin's tables by name, in the order in which it declares them."""
    if hosted not in _tables:
        tables = [AdministeredTable(hosted, model) for model in hosted.plugin.tables]
        _tables[hosted] = {table.name: table for table in tables}
    return _tables[hosted]


def table_of(hosted: "HostedPlugin", name: str) -> AdministeredTable:
    """One of the plugin's tables. Raises NotFound."""
    found = tables_of(hosted).get(name)
    if found is None:
        raise NotFound(f"{hosted.name} has no table {name}.", code="table_not_found")
    return found


def shown(value: Any, whole: bool = True) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"({len(value)} bytes)"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str) and not whole and len(value) > _SHOWN:
        return value[:_SHOWN] + "…"
    return value


def _act(fitting: Fitting, table: str, plugin: str) -> RowAct:
    name = fitting.operation.name
    label = label_of(name.removesuffix(f"_{table.removeprefix(f'{plugin}_')}"))
    return RowAct(name=name, label=label, summary=fitting.operation.summary.partition("\n")[0])


def _if_allowed(fitting: Fitting | None, actor: "Actor") -> Fitting | None:
    """What fits, where the actor holds the permission of the operation itself."""
    permission = fitting.operation.permission if fitting else None
    return fitting if fitting and permission and actor.may(permission) else None
