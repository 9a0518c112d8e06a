"""The operations on shelves. Collections are the librarians', a reading list is its owner's."""

from datetime import UTC, datetime

from azora import Invalid, ListRequest, NotAllowed, Service, operation
from azora.data.keyset import paginate
from azora.errors import FieldError
from azora_library.catalogue import access
from azora_library.shelves import contracts, rows
from azora_library.shelves.models import ShelfItemRow, ShelfRow
from azora_library.shelves.rows import COLLECTION, READING_LIST

KEEP = "library.keep_lists"


class Shelves(Service):
    """Making shelves, and finding them."""

    @operation("GET /collections", public=True)
    def list_collections(self, request: contracts.ListCollections) -> contracts.Shelves:
        """List the library's collections"""
        query = ShelfRow.select().where(ShelfRow.kind == COLLECTION)
        actor = self.actor_or_none
        if actor is None or not actor.may(access.MANAGE):
            query = query.where(ShelfRow.access.in_(rows.open_to(actor)))
        return self._page(query, request)

    @operation("GET /reading-lists", public=True)
    def list_reading_lists(self, request: contracts.ListReadingLists) -> contracts.Shelves:
        """List your own reading lists; without signing in there are none"""
        actor = self.actor_or_none
        query = ShelfRow.select().where(ShelfRow.owner == (actor.id if actor else ""))
        return self._page(query, request)

    @operation("GET /shelves", public=True)
    def list_own_shelves(self, request: contracts.ListOwnShelves) -> contracts.Shelves:
        """List every shelf that you may put things on; without signing in there are none"""
        actor = self.actor_or_none
        mine = ShelfRow.owner == (actor.id if actor else "")
        if actor and actor.may(access.MANAGE):
            mine |= ShelfRow.owner.is_null()
        return self._page(ShelfRow.select().where(mine), request)

    @operation("POST /collections", permission=access.MANAGE)
    def add_collection(self, request: contracts.AddShelf) -> contracts.Shelf:
        """Begin a collection"""
        with self.transaction():
            shelf = self._new(COLLECTION, None, request)
            self._tell(shelf)
        return rows.shown(shelf, self.actor)

    @operation("POST /reading-lists", permission=KEEP)
    def add_reading_list(self, request: contracts.AddShelf) -> contracts.Shelf:
        """Begin a reading list"""
        with self.transaction():
            shelf = self._new(READING_LIST, self.actor.id, request)
        return rows.shown(shelf, self.actor)

    @operation("GET /shelves/{shelf}", public=True)
    def read_shelf(self, request: contracts.ReadShelf) -> contracts.ShelfPage:
        """Read a shelf, and what stands on it"""
        actor = self.actor_or_none
        shelf = rows.seen(request.shelf, actor)
        after = _place(request.cursor)
        found = rows.standing(self.hosted.database, shelf, actor, after, request.limit + 1)
        own = actor is not None and shelf.owner == actor.id
        return contracts.ShelfPage(
            shelf=rows.shown(shelf, actor),
            items=[rows.as_item(row, own) for row in found[: request.limit]],
            next=str(found[request.limit - 1].place) if len(found) > request.limit else None,
        )

    @operation("PATCH /shelves/{shelf}", permission=KEEP)
    def update_shelf(self, request: contracts.UpdateShelf) -> contracts.Shelf:
        """Rename a shelf, describe it, or say who may see it"""
        with self.transaction():
            shelf = rows.taken(self.hosted.database, request.shelf, self.actor)
            for name in ("title", "description", "access"):
                if (value := getattr(request, name)) is not None:
                    setattr(shelf, name, value)
            rows.touch(shelf)
            self._tell(shelf)
        return rows.shown(shelf, self.actor)

    @operation("DELETE /shelves/{shelf}", permission=KEEP)
    def remove_shelf(self, request: contracts.ShelfRef) -> None:
        """Remove a shelf; the resources stay in the library"""
        with self.transaction():
            rows.taken(self.hosted.database, request.shelf, self.actor).delete_instance()

    def _new(self, kind: str, owner: str | None, request: contracts.AddShelf) -> ShelfRow:
        now = datetime.now(UTC)
        return ShelfRow.create(
            kind=kind, owner=owner, created=now, updated=now, **request.model_dump()
        )

    def _page(self, query: object, request: ListRequest) -> contracts.Shelves:
        found, next_page = paginate(query, request, [ShelfRow.updated.desc()])
        actor = self.actor_or_none
        return contracts.Shelves(items=[rows.shown(one, actor) for one in found], next=next_page)

    def _tell(self, shelf: ShelfRow) -> None:
        """A collection that readers see is news."""
        if shelf.kind == COLLECTION and shelf.access != "private":
            self.emit(contracts.CollectionChanged(shelf_id=shelf.id, title=shelf.title))


class Shelving(Service):
    """Putting things on shelves, and in order."""

    @operation("PUT /shelves/{shelf}/items/{id}", permission=KEEP)
    def put_on_shelf(self, request: contracts.PutOnShelf) -> contracts.Shelf:
        """Put a resource on a shelf, or change its note there"""
        with self.transaction():
            shelf = rows.taken(self.hosted.database, request.shelf, self.actor)
            rows.put(shelf, self._number(request.id), request.note)
        return rows.shown(shelf, self.actor)

    @operation("POST /resources/{id}/reading-lists", permission=KEEP)
    def keep_for_reading(self, request: contracts.KeepForReading) -> contracts.Shelf:
        """Put a resource on one of your reading lists, or on a new one"""
        number = self._number(request.id)
        with self.transaction():
            shelf = self._list_for(request)
            rows.put(shelf, number, None)
        return rows.shown(shelf, self.actor)

    @operation("DELETE /shelves/{shelf}/items/{id}", permission=KEEP)
    def take_off_shelf(self, request: contracts.TakeOffShelf) -> None:
        """Take a resource off a shelf"""
        with self.transaction():
            shelf = rows.taken(self.hosted.database, request.shelf, self.actor)
            rows.item(shelf, request.id).delete_instance()
            rows.arrange(shelf)

    @operation("POST /shelves/{shelf}/items/{id}/place", permission=KEEP, idempotent=True)
    def move_on_shelf(self, request: contracts.MoveOnShelf) -> contracts.Shelf:
        """Move a resource to another place on its shelf"""
        with self.transaction():
            shelf = rows.taken(self.hosted.database, request.shelf, self.actor)
            rows.arrange(shelf, rows.item(shelf, request.id), request.to)
        return rows.shown(shelf, self.actor)

    @operation("POST /shelves/{shelf}/items/{id}/progress", permission=KEEP, idempotent=True)
    def note_progress(self, request: contracts.NoteProgress) -> None:
        """Say how far you are with something on your list"""
        with self.transaction():
            shelf = rows.taken(self.hosted.database, request.shelf, self.actor)
            if shelf.owner != self.actor.id:
                raise NotAllowed("Only on a list of your own.")
            row = rows.item(shelf, request.id)
            row.progress = request.progress
            row.save(only=[ShelfItemRow.progress])

    def _number(self, id: str) -> int:
        return access.see(self.hosted.database, id, self.actor).number

    def _list_for(self, request: contracts.KeepForReading) -> ShelfRow:
        if request.shelf:
            return rows.taken(self.hosted.database, request.shelf, self.actor)
        if not request.title:
            problem = FieldError(
                field="shelf",
                code="library.no_list_named",
                detail="Choose a list, or name a new one.",
            )
            raise Invalid(
                "Some fields are not right.", code="library.no_list_named", fields=[problem]
            )
        now = datetime.now(UTC)
        return ShelfRow.create(
            kind=READING_LIST,
            owner=self.actor.id,
            title=request.title,
            access="private",
            created=now,
            updated=now,
        )


def _place(cursor: str | None) -> int:
    """The place behind which a page begins."""
    if cursor is None:
        return 0
    if cursor.isascii() and cursor.isdigit() and len(cursor) <= 9:
        return int(cursor)
    problem = FieldError(
        field="cursor", code="invalid_cursor", detail="Take `next` of the page before."
    )
    raise Invalid("The cursor is not one of this shelf.", code="invalid_cursor", fields=[problem])
