"""Taking a category or tag out of use in favour of another, or of none.

To rename, to merge and to remove are one thing: the old name is hidden at once, and what is said with
it from now on is understood as the new. The resources that carry it move on behind, some at a time:
each step is one event, which tells how far it is and calls the next, so that the work survives
whatever happens to a process.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora.data.keyset import paginate
from azora.errors import Conflict, NotFound
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.discovery.headings import heading_id
from azora_library.discovery.models import FilingRow
from azora_library.subjects import tree
from azora_library.subjects.contracts import ListMoves, Move, TermRetired
from azora_library.subjects.models import CategoryRow, EarlierNameRow
from azora_library.subjects.terms import Kind

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 25
"""Resources in one step: enough to be quick, few enough to keep nobody waiting."""


def retire(
    hosted: "HostedPlugin", kind: Kind, name: str, successor: str | None, by: str | None
) -> None:
    """Begin to move everything from a name to its successor. Call it alone, inside a transaction."""
    now = datetime.now(UTC)
    led_here = (EarlierNameRow.kind == kind) & (EarlierNameRow.successor == name)
    if successor is None:
        EarlierNameRow.delete().where(led_here & EarlierNameRow.done.is_null(False)).execute()
    EarlierNameRow.update(successor=successor).where(led_here).execute()
    EarlierNameRow.insert(kind=kind, name=name, successor=successor, since=now, by=by).execute()
    hosted.emit(TermRetired(kind=kind, name=name, successor=successor, moved=0, done=False))


def retire_category(
    hosted: "HostedPlugin", row: CategoryRow, successor: CategoryRow | None, by: str | None
) -> None:
    """Hide a category; until its resources have moved it stands below its successor and counts there."""
    row.retired = True
    row.save(only=[CategoryRow.retired])
    tree.place(hosted.database, row, successor)
    retire(hosted, "category", row.name, successor.name if successor else None, by)


def free(kind: Kind, name: str) -> None:
    """Let a name be used anew. Raises Conflict while its resources are still being moved."""
    earlier = EarlierNameRow.get_or_none(
        (EarlierNameRow.kind == kind) & (EarlierNameRow.name == name)
    )
    if earlier is None:
        return
    if earlier.done is None:
        raise Conflict(
            f"What was called {name} is still being moved. Wait until that is done.",
            code="library.term_is_moving",
        )
    _of(kind, name).execute()


def move_some(hosted: "HostedPlugin", kind: Kind, name: str) -> None:
    """One step of the way, inside a transaction: move some resources, and tell how far it is."""
    row = EarlierNameRow.get_or_none((EarlierNameRow.kind == kind) & (EarlierNameRow.name == name))
    if row is None or row.done is not None:
        return
    catalogue = Catalogue(hosted, row.by)
    ids = _carriers(kind, name)
    for id in ids:
        _move(catalogue, kind, id)
    row.moved += len(ids)
    if not ids:
        row.done = datetime.now(UTC)
    EarlierNameRow.update(moved=row.moved, done=row.done).where(
        (EarlierNameRow.kind == kind) & (EarlierNameRow.name == name)
    ).execute()
    if row.done:
        _finish(hosted, row)
    hosted.emit(
        TermRetired(
            kind=kind, name=name, successor=row.successor, moved=row.moved, done=bool(row.done)
        )
    )


def resume(hosted: "HostedPlugin") -> int:
    """Begin anew what stands still, and what somebody brought in under an earlier name; how many."""
    stale = [row for row in EarlierNameRow.select() if _carriers(row.kind, row.name, 1)]
    for row in stale:
        EarlierNameRow.update(done=None).where(
            (EarlierNameRow.kind == row.kind) & (EarlierNameRow.name == row.name)
        ).execute()
        hosted.emit(
            TermRetired(
                kind=row.kind, name=row.name, successor=row.successor, moved=row.moved, done=False
            )
        )
    return len(stale)


def _move(catalogue: Catalogue, kind: Kind, id: str) -> None:
    """Say the same of a resource again: its category and tags become what they are called now."""
    try:
        row = catalogue.take(id, None)
    except NotFound:
        return
    catalogue.change(row, {"category": row.category} if kind == "category" else {"tags": row.tags})


def _carriers(kind: str, name: str, limit: int = AT_ONCE) -> list[str]:
    """The ids of some resources that still carry a name."""
    query = ResourceRow.select(ResourceRow.id).order_by(ResourceRow.number).limit(limit)
    if kind == "category":
        return [row.id for row in query.where(ResourceRow.category == name)]
    filed = FilingRow.select(FilingRow.resource).where(FilingRow.heading == heading_id(kind, name))
    return [row.id for row in query.where(ResourceRow.number.in_(filed))]


def _finish(hosted: "HostedPlugin", row: EarlierNameRow) -> None:
    if row.kind == "category":
        # Whoever counts its last resource now waits for us, and then sees that it is done.
        CategoryRow.update(retired=True).where(CategoryRow.name == row.name).execute()
        tree.drop_spent(hosted.database, [row.name])
    if row.successor is None:
        _of(row.kind, row.name).execute()


def _of(kind: str, name: str):  # type: ignore[no-untyped-def]
    return EarlierNameRow.delete().where(
        (EarlierNameRow.kind == kind) & (EarlierNameRow.name == name)
    )


def under_way(request: ListMoves) -> tuple[list[Move], str | None]:
    """What is being moved, the oldest first."""
    query = EarlierNameRow.select().where(EarlierNameRow.done.is_null())
    rows, following = paginate(query, request, [EarlierNameRow.since])
    return [
        Move(kind=row.kind, name=row.name, successor=row.successor, moved=row.moved) for row in rows
    ], following
