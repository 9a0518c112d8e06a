"""Drafts as rows: kept, found by their owner alone, and closed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from azora.drafts import Draft, DraftEntry, KeepDraft
from azora.errors import LimitReached, NotFound
from azora.messages import FileRef
from azora_library.drafts.models import DraftRow

MOST = 200
"""Drafts that one person may keep at once."""
EMPTY: dict[Any, Any] = {
    DraftRow.title: "",
    DraftRow.typed: {},
    DraftRow.resource: None,
    DraftRow.file_digest: None,
    DraftRow.file_size: None,
    DraftRow.file_name: None,
    DraftRow.file_media_type: None,
}
FILE = ("digest", "size", "name", "media_type")


def keep(owner: str, request: KeepDraft) -> None:
    """Keep what is typed; a draft that was closed stays so, and nobody writes another's."""
    row = DraftRow.get_or_none(DraftRow.id == request.draft)
    if row is None and DraftRow.select().where(open_of(owner)).count() >= MOST:
        raise LimitReached(
            f"You keep {MOST} drafts: save or discard some.", code="library.too_many_drafts"
        )
    values = _values(request)
    DraftRow.insert(values | {DraftRow.id: request.draft, DraftRow.owner: owner}).on_conflict(
        conflict_target=[DraftRow.id], update=values, where=open_of(owner)
    ).execute()


def close(owner: str, id: str) -> None:
    """Forget what a draft holds. One that was never kept is closed as well: it may still be on its way."""
    values = EMPTY | {DraftRow.closed: True, DraftRow.at: datetime.now(UTC)}
    unkept = {DraftRow.id: id, DraftRow.owner: owner, DraftRow.place: "/", DraftRow.form: ""}
    DraftRow.insert(values | unkept).on_conflict(
        conflict_target=[DraftRow.id], update=values, where=DraftRow.owner == owner
    ).execute()


def find(owner: str, id: str, days: int) -> DraftRow:
    """Raises NotFound alike for what is not there, closed, too old, or another's."""
    row = DraftRow.get_or_none((DraftRow.id == id) & open_of(owner) & (DraftRow.at > oldest(days)))
    if row is None:
        raise NotFound("You have no such draft.", code="library.draft_not_found")
    return row


def open_of(owner: str) -> Any:
    """Whose drafts, of those that are neither saved nor discarded."""
    return (DraftRow.owner == owner) & ~DraftRow.closed


def oldest(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def entry(row: DraftRow) -> DraftEntry:
    return DraftEntry(**_entry(row))


def draft(row: DraftRow) -> Draft:
    return Draft(**_entry(row), typed=row.typed, file=_file(row))


def _entry(row: DraftRow) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("id", "place", "form", "title", "at")}
    return said | {"address": f"{quote(row.place)}?draft={row.id}"}


def _file(row: DraftRow) -> FileRef | None:
    if row.file_digest is None:
        return None
    return FileRef(**{name: getattr(row, f"file_{name}") for name in FILE})


def _values(request: KeepDraft) -> dict[Any, Any]:
    typed = request.typed
    values: dict[Any, Any] = {
        DraftRow.place: request.place,
        DraftRow.form: request.form,
        DraftRow.title: _line(typed.get("title")),
        DraftRow.resource: _line(typed.get("id"))[:36] or None,
        DraftRow.typed: typed,
        DraftRow.at: datetime.now(UTC),
        DraftRow.closed: False,
    }
    if request.file:
        values |= {getattr(DraftRow, f"file_{name}"): getattr(request.file, name) for name in FILE}
    return values


def _line(texts: list[str] | None) -> str:
    """What was typed into one input, as one line that can be shown."""
    text = " ".join(texts[-1].split()) if texts else ""
    return "".join(letter for letter in text if letter.isprintable())[:200]
