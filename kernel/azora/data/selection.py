"""`fields=`: read only the columns that a caller asks for and may see."""

from collections.abc import Callable, Mapping, Sequence

import peewee

from azora.errors import FieldError, Invalid, NotAllowed


def select_fields(
    table: type[peewee.Model],
    wanted: Sequence[str] | None,
    *,
    guarded: Mapping[str, str] | None = None,
    may: Callable[[str], bool] = lambda permission: False,
) -> list[peewee.Field]:
    """The columns to select: the wanted ones, or without a wish all that the actor may see.

    `guarded` maps a column to the permission that it needs, and `may` answers for the actor. The
    primary key always comes along. Raises Invalid for an unknown column, NotAllowed for a forbidden one.
    """
    guarded = guarded or {}
    columns: dict[str, peewee.Field] = table._meta.fields
    if wanted is None:
        return [
            field for name, field in columns.items() if name not in guarded or may(guarded[name])
        ]
    if unknown := [name for name in wanted if name not in columns]:
        errors = [
            FieldError(field="fields", code="unknown_field", detail=f"there is no {name!r}")
            for name in unknown
        ]
        raise Invalid("The selection names fields that do not exist.", fields=errors)
    for name in wanted:
        if name in guarded and not may(guarded[name]):
            raise NotAllowed(f"reading {name} needs the permission {guarded[name]}")
    keys = [field for field in table._meta.get_primary_keys() if field.name not in wanted]
    return [*keys, *(columns[name] for name in dict.fromkeys(wanted))]
