"""Imports as rows: found, changed step by step, and what became of each record."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azora.data.bulk import insert_rows
from azora.errors import Conflict, NotFound
from azora.messages import FileRef
from azora_library.exchange.contracts import ImportOutcome
from azora_library.exchange.intake import Alongside, Change
from azora_library.exchange.records import Refused
from azora_library.imports import contracts
from azora_library.imports.models import SENDING, ImportRow, MappingRow, RefusalRow, TakenRow

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

FILE = ("digest", "size", "name", "media_type")
COUNTED = ("added", "updated", "unchanged", "refused")
SHOWN = tuple(name for name in contracts.Import.model_fields)


def find(id: str) -> ImportRow:
    """Raises NotFound."""
    row = ImportRow.get_or_none(ImportRow.id == id)
    if row is None:
        raise NotFound("There is no such import.", code="library.import_not_found")
    return row


def take(database: "PluginDatabase", id: str, *states: str) -> ImportRow:
    """The import for changing it, in one of these states. Raises NotFound or Conflict."""
    query = ImportRow.select().where(ImportRow.id == id)
    row = (query.for_update() if database.dialect == "postgresql" else query).first() or find(id)
    if row.state not in states:
        raise Conflict(
            f"This import is {row.state}: that cannot be done now. Nothing was changed.",
            code="library.import_state",
        )
    return row


def save(row: ImportRow, **values: Any) -> None:
    """Change the import; whoever looks sees when it last moved."""
    for name, value in values.items():
        setattr(row, name, value)
    row.changed = datetime.now(UTC)
    row.save(only=[*(ImportRow._meta.fields[name] for name in values), ImportRow.changed])


def said(row: ImportRow) -> contracts.Import:
    return contracts.Import(**{name: getattr(row, name) for name in SHOWN})


def file_of(row: ImportRow) -> FileRef:
    return FileRef(**{name: getattr(row, f"file_{name}") for name in FILE})


def noting(database: "PluginDatabase", run: str) -> Alongside:
    """What writes down, with the records, what an undo of the import will have to know."""

    def note(outcomes: list[ImportOutcome], changes: list[Change]) -> None:
        row = take(database, run, SENDING)
        counts: Counter[str] = Counter(one.outcome for one in outcomes)
        _note_changes(database, run, changes)
        save(
            row,
            read=row.read + len(outcomes),
            **{name: getattr(row, name) + counts[name] for name in COUNTED},
        )

    return note


def note_batch(
    database: "PluginDatabase",
    row: ImportRow,
    outcomes: Sequence[tuple[int, ImportOutcome]],
    refused: Iterable[Refused],
    changes: Sequence[Change],
    **reached: int,
) -> None:
    """Settle a batch: its counts, its refusals by record, and what an undo will have to know."""
    stayed = {one.number: one for one in refused}
    counts = {name: getattr(row, name) for name in COUNTED}
    for number, outcome in outcomes:
        counts[outcome.outcome] += 1
        if outcome.outcome == "refused":
            stayed[number] = Refused(number, outcome.key, outcome.reason or "")
    counts["refused"] = row.refused + len(stayed)
    insert_rows(
        database,
        [
            RefusalRow(run=row.id, record=one.number, key=one.key, reason=one.reason)
            for one in stayed.values()
        ],
    )
    _note_changes(database, row.id, changes)
    save(row, **counts, **reached)


def begin_anew(row: ImportRow, **values: Any) -> None:
    """Forget what an earlier run, a dry one, counted."""
    RefusalRow.delete().where(RefusalRow.run == row.id).execute()
    TakenRow.delete().where(TakenRow.run == row.id).execute()
    save(row, read=0, position=0, problem=None, **dict.fromkeys(COUNTED, 0), **values)


def remembered(columns: Sequence[str]) -> dict[str, str] | None:
    row = MappingRow.get_or_none(MappingRow.headings == _headings(columns))
    return row.mapping if row else None


def remember(columns: Sequence[str], mapping: dict[str, str]) -> None:
    now = datetime.now(UTC)
    MappingRow.insert(headings=_headings(columns), mapping=mapping, changed=now).on_conflict(
        conflict_target=[MappingRow.headings],
        update={MappingRow.mapping: mapping, MappingRow.changed: now},
    ).execute()


def _headings(columns: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(columns).encode()).hexdigest()


_NOTE = (
    "INSERT INTO library_import_record (run, resource, outcome, revision, first_revision, digest_before) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, resource) DO UPDATE SET revision = excluded.revision"
)


def _note_changes(database: "PluginDatabase", run: str, changes: Sequence[Change]) -> None:
    """A resource that one import touches twice is undone to what it was before the first."""
    rows = [
        (run, one.resource, one.outcome, one.revision, one.revision, one.digest_before)
        for one in changes
    ]
    if rows:
        database.execute_many(_NOTE, rows)
