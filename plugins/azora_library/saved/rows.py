"""Saved searches as rows, and what is new in one: never more than its owner may see."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from azora.data.failures import unless_taken
from azora.errors import Conflict, NotFound
from azora_library.catalogue.access import Condition, visible
from azora_library.discovery import search
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.selection import Subject, subject_of
from azora_library.saved import contracts
from azora_library.saved.models import SavedSearchRow

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase

FULL = 50


def own(id: str, owner: str) -> SavedSearchRow:
    """The search of this person. Raises NotFound, also for somebody else's."""
    row = SavedSearchRow.get_or_none((SavedSearchRow.id == id) & (SavedSearchRow.owner == owner))
    if row is None:
        raise NotFound("There is no such saved search.", code="library.search_not_found")
    return row


def add(owner: str, asked: contracts.Asked, name: str, alert: str, now: datetime) -> SavedSearchRow:
    """Keep one more. Raises Conflict where there are fifty, or one of the name."""
    if SavedSearchRow.select().where(SavedSearchRow.owner == owner).count() >= FULL:
        raise Conflict(
            "You keep fifty searches: remove one first.", code="library.too_many_searches"
        )
    return store(
        SavedSearchRow(
            owner=owner, name=name, alert=alert,
            asked=asked.model_dump_json(exclude_defaults=True), seen=now, told=now, created=now,
        ),
        new=True,
    )  # fmt: skip


def store(row: SavedSearchRow, *, new: bool = False) -> SavedSearchRow:
    """Write a search. Raises Conflict where another of its owner has the name, in small letters or capitals."""
    others = SavedSearchRow.select(SavedSearchRow.name).where(
        (SavedSearchRow.owner == row.owner) & (SavedSearchRow.id != row.id)
    )
    taken = Conflict(
        f"You have a saved search “{row.name}” already.", code="library.search_name_taken"
    )
    if row.name.casefold() in {other.name.casefold() for other in others}:
        raise taken
    with unless_taken(taken):
        row.save(force_insert=new)
    return row


def shown(row: SavedSearchRow) -> contracts.SavedSearch:
    asked = asked_of(row)
    return contracts.SavedSearch(
        id=row.id,
        name=row.name,
        asked=asked,
        address=_address(asked),
        alert=row.alert,
        has_feed=row.feed is not None,
        created=row.created,
        seen=row.seen,
    )


def asked_of(row: SavedSearchRow) -> contracts.Asked:
    return contracts.Asked.model_validate_json(row.asked)


def _address(asked: contracts.Asked) -> str:
    """The page of a search."""
    said = asked.model_dump(exclude_defaults=True)
    return f"/library?{urlencode(said, doseq=True)}" if said else "/library"


class Window:
    """What was added after a moment, or came out of an embargo, until another.

    The last moments are left for the next time: a transaction that began before may still bring
    resources that count as older.
    """

    def __init__(self, after: datetime, settle: int) -> None:
        self.until = max(after, datetime.now(UTC) - timedelta(seconds=settle))
        self._times = (_stored(after), _stored(self.until))

    def condition(self) -> Condition:
        opened = "r.embargo_covers = 'record' AND r.embargo_until > ? AND r.embargo_until <= ?"
        return Condition(
            f"((r.created > ? AND r.created <= ?) OR ({opened}))", self._times + self._times
        )


def new_in(
    database: "PluginDatabase", row: SavedSearchRow, owner: "Actor", window: Window
) -> Subject:
    """What a search finds that is new, of what its owner may see now."""
    return subject_of(database, asked_of(row), visible(owner), [window.condition()])


def count(subject: Subject) -> int:
    chosen = subject.select()
    sql = f"SELECT count(*) {chosen.source}"
    return int(subject.database.heavy_read(sql, *chosen.params)[0][0])


def newest(subject: Subject, limit: int, cursor: str | None = None) -> search.Page:
    asked: dict[str, Any] = {"sort": "newest", "limit": limit, "cursor": cursor}
    return search.page(subject, SearchResources(**asked))


def _stored(moment: datetime) -> str:
    """As TimeField stores moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
