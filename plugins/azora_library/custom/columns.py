"""The fields that a campus declares as columns of a table: `custom.shelf_mark`."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from azora_library.custom.models import FieldRow
from azora_library.custom.reading import spoken

PREFIX = "custom."
_BETWEEN = re.compile("[;|]")


class OwnColumns(NamedTuple):
    """By column whether a cell may hold several values, and by heading which column is meant."""

    several: Mapping[str, bool]
    headings: Mapping[str, str]


NONE = OwnColumns({}, {})


def own_columns(*, hidden: bool = True, retired: bool = False) -> OwnColumns:
    """The columns of this campus: without retired fields, or without those that readers are not shown."""
    rows = FieldRow.select().where(~FieldRow.removing).order_by(FieldRow.place, FieldRow.number)
    shown = [row for row in rows if (hidden or row.public) and (retired or not row.retired)]
    headings = {
        plain(words): PREFIX + row.name
        for row in shown
        for words in (row.name, PREFIX + row.name, *row.labels.values())
    }
    return OwnColumns({PREFIX + row.name: row.many for row in shown}, headings)


def plain(heading: str) -> str:
    """A heading as headings are compared."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def said_in(cells: Mapping[str, str], own: OwnColumns) -> dict[str, Any]:
    """What a row says of these fields; an empty cell says nothing."""
    return {
        column.removeprefix(PREFIX): _parts(cells[column]) if several else cells[column]
        for column, several in own.several.items()
        if cells.get(column, "").strip()
    }


def _parts(cell: str) -> list[str]:
    """Several values stand each on a line; in a single line, between semicolons."""
    return cell.split("\n") if "\n" in cell else _BETWEEN.split(cell)


def cell_of(value: Any) -> str:
    """The values of a field as a cell from which the same are read."""
    whole = spoken(value)
    alone = isinstance(value, list) and len(value) == 1 and _BETWEEN.search(whole)
    return f"{whole}\n" if alone else whole


def cells_of(custom: Mapping[str, Any], own: OwnColumns) -> dict[str, str]:
    """The cells of a record in these columns."""
    named = {column: custom.get(column.removeprefix(PREFIX)) for column in own.several}
    return {column: cell_of(value) for column, value in named.items()}
