"""What a plugin's table looks like to who administers it: read from its model, never written twice."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import peewee

from azora.admin.contracts import Column, Kind
from azora.data.audit import secret_columns
from azora.tables import IdField

Model = type[peewee.Model]
_LISTED = 6
"""Columns for which a list has room."""
_TITLES = ("title", "name", "label", "email")
_KINDS: tuple[tuple[type[peewee.Field], Kind], ...] = (
    (peewee.BooleanField, "yes_no"),
    (peewee.DateTimeField, "time"),
    (peewee.DateField, "date"),
    (peewee.IntegerField, "number"),
    (peewee.FloatField, "number"),
    (peewee.DecimalField, "number"),
    (peewee.BlobField, "bytes"),
    (peewee.TextField, "long"),
)


@dataclass(frozen=True)
class Sight:
    """What one actor is shown: personal columns only with the permission, secrets never."""

    personal: bool

    def masks(self, model: Model, field: peewee.Field) -> bool:
        """Whether the values of a column are stars. Ids of people are shown: everything names them so."""
        if field.column_name in secret_columns(model):
            return True
        meta: Any = model._meta
        is_id = field.primary_key or isinstance(field, peewee.ForeignKeyField | IdField)
        return field.name in getattr(meta, "personal", ()) and not is_id and not self.personal


def columns(model: Model, sight: Sight) -> list[Column]:
    """Every column of a table in its order."""
    short = [
        field.name
        for field in fields(model)
        if _is_telling(field) and field is not title_field(model) and not sight.masks(model, field)
    ]
    listed = short[:_LISTED]
    return [_column(model, field, sight, field.name in listed) for field in fields(model)]


def fields(model: Model) -> list[peewee.Field]:
    meta: Any = model._meta
    return list(meta.sorted_fields)


def keys(model: Model) -> tuple[peewee.Field, ...]:
    """The columns of the primary key."""
    meta: Any = model._meta
    return tuple(meta.get_primary_keys())


def kind_of(field: peewee.Field) -> Kind:
    """How values of a column are written and read."""
    if holds_lists(field):
        return "list"
    if isinstance(field, peewee.ForeignKeyField):
        return kind_of(field.rel_field)
    return next((kind for base, kind in _KINDS if isinstance(field, base)), "text")


@lru_cache(maxsize=1024)
def holds_lists(field: peewee.Field) -> bool:
    """Whether a column holds lists: an empty one is stored as something else and comes back."""
    try:
        stored = field.db_value([])
        return not isinstance(stored, list) and field.python_value(stored) == []
    except Exception:  # noqa: BLE001 – a column type may dislike a list in any way
        return False


@lru_cache(maxsize=256)
def indexed(model: Model) -> frozenset[str]:
    """The names of the columns that an index begins with: by these a large table is sorted."""
    meta: Any = model._meta
    leading = {field.name for field in fields(model) if field.index or field.unique}
    leading |= {index[0][0] for index in meta.indexes if isinstance(index, tuple)}
    return frozenset(leading | {keys(model)[0].name})


def _is_telling(field: peewee.Field) -> bool:
    """Whether a column is worth a place in a list: short, and no id or digest."""
    is_id = field.primary_key or isinstance(field, IdField) or field.name.endswith("digest")
    return not is_id and kind_of(field) not in ("long", "list", "bytes")


def text_fields(model: Model, sight: Sight) -> list[peewee.Field]:
    """The columns in which a search looks."""
    return [
        field
        for field in fields(model)
        if isinstance(field, peewee.CharField | peewee.TextField) and not sight.masks(model, field)
    ]


def title_field(model: Model) -> peewee.Field | None:
    """The column by which people tell rows apart."""
    known = {field.name: field for field in fields(model)}
    return next((known[name] for name in _TITLES if name in known), None)


def refers_to(field: peewee.Field) -> Model | None:
    """The table whose primary key a column holds."""
    if isinstance(field, peewee.ForeignKeyField) and field.rel_field.primary_key:
        target: Model = field.rel_model
        return target
    return None


def label_of(name: str, plugin: str = "") -> str:
    """A name as words: `library_resource` of the library is `Resource`."""
    words = name.removeprefix(f"{plugin}_").replace("_", " ")
    return words[:1].upper() + words[1:]


def _column(model: Model, field: peewee.Field, sight: Sight, listed: bool) -> Column:
    meta: Any = model._meta
    masked = sight.masks(model, field)
    target: Any = refers_to(field)
    kind = kind_of(field)
    usable = not masked and kind != "bytes"
    return Column(
        name=field.name,
        label=field.verbose_name or label_of(field.name),
        kind=kind,
        key=field in keys(model),
        required=not field.null and field.default is None,
        masked=masked,
        personal=field.name in getattr(meta, "personal", ()),
        listed=listed,
        sortable=usable and kind != "list" and field.name in indexed(model),
        filterable=usable,
        refers_to=target._meta.table_name if target else None,
        choices=[str(choice[0]) for choice in field.choices or ()],
        max_length=getattr(field, "max_length", None) if kind == "text" else None,
    )
