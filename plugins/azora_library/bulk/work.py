"""The work of a bulk edit: a few records in each transaction, which also says how far it is.

Each step is an event of the one before. So the work goes on wherever it stopped, every record is dealt
with once, and nobody waits for more than a few of them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora.errors import Invalid, NotFound
from azora_library.bulk.changing import changed, touched
from azora_library.bulk.contracts import (
    BulkEditAdvanced,
    BulkEditApplied,
    BulkEditUndone,
    Changes,
)
from azora_library.bulk.gathering import values_of, why
from azora_library.bulk.models import (
    APPLIED,
    APPLYING,
    CHANGED,
    CLASHED,
    GONE,
    PLANNED,
    REFUSED,
    SAME,
    TAKEN_BACK,
    UNDOING,
    UNDONE,
    BulkEditRow,
    BulkItemRow,
)
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.history.versions import said_again, version

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 10
"""Records in one transaction."""


class BulkWork:
    """One bulk edit at work, inside a transaction."""

    def __init__(self, hosted: "HostedPlugin", edit: BulkEditRow) -> None:
        self._hosted, self._edit = hosted, edit
        self._changes = Changes.model_validate(edit.changes)
        self._catalogue = Catalogue(hosted, edit.by)

    def begin(self, state: str) -> None:
        """Let the work start from the first record."""
        self._edit.state, self._edit.upto = state, 0
        self._edit.save()
        self._hosted.emit(BulkEditAdvanced(id=self._edit.id, upto=0))

    def go_on(self, upto: int) -> None:
        """Deal with the next few records; a step that was made already changes nothing."""
        kinds: dict[str, tuple[str, Callable[[BulkItemRow], None]]] = {
            APPLYING: (PLANNED, self._apply),
            UNDOING: (CHANGED, self._undo),
        }
        if self._edit.state not in kinds or self._edit.upto != upto:
            return
        wanted, act = kinds[self._edit.state]
        items = self._next(wanted)
        for item in items:
            act(item)
            item.save()
        if len(items) < AT_ONCE:
            self._finish()
        else:
            self._edit.upto = items[-1].place
            self._edit.save()
            self._hosted.emit(BulkEditAdvanced(id=self._edit.id, upto=self._edit.upto))

    def _next(self, state: str) -> Sequence[BulkItemRow]:
        mine = (BulkItemRow.edit == self._edit.id) & (BulkItemRow.state == state)
        left = BulkItemRow.select().where(mine & (BulkItemRow.place > self._edit.upto))
        return list(left.order_by(BulkItemRow.place).limit(AT_ONCE))

    def _apply(self, item: BulkItemRow) -> None:
        row = self._taken(item)
        if row is None:
            return
        before = row.revision
        try:
            made = self._catalogue.change(row, changed(values_of(row), self._changes))
        except Invalid as error:
            item.state, item.reason = REFUSED, why(error)
            return
        item.state = CHANGED if made else SAME
        if made:
            item.before, item.after = before, row.revision

    def _undo(self, item: BulkItemRow) -> None:
        row = self._taken(item)
        if row is None:
            return
        if row.revision != item.after or item.before is None:
            item.state = CLASHED
            return
        said = version(row, item.before).said
        self._catalogue.change(row, said_again(said, touched(self._changes)), "again")
        item.state, item.back = TAKEN_BACK, row.revision

    def _taken(self, item: BulkItemRow) -> ResourceRow | None:
        """The record for changing it; one that is not there any more is noted as gone."""
        try:
            return self._catalogue.take(item.resource, None)
        except NotFound:
            item.state = GONE
            return None

    def _finish(self) -> None:
        edit, now = self._edit, datetime.now(UTC)
        if edit.state == APPLYING:
            edit.state, edit.applied = APPLIED, now
            self._hosted.emit(BulkEditApplied(id=edit.id, changed=self._count(CHANGED)))
        else:
            edit.state, edit.undone = UNDONE, now
            told = {"taken_back": self._count(TAKEN_BACK), "clashed": self._count(CLASHED)}
            self._hosted.emit(BulkEditUndone(id=edit.id, **told))
        edit.save()

    def _count(self, state: str) -> int:
        mine = (BulkItemRow.edit == self._edit.id) & (BulkItemRow.state == state)
        return BulkItemRow.select().where(mine).count()
