"""The operations on bulk edits: prepare, look at, apply, undo; and the handler that does the work."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from azora import Conflict, Invalid, NotFound, Service, on_event, operation
from azora.data.keyset import paginate
from azora_library.bulk import contracts, shown
from azora_library.bulk.changing import touched
from azora_library.bulk.gathering import chosen, gather
from azora_library.bulk.models import (
    APPLIED,
    APPLYING,
    GATHERING,
    PREPARED,
    UNDOING,
    BulkEditRow,
    BulkItemRow,
)
from azora_library.bulk.work import BulkWork
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.types import require_type
from azora_library.sharing import people

UNAPPLIED = timedelta(days=7)
"""How long an edit that was only prepared is kept."""


class BulkEdits(Service):
    """Saying what changes, seeing it before, and letting it happen."""

    @operation("POST /bulk-edits", permission=MANAGE, timeout=300, concurrency=4, audited="act")
    def prepare_bulk_edit(self, request: contracts.PrepareBulkEdit) -> contracts.BulkEdit:
        """Say what is to change in many records; nothing changes yet"""
        said = {name: getattr(request, name) for name in contracts.Changes.model_fields}
        changes = contracts.Changes(**said)
        if not touched(changes):
            raise _nothing("Say what is to change.")
        if changes.set_type:
            require_type(changes.set_type)
        numbers = chosen(self.hosted, request, self.settings.bulk_edit_at_most)
        if not numbers:
            raise _nothing("Choose the records that are to change.")
        with self.transaction():
            edit = BulkEditRow.create(
                by=self.actor.id,
                at=datetime.now(UTC),
                changes=changes.model_dump(mode="json", exclude_defaults=True),
                state=GATHERING,
            )
        gather(self.hosted, edit, numbers, changes)
        return self._shown(edit)

    @operation("GET /bulk-edits", permission=MANAGE)
    def list_bulk_edits(self, request: contracts.ListBulkEdits) -> contracts.BulkEdits:
        """List bulk edits, the newest first"""
        query = BulkEditRow.select().where(BulkEditRow.state != GATHERING)
        found, following = paginate(query, request, [BulkEditRow.at.desc()])
        names = people.called({row.by for row in found if row.by})
        items = shown.edits(found, names, self.settings.undo_bulk_edits)
        return contracts.BulkEdits(items=items, next=following)

    @operation("GET /bulk-edits/{edit}", permission=MANAGE)
    def read_bulk_edit(self, request: contracts.EditRef) -> contracts.BulkEdit:
        """Read a bulk edit, and how far it is"""
        return self._shown(_found(request.edit))

    @operation("GET /bulk-edits/{edit}/records", permission=MANAGE)
    def list_bulk_records(self, request: contracts.ListBulkRecords) -> contracts.BulkRecords:
        """List what a bulk edit does to each record, before and after"""
        edit = _found(request.edit)
        query = BulkItemRow.select().where(BulkItemRow.edit == edit.id)
        if request.state:
            query = query.where(BulkItemRow.state == request.state)
        found, following = paginate(query, request, [BulkItemRow.place])
        changes = contracts.Changes.model_validate(edit.changes)
        return contracts.BulkRecords(
            items=shown.records(found, changes),
            next=following,
            working=edit.state in (APPLYING, UNDOING),
        )

    @operation("POST /bulk-edits/{edit}/apply", permission=MANAGE, idempotent=True)
    def apply_bulk_edit(self, request: contracts.EditRef) -> contracts.BulkEdit:
        """Apply a bulk edit in the background; asked again, it does nothing more"""
        with self.transaction():
            edit = self._taken(request.edit, (PREPARED, APPLYING, APPLIED))
            if edit.state == PREPARED:
                BulkWork(self.hosted, edit).begin(APPLYING)
        return self._shown(edit)

    @operation("POST /bulk-edits/{edit}/undo", permission=MANAGE, idempotent=True)
    def undo_bulk_edit(self, request: contracts.EditRef) -> contracts.BulkEdit:
        """Undo a bulk edit in the background, but for records that somebody changed afterwards"""
        with self.transaction():
            edit = self._taken(request.edit, (APPLIED, UNDOING))
            if edit.state == APPLIED:
                if shown.undo_until(edit, self.settings.undo_bulk_edits) is None:
                    raise Conflict(
                        "The time in which this could be undone is over.", code="library.undo_over"
                    )
                BulkWork(self.hosted, edit).begin(UNDOING)
        return self._shown(edit)

    @operation("DELETE /bulk-edits/{edit}", permission=MANAGE)
    def discard_bulk_edit(self, request: contracts.EditRef) -> None:
        """Discard a bulk edit that was not applied"""
        with self.transaction():
            self._taken(request.edit, (PREPARED, GATHERING)).delete_instance()

    @operation("POST /bulk-edits/expire", permission=MANAGE, http=False)
    def expire_bulk_edits(self, request: contracts.ExpireBulkEdits) -> contracts.BulkEditsExpired:
        """Remove bulk edits that were prepared long ago and never applied"""
        waiting = BulkEditRow.state.in_((PREPARED, GATHERING))
        old = BulkEditRow.at < datetime.now(UTC) - UNAPPLIED
        with self.transaction():
            removed = BulkEditRow.delete().where(waiting & old).execute()
        return contracts.BulkEditsExpired(removed=removed)

    def _taken(self, id: str, states: Collection[str]) -> BulkEditRow:
        """The edit for changing its state. Raises Conflict where it is in none of these."""
        edit = _for_update(self, id)
        if edit is None:
            raise _unknown(id)
        if edit.state not in states:
            raise Conflict(
                f"This bulk edit is {edit.state}: that cannot be done now.", code="library.not_now"
            )
        return edit

    def _shown(self, edit: BulkEditRow) -> contracts.BulkEdit:
        names = people.called({edit.by} if edit.by else set())
        [found] = shown.edits([edit], names, self.settings.undo_bulk_edits)
        return found


class BulkLabour(Service):
    """Does the work of bulk edits, step by step."""

    @on_event("library.bulk_edit_advanced")
    def go_on_with_bulk_edit(self, event: contracts.BulkEditAdvanced) -> None:
        with self.transaction():
            edit = _for_update(self, event.id)
            if edit is not None:
                BulkWork(self.hosted, edit).go_on(event.upto)


def _for_update(service: Service, id: str) -> BulkEditRow | None:
    query = BulkEditRow.select().where(BulkEditRow.id == id)
    if service.hosted.database.dialect == "postgresql":
        query = query.for_update()
    row: BulkEditRow | None = query.first()
    return row


def _found(id: str) -> BulkEditRow:
    row = BulkEditRow.get_or_none(BulkEditRow.id == id)
    if row is None:
        raise _unknown(id)
    return row


def _unknown(id: str) -> NotFound:
    return NotFound(f"There is no bulk edit {id}.", code="library.bulk_edit_not_found")


def _nothing(words: str) -> Invalid:
    return Invalid(words, code="library.nothing_to_change")
