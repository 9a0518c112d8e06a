"""Carries imports on beside the calls: a batch at a time, from where it was left, whoever left it."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from azora.data.leases import Lease
from azora.errors import AzoraError, RequestError
from azora_library.exchange.contracts import CatalogueRecord, ImportOutcome, ImportRecords
from azora_library.exchange.importing import Batch, Sendable, batches
from azora_library.exchange.intake import AT_ONCE, Change, Intake
from azora_library.imports import rows
from azora_library.imports.models import DONE, FAILED, RUNNING, UNDOING, ImportRow
from azora_library.imports.reading import opened, reader_of
from azora_library.imports.undoing import undo_some

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

IDLE = 0.5
"""Seconds between two looks for an import that was started."""
LEASE = 60.0


class Overtaken(Exception):
    """Somebody else settled this batch meanwhile: what was just written of it is undone."""


class Carrier:
    """One for each process; of several, one at a time carries imports on."""

    def __init__(self, hosted: "HostedPlugin") -> None:
        self._hosted = hosted
        self._lease = Lease(hosted.database, "imports", LEASE)
        self._carried: tuple[str, Iterator[None]] | None = None

    def round(self) -> None:
        """One batch of the import that was started first; where there is none, a short pause."""
        row = _first()
        if row is None or not self._lease.take():
            self._carried = None
            time.sleep(IDLE)
        elif row.state == UNDOING:
            undo_some(self._hosted, row)
        else:
            self._carry(row)

    def _carry(self, row: ImportRow) -> None:
        if self._carried is None or self._carried[0] != row.id:
            self._carried = row.id, carried(self._hosted, row.id)
        try:
            if next(self._carried[1], self) is self:
                self._carried = None
        except Overtaken:
            self._carried = None
        except RequestError as error:
            self._fail(row.id, error)
        except BaseException:
            self._carried = None
            raise

    def _fail(self, id: str, error: AzoraError) -> None:
        """What will not get better by trying again ends the import; what came in stays."""
        self._carried = None
        with self._hosted.transaction():
            row = rows.find(id)
            if row.state == RUNNING:
                rows.save(row, state=FAILED, problem=error.detail)


def carried(hosted: "HostedPlugin", id: str) -> Iterator[None]:
    """Take the records of an import in, yielding after each batch; those settled before are only read."""
    row = rows.find(id)
    with opened(hosted, row) as stream:
        for batch in batches(stream, reader_of(row), row.encoding, AT_ONCE):
            if batch.read > row.read and not _settle(hosted, id, batch):
                return
            yield
    with hosted.transaction():
        row = rows.find(id)
        if row.state == RUNNING:
            rows.save(row, state="ready" if row.dry_run else DONE)


def _settle(hosted: "HostedPlugin", id: str, batch: Batch) -> bool:
    """Take a batch in, with the note of how far the import is; False where it runs no more."""
    row = rows.find(id)
    if row.state != RUNNING:
        return False
    fresh = [one for one in batch.records if one.number > row.read]
    refused = [one for one in batch.refused if one.number > row.read]
    reached = {"read": batch.read, "position": batch.position}

    def note(outcomes: list[ImportOutcome], changes: list[Change]) -> None:
        numbered = [(one.number, outcome) for one, outcome in zip(fresh, outcomes, strict=True)]
        now = rows.take(hosted.database, id, RUNNING)
        if now.read != row.read:
            raise Overtaken
        rows.note_batch(hosted.database, now, numbered, refused, changes, **reached)

    if fresh and not row.dry_run:
        list(Intake(hosted, _asked(row, fresh), row.created_by, note).outcomes())
        return True
    outcomes = list(Intake(hosted, _asked(row, fresh)).outcomes()) if fresh else []
    with hosted.transaction():
        note(outcomes, [])
    return True


def _asked(row: ImportRow, records: list[Sendable]) -> ImportRecords:
    return ImportRecords(
        source=row.source,
        records=[CatalogueRecord(**one.values) for one in records],
        dry_run=row.dry_run,
    )


def _first() -> ImportRow | None:
    found = ImportRow.select().where(ImportRow.state.in_([RUNNING, UNDOING]))
    return found.order_by(ImportRow.changed).first()  # type: ignore[no-any-return]
