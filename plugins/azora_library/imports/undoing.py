"""Takes an import back: what it put in goes, what it changed says again what it said, unless somebody
changed it since."""

from typing import TYPE_CHECKING

from azora.errors import Conflict
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.history.versions import DESCRIPTION, said_again, version
from azora_library.imports import rows
from azora_library.imports.models import UNDONE, ImportRow, TakenRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 50
CHANGED = "changed"
"""Why a resource is kept: somebody changed it after the import did."""


def undo_some(hosted: "HostedPlugin", row: ImportRow) -> None:
    """Take some of it back; the last round finds nothing more and says that it is done."""
    with hosted.transaction():
        row = rows.find(row.id)
        waiting = TakenRow.select().where((TakenRow.run == row.id) & TakenRow.kept.is_null())
        some = list(waiting.order_by(TakenRow.resource).limit(AT_ONCE))
        if not some:
            rows.save(row, state=UNDONE)
            return
        catalogue = Catalogue(hosted, row.created_by)
        reasons = [_undo_one(catalogue, taken) for taken in some]
        for taken, reason in zip(some, reasons, strict=True):
            _note(taken, reason)
        kept = sum(reason is not None for reason in reasons)
        rows.save(row, kept=row.kept + kept, taken_back=row.taken_back + len(some) - kept)


def _undo_one(catalogue: Catalogue, taken: TakenRow) -> str | None:
    """Why the resource stays as it is; None where it was taken back, or is gone already."""
    found = ResourceRow.get_or_none(ResourceRow.id == taken.resource)
    if found is None:
        return None
    row = catalogue.take(taken.resource, None)
    if row.revision != taken.revision:
        return CHANGED
    if taken.outcome == "added":
        try:
            catalogue.remove(row)
        except Conflict as error:
            return error.detail
        return None
    before = version(row, taken.first_revision - 1).said
    row.source_digest = taken.digest_before
    if not catalogue.change(row, said_again(before, DESCRIPTION), "again"):
        row.save(only=[ResourceRow.source_digest])
    return None


def _note(taken: TakenRow, reason: str | None) -> None:
    one = (TakenRow.run == taken.run) & (TakenRow.resource == taken.resource)
    if reason is None:
        TakenRow.delete().where(one).execute()
    else:
        TakenRow.update(kept=reason).where(one).execute()
