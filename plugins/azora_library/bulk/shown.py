"""Bulk edits as they are shown: how far they are, and what becomes of each record."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee

from azora.errors import Invalid, NotFound
from azora_library.bulk.changing import touched
from azora_library.bulk.contracts import BulkEdit, BulkRecord, Changes
from azora_library.bulk.gathering import outcome, values_of
from azora_library.bulk.models import (
    APPLIED,
    APPLYING,
    CHANGED,
    PLANNED,
    UNDOING,
    BulkEditRow,
    BulkItemRow,
)
from azora_library.catalogue.models import ResourceRow
from azora_library.custom.declared import CustomFields
from azora_library.history.contracts import FieldChange
from azora_library.history.versions import differences, said_at

STATES = ("planned", "changed", "same", "refused", "gone", "taken_back", "clashed")


def edits(rows: Sequence[BulkEditRow], names: dict[str, str], days: int) -> list[BulkEdit]:
    """The edits with how their records stand, counted at once for all."""
    counted = _counts([row.id for row in rows])
    return [_edit(row, counted[row.id], names, days) for row in rows]


def undo_until(row: BulkEditRow, days: int) -> datetime | None:
    """Until when an edit can be undone; None where it cannot be any more, or not yet."""
    if row.state != APPLIED or row.applied is None:
        return None
    until: datetime = row.applied + timedelta(days=days)
    return until if until > datetime.now(UTC) else None


def records(items: Sequence[BulkItemRow], changes: Changes) -> list[BulkRecord]:
    """What would change, or has changed, in each record."""
    wanted = [item.resource for item in items]
    rows = {row.id: row for row in ResourceRow.select().where(ResourceRow.id.in_(wanted))}
    return [
        BulkRecord(
            id=item.resource,
            title=item.title,
            state=item.state,
            reason=item.reason,
            changes=_changes(item, rows.get(item.resource), changes),
        )
        for item in items
    ]


def _edit(row: BulkEditRow, counts: Counter[str], names: dict[str, str], days: int) -> BulkEdit:
    total = counts.total()
    working = {APPLYING: counts[PLANNED], UNDOING: counts[CHANGED]}.get(row.state, 0)
    return BulkEdit(
        id=row.id,
        state=row.state,
        at=row.at,
        by=row.by,
        name=names.get(row.by or "", ""),
        changes=Changes.model_validate(row.changes),
        total=total,
        done=total - working,
        alike=row.alike,
        applied=row.applied,
        undone=row.undone,
        undo_until=undo_until(row, days),
        **{state: counts[state] for state in STATES},
    )


def _counts(ids: list[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {id: Counter() for id in ids}
    count = peewee.fn.COUNT(BulkItemRow.place)
    query = BulkItemRow.select(BulkItemRow.edit, BulkItemRow.state, count)
    grouped = query.where(BulkItemRow.edit.in_(ids)).group_by(BulkItemRow.edit, BulkItemRow.state)
    rows: Any = grouped.tuples()
    for edit, state, number in rows:
        found[edit][state] = number
    return found


def _changes(item: BulkItemRow, row: ResourceRow | None, changes: Changes) -> list[FieldChange]:
    if row is None:
        return []
    try:
        before, after = _sides(item, row, changes)
    except (Invalid, NotFound):
        return []
    names = touched(changes)
    return [
        FieldChange(field=name, before=was, after=will)
        for name, (was, will) in differences(before, after).items()
        if name.partition(".")[0] in names
    ]


def _sides(
    item: BulkItemRow, row: ResourceRow, changes: Changes
) -> tuple[dict[str, Any], dict[str, Any]]:
    if item.before is not None and item.after is not None:
        return said_at(row, item.before), said_at(row, item.after)
    before = values_of(row)
    return before, before | outcome(row, changes, CustomFields())
