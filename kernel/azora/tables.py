"""The base of plugins' peewee tables, and the column types that mean the same on both databases."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import peewee

from azora.errors import PluginError
from azora.ids import uuid7
from azora.messages import snake_case


@dataclass(frozen=True)
class Refers:
    """What a column names: the operation of another plugin that answers which of many ids exist.

    The operation takes CheckIds and replies KnownIds. Of an id that names nothing any more, `keep`
    only reports it; `clear` empties the column, a day after it was first found.
    """

    operation: str
    orphan: Literal["keep", "clear"] = "keep"


def _check_references(name: str, refers: dict[str, Refers], fields: dict[str, Any]) -> None:
    for column, one in refers.items():
        if column not in fields:
            raise PluginError(f"{name}.Meta.refers names {column!r}, which is not a column")
        if one.orphan == "clear" and not fields[column].null:
            raise PluginError(f"{name}.{column} cannot be cleared: it may not be empty")


class _TableType(peewee.ModelBase):
    """Checks, when a table is declared, that it says what it holds about people and for how long."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **options: Any
    ) -> Any:
        declared = vars(attrs["Meta"]) if "Meta" in attrs else {}
        if any(isinstance(base, _TableType) for base in bases):
            for required in ("personal", "retention"):
                if required not in declared:
                    raise PluginError(
                        f"{name}.Meta does not say {required!r}: write personal = () or its columns"
                    )
            attrs["Meta"] = type("Meta", (), {"table_name": snake_case(name), **_own(declared)})
        table = super().__new__(cls, name, bases, attrs, **options)
        for option in ("personal", "secret", "editable"):
            if missing := set(declared.get(option, ())) - set(table._meta.fields):
                raise PluginError(
                    f"{name}.Meta.{option} names {sorted(missing)[0]!r}, which is not a column"
                )
        _check_references(name, declared.get("refers", {}), table._meta.fields)
        return table


class Table(peewee.Model, metaclass=_TableType):
    """One table of one plugin.

    `class Meta` says `personal` (the columns that hold personal data, or `()`) and `retention` (in
    plain words). It may say `secret` (columns that nobody is ever shown), `editable` (columns that an
    administrator may write directly, since no event tells of them), and `audited = True`: every change
    then leaves a row in `azora_audit`, also one that no administrator made. `derived = True` says that
    all rows are made from those of other tables, as an index's are: the trail leaves them out, since it
    would hold the same twice and make each of them three times as dear. `refers` maps each
    column that names something of another plugin to what answers whether it still exists:
    `refers = {"created_by": Refers("identity.known_accounts")}`.
    """

    class Meta:
        personal: tuple[str, ...] = ()
        secret: tuple[str, ...] = ()
        editable: tuple[str, ...] = ()
        retention = ""
        audited = False
        derived = False
        refers: dict[str, Refers] = {}


class IdField(peewee.CharField):
    """A UUIDv7 as text of 36 characters, made when the row is."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 36)
        options.setdefault("default", uuid7)
        super().__init__(**options)


class TimeField(peewee.DateTimeField):
    """A moment: aware in Python, stored in UTC with microseconds. Naive values are refused."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formats", ["%Y-%m-%d %H:%M:%S.%f"])
        super().__init__(**options)

    def db_value(self, value: Any) -> Any:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"{self.name}: {value} has no time zone; use datetime.now(UTC)")
            value = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return value

    def python_value(self, value: Any) -> Any:
        found = super().python_value(value)
        return (
            found.replace(tzinfo=UTC)
            if isinstance(found, datetime) and found.tzinfo is None
            else found
        )


def _own(declared: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in declared.items() if not key.startswith("_")}
