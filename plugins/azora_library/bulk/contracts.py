"""What is asked, answered and told about bulk edits."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from azora import Event, ListReply, ListRequest, Reply, Request
from azora.messages import Message
from azora_library.catalogue.access import Level
from azora_library.catalogue.fields import (
    Language,
    Prose,
    Publisher,
    ResourceId,
    Tag,
    Tags,
    TypeName,
)
from azora_library.custom.values import MOST_FIELDS, CustomValues, FieldName, without_blanks
from azora_library.discovery.contracts import Filters
from azora_library.history.contracts import FieldChange

Clearable = Literal["category", "language", "publisher"]
Replaceable = Literal["title", "authors", "content", "category", "tags", "publisher"]
EditState = Literal["gathering", "prepared", "applying", "applied", "undoing", "undone"]
ItemState = Literal["planned", "changed", "same", "refused", "gone", "taken_back", "clashed"]
EditId = Annotated[str, Field(min_length=1, max_length=36)]


class Changes(Message):
    """What a bulk edit does to each record; what is left out stays as it is."""

    add_tags: Tags = []
    remove_tags: Tags = []
    set_category: Tag | None = None
    set_language: Language | None = None
    set_type: TypeName | None = None
    set_publisher: Publisher | None = None
    set_record_access: Level | None = None
    set_file_access: Level | None = None
    set_custom: Annotated[CustomValues, BeforeValidator(without_blanks)] = {}
    clear_custom: list[FieldName] = Field(
        [], max_length=MOST_FIELDS, description="The campus's own fields to empty."
    )
    clear: list[Clearable] = Field([], max_length=3, description="Fields to empty.")
    replace_in: Replaceable | None = Field(None, description="The field in which to replace text.")
    find_text: Annotated[Prose, StringConstraints(max_length=1000)] = Field(
        "", description="The text to replace, exactly as it is written."
    )
    replace_with: Annotated[Prose, StringConstraints(max_length=1000)] = ""


class PrepareBulkEdit(Changes, Filters, Request):
    """Changes to the records of `ids`, or with `whole` to all that the search finds."""

    ids: list[ResourceId] = Field([], max_length=1000)
    whole: bool = False


class EditRef(Request):
    edit: EditId


class ListBulkEdits(ListRequest):
    """No choice to make but the page."""


class ListBulkRecords(ListRequest):
    edit: EditId
    state: ItemState | None = None


class BulkEdit(Reply):
    """A bulk edit and how far it is. `alike` counts the records that say already what it would change.

    `undo_until` is there while it can be undone.
    """

    id: str
    state: EditState
    at: datetime
    by: str | None
    name: str
    changes: Changes
    total: int
    done: int = Field(description="Records that the work under way has dealt with.")
    alike: int
    planned: int
    changed: int
    same: int
    refused: int
    gone: int
    taken_back: int
    clashed: int
    applied: datetime | None
    undone: datetime | None
    undo_until: datetime | None


class BulkEdits(ListReply[BulkEdit]):
    """Bulk edits, the newest first."""


class BulkRecord(Reply):
    """One record of a bulk edit: what it would change, or has changed, field by field."""

    id: str
    title: str
    state: ItemState
    reason: str
    changes: list[FieldChange]


class BulkRecords(ListReply[BulkRecord]):
    """The records of a bulk edit, in its order; `working` says that more of them are being changed."""

    working: bool


class ExpireBulkEdits(Request):
    """No choice to make."""


class BulkEditsExpired(Reply):
    removed: int


class BulkEditAdvanced(Event):
    """A bulk edit is under way, or is being undone; `upto` says how far."""

    key_field = "id"

    id: str
    upto: int


class BulkEditApplied(Event):
    key_field = "id"

    id: str
    changed: int


class BulkEditUndone(Event):
    """`clashed` counts the records that were left alone, since somebody changed them afterwards."""

    key_field = "id"

    id: str
    taken_back: int
    clashed: int
