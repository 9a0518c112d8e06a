"""peewee queries that may look at many rows: run beside the hub, and read as rows of their table."""

from typing import Any

from azora.data.database import PluginDatabase


def heavy_rows(database: PluginDatabase, query: Any, *, raw: bool = False) -> list[Any]:
    """The rows of a query, without keeping other greenlets waiting; tuples where they are `raw`."""
    sql, params = query.sql()
    if database.dialect == "sqlite":
        found = database.heavy_read(sql, *params)
    else:
        found = database.run(sql, params).fetchall()
    if raw:
        return found
    columns = list(query._returning)
    return [_row(query.model, columns, values) for values in found]


def _row(model: Any, columns: list[Any], values: tuple[Any, ...]) -> Any:
    """A row of the table as peewee would have read it."""
    row = model(__no_default__=1)
    for column, value in zip(columns, values, strict=True):
        row.__data__[column.name] = column.python_value(value)
    row._dirty.clear()
    return row
