"""Many rows of a table at once, by a statement that is written once.

peewee writes its INSERT anew for each row, which takes longer than running it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import peewee

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

Column = tuple[str, Callable[[Any], Any]]


def insert_rows(database: "PluginDatabase", rows: Sequence[peewee.Model]) -> None:
    """Insert new rows of one table, inside a transaction; keys that the database makes are not read back."""
    if not rows:
        return
    sql, columns = _statement(type(rows[0]))
    database.execute_many(sql, [_stored(row.__data__, columns) for row in rows])


def _stored(data: dict[str, Any], columns: list[Column]) -> tuple[Any, ...]:
    """The values as they are kept; none is kept as none, as peewee does."""
    return tuple(
        None if (value := data.get(name)) is None else store(value) for name, store in columns
    )


@cache
def _statement(table: type[peewee.Model]) -> tuple[str, list[Column]]:
    fields = [field for field in table._meta.sorted_fields if not field.auto_increment]
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join("?" * len(fields))
    sql = f'INSERT INTO "{table._meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608 – names of a model
    return sql, [(field.name, field.db_value) for field in fields]
