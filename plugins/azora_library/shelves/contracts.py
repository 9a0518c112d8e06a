"""What shelves are asked and answer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Event, ListReply, ListRequest, Reply, Request
from azora_library.catalogue.contracts import Card
from azora_library.catalogue.fields import Line, Prose, ResourceId

Kind = Literal["collection", "reading_list"]
Access = Literal["private", "members", "public"]
Progress = Literal["to_read", "reading", "read"]
Name = Annotated[Line, StringConstraints(max_length=200)]
Words = Annotated[Prose, StringConstraints(max_length=2000)]
ShelfId = Annotated[Line, StringConstraints(max_length=36)]


class ListCollections(ListRequest):
    """The one changed last comes first."""


class ListReadingLists(ListRequest):
    """One's own, the one changed last first."""


class ListOwnShelves(ListRequest):
    """One's own reading lists and, for a librarian, every collection."""


class AddShelf(Request):
    """A new collection (by a librarian) or reading list. `access` says who may see it."""

    title: Name
    description: Words = ""
    access: Access = "private"


class ShelfRef(Request):
    shelf: ShelfId


class ReadShelf(ListRequest):
    """A shelf and a page of what stands on it, in its order."""

    shelf: ShelfId


class UpdateShelf(Request):
    shelf: ShelfId
    title: Name | None = None
    description: Words | None = None
    access: Access | None = None


class PutOnShelf(Request):
    """A resource at the end of a shelf; where it stands there already, only its note changes."""

    shelf: ShelfId
    id: ResourceId
    note: Words | None = None


class KeepForReading(Request):
    """A resource on a shelf of one's own, or on a new reading list with this title."""

    id: ResourceId
    shelf: ShelfId | None = None
    title: Name | None = Field(None, description="The title of a new reading list.")


class TakeOffShelf(Request):
    shelf: ShelfId
    id: ResourceId


class MoveOnShelf(Request):
    shelf: ShelfId
    id: ResourceId
    to: int = Field(ge=1, description="The place, counted from 1.")


class NoteProgress(Request):
    """How far one is with something on one's own list."""

    shelf: ShelfId
    id: ResourceId
    progress: Progress


class Shelf(Reply):
    """`mine` says whether the reader may change it."""

    id: str
    kind: Kind
    title: str
    description: str
    access: Access
    items: int
    mine: bool
    updated: datetime


class ShelfItem(Card):
    place: int
    note: str
    progress: Progress | None = Field(description="On the reader's own list alone.")


class ShelfPage(ListReply[ShelfItem]):
    """What the reader may see of it, in its order."""

    shelf: Shelf


class CollectionChanged(Event):
    """A collection that readers may see was made, renamed, or got something."""

    key_field = "shelf_id"

    shelf_id: str
    title: str


Shelves = ListReply[Shelf]
