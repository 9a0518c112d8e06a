"""Which records a bulk edit is about, and what it would do to each: read a few at a time, so that nobody waits."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from azora.data.bulk import insert_rows
from azora.errors import Invalid, LimitReached
from azora_library.bulk.changing import changed
from azora_library.bulk.contracts import Changes, PrepareBulkEdit
from azora_library.bulk.models import PLANNED, PREPARED, REFUSED, BulkEditRow, BulkItemRow
from azora_library.catalogue.access import EVERYTHING
from azora_library.catalogue.contracts import UpdateResource
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import ACCESS, listed
from azora_library.custom.declared import CustomFields
from azora_library.discovery.contracts import Filters
from azora_library.discovery.selection import subject_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 100
NAMES = tuple(name for name in (*UpdateResource.model_fields, *ACCESS) if name in ResourceRow._meta.fields)  # fmt: skip


def chosen(hosted: "HostedPlugin", request: PrepareBulkEdit, most: int) -> list[int]:
    """The numbers of the records, in their order. Raises LimitReached beyond `most`."""
    if not request.whole:
        found = ResourceRow.select(ResourceRow.number).where(ResourceRow.id.in_(request.ids))
        return sorted(row.number for row in found)
    filters = Filters(**{name: getattr(request, name) for name in Filters.model_fields})
    selection = subject_of(hosted.database, filters, EVERYTHING).select()
    rows = hosted.database.heavy_read(
        f"WITH found AS (SELECT {selection.number} AS number {selection.source}) "  # noqa: S608 – constants and placeholders
        "SELECT number FROM found ORDER BY number LIMIT ?",
        *selection.params,
        most + 1,
    )
    if len(rows) > most:
        raise LimitReached(
            f"This search finds more than {most:,} records: narrow it, and edit part after part.",
            code="library.too_many_records",
        )
    return [row[0] for row in rows]


def gather(
    hosted: "HostedPlugin", edit: BulkEditRow, numbers: Sequence[int], changes: Changes
) -> None:
    """Write what the edit would do to each record; those that say so already are only counted."""
    place = alike = 0
    for start in range(0, len(numbers), AT_ONCE):
        rows = listed(list(numbers[start : start + AT_ONCE]))
        items = list(_items(edit, rows, changes, place))
        place, alike = place + len(items), alike + len(rows) - len(items)
        with hosted.transaction():
            insert_rows(hosted.database, items)
        time.sleep(0)  # other callers' turn
    with hosted.transaction():
        edit.state, edit.alike = PREPARED, alike
        edit.save(only=[BulkEditRow.state, BulkEditRow.alike])


def values_of(row: ResourceRow) -> dict[str, Any]:
    """What a record says, of all that a bulk edit may change."""
    return {name: getattr(row, name) for name in NAMES}


def outcome(row: ResourceRow, changes: Changes, fields: CustomFields) -> dict[str, Any]:
    """The values that a record would have instead of what it says. Raises Invalid."""
    values = fields.settle(changed(values_of(row), changes), row, "some")
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def why(refused: Invalid) -> str:
    """Why a record cannot be changed so, in one line."""
    said = [f"{one['field']}: {one['detail']}" for one in refused.fields]
    return "; ".join(said)[:500] or refused.detail


def _items(
    edit: BulkEditRow, rows: Sequence[ResourceRow], changes: Changes, place: int
) -> Iterator[BulkItemRow]:
    fields = CustomFields()
    for row in rows:
        state, reason = PLANNED, ""
        try:
            if not outcome(row, changes, fields):
                continue
        except Invalid as error:
            state, reason = REFUSED, why(error)
        place += 1
        yield BulkItemRow(
            edit=edit.id, place=place, resource=row.id, title=row.title, state=state, reason=reason
        )
