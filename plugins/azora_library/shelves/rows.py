"""Shelves as rows: who may see and change one, and the order of what stands on it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora.errors import Conflict, NotAllowed, NotFound
from azora_library.catalogue import access
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import card_values
from azora_library.shelves import contracts
from azora_library.shelves.models import ShelfItemRow, ShelfRow

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase

COLLECTION, READING_LIST = "collection", "reading_list"
FULL = 1000


def is_mine(shelf: ShelfRow, actor: "Actor | None") -> bool:
    """Whether somebody may change a shelf: its owner, or for a collection any librarian."""
    if actor is None:
        return False
    return actor.may(access.MANAGE) if shelf.owner is None else shelf.owner == actor.id


def seen(id: str, actor: "Actor | None") -> ShelfRow:
    """The shelf, where this reader may see it. Raises NotFound."""
    shelf = ShelfRow.get_or_none(ShelfRow.id == id)
    if shelf is None or not (is_mine(shelf, actor) or shelf.access in open_to(actor)):
        raise NotFound("There is no such shelf.", code="library.shelf_not_found")
    return shelf


def taken(database: "PluginDatabase", id: str, actor: "Actor") -> ShelfRow:
    """The shelf for changing it, kept from others. Raises NotFound, or NotAllowed for another's."""
    query = ShelfRow.select().where(ShelfRow.id == seen(id, actor).id)
    shelf = (query.for_update() if database.dialect == "postgresql" else query).get()
    if not is_mine(shelf, actor):
        raise NotAllowed("This shelf is somebody else's.")
    return shelf


def open_to(actor: "Actor | None") -> list[str]:
    """The levels of access that let a reader see a shelf that is not theirs."""
    return [access.PUBLIC, access.MEMBERS] if access.is_member(actor) else [access.PUBLIC]


def put(shelf: ShelfRow, number: int, note: str | None) -> None:
    """Put a resource at the end of a shelf; where it stands there already, change its note."""
    on_it = ShelfItemRow.select().where(ShelfItemRow.shelf == shelf.id)
    standing = on_it.where(ShelfItemRow.resource == number).first()
    if standing:
        standing.note = standing.note if note is None else note
        standing.save(only=[ShelfItemRow.note])
    else:
        count = on_it.count()
        if count >= FULL:
            raise Conflict("This shelf is full: begin a second one.", code="library.shelf_full")
        ShelfItemRow.create(
            shelf=shelf.id,
            resource=number,
            place=count + 1,
            note=note or "",
            added=datetime.now(UTC),
        )
    touch(shelf)


def item(shelf: ShelfRow, id: str) -> ShelfItemRow:
    """A resource that stands on a shelf, by its id. Raises NotFound."""
    found = (
        ShelfItemRow.select()
        .join(ResourceRow)
        .where((ShelfItemRow.shelf == shelf.id) & (ResourceRow.id == id))
        .first()
    )
    if found is None:
        raise NotFound("It does not stand on this shelf.", code="library.not_on_shelf")
    return found


def arrange(shelf: ShelfRow, moved: ShelfItemRow | None = None, to: int = 1) -> None:
    """Number what stands on a shelf anew, from 1 without gaps, with `moved` at its new place."""
    rows = list(
        ShelfItemRow.select().where(ShelfItemRow.shelf == shelf.id).order_by(ShelfItemRow.place)
    )
    if moved is not None:
        rows = [row for row in rows if row.id != moved.id]
        rows.insert(min(to, len(rows) + 1) - 1, moved)
    for place, row in enumerate(rows, 1):
        if row.place != place:
            row.place = place
            row.save(only=[ShelfItemRow.place])
    touch(shelf)


def touch(shelf: ShelfRow) -> None:
    shelf.updated = datetime.now(UTC)
    shelf.save()


def shown(shelf: ShelfRow, actor: "Actor | None") -> contracts.Shelf:
    return contracts.Shelf(
        id=shelf.id,
        kind=shelf.kind,
        title=shelf.title,
        description=shelf.description,
        access=shelf.access,
        items=ShelfItemRow.select().where(ShelfItemRow.shelf == shelf.id).count(),
        mine=is_mine(shelf, actor),
        updated=shelf.updated,
    )


def standing(
    database: "PluginDatabase", shelf: ShelfRow, actor: "Actor | None", after: int, limit: int
) -> list[ShelfItemRow]:
    """What a reader may see of a shelf behind a place, in its order."""
    visible = access.visible(actor)
    ids = database.execute(
        "SELECT i.id FROM library_shelf_item AS i JOIN library_resource AS r ON r.number = i.resource "  # noqa: S608 – constants and placeholders
        f"WHERE i.shelf = ? AND i.place > ? AND {visible.sql} ORDER BY i.place LIMIT ?",
        *(shelf.id, after, *visible.params, limit),
    )
    wanted = [id for (id,) in ids]
    rows = ShelfItemRow.select(ShelfItemRow, ResourceRow).join(ResourceRow)
    return list(rows.where(ShelfItemRow.id.in_(wanted)).order_by(ShelfItemRow.place))


def as_item(row: ShelfItemRow, own: bool) -> contracts.ShelfItem:
    return contracts.ShelfItem(
        **card_values(row.resource),
        place=row.place,
        note=row.note,
        progress=row.progress if own else None,
    )
