"""What the catalogue offers: its requests, replies and events."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from azora import Event, Reply, Request
from azora.messages import FileRef, ListRequest, Message
from azora_library.catalogue.access import Cover, Level
from azora_library.catalogue.details import EMPTY, Details
from azora_library.catalogue.fields import (
    Content,
    Doi,
    Isbns,
    Issns,
    Language,
    Line,
    Link,
    Names,
    Publisher,
    ResourceId,
    Revision,
    Tag,
    Tags,
    Title,
    TypeName,
    Year,
)
from azora_library.custom.values import CustomValues

Token = Annotated[str | None, Field(max_length=100, description="What a secret link ends in.")]


class Description(Message):
    """What is said of a resource, by whoever catalogues it."""

    title: Title
    type: TypeName = Field(description="One of `library.list_types`.")
    content: Content = Field("", description="An abstract, or the text itself; plain text.")
    authors: Names = []
    category: Tag | None = None
    tags: Tags = []
    language: Language | None = Field(None, description="ISO 639: `en`, `zu`, `nso`.")
    year: Year | None = None
    publisher: Publisher | None = None
    isbn: Isbns = []
    issn: Issns = []
    doi: Doi | None = None
    link: Link | None = None
    details: Details = EMPTY
    custom: CustomValues = {}


class AccessLevels(Message):
    """Who may see a record, and who may open its file. An embargo holds until its day begins (UTC)."""

    record_access: Level = "public"
    file_access: Level = "public"
    embargo_until: date | None = Field(None, description="The day on which it opens.")
    embargo_covers: Cover = "file"


class Resource(AccessLevels, Description, Reply):
    """One resource of the catalogue. `revision` grows with each change of what is said of it.

    `file` is there for who may open it; `has_file` says whether there is one.
    """

    id: str
    file: FileRef | None = None
    has_file: bool
    file_open: bool = Field(description="Whether you may open the file.")
    source: str | None = Field(None, description="The record that it was imported from.")
    downloads: int
    views: int
    created: datetime
    updated: datetime
    revision: int


class Card(Reply):
    """A resource as a list shows it."""

    id: str
    title: str
    type: str
    authors: list[str]
    category: str | None
    language: str | None
    year: int | None
    has_file: bool
    created: datetime
    views: int
    downloads: int


class AddResource(AccessLevels, Description, Request):
    """A new resource, with its file where there is one; open to everybody unless it says otherwise."""

    file: FileRef | None = None
    looked_up: Annotated[str | None, Field(max_length=2010)] = Field(
        None,
        description="`kind:value` of what was looked up: its details, such as its journal, come along.",
    )


class ReadResource(Request):
    id: ResourceId
    count: bool = Field(True, description="Whether this reading counts as a view.")
    token: Token = None


class ListResources(ListRequest):
    type: TypeName | None = None
    category: Tag | None = None


class ReplaceResource(Description, Request):
    """All that is said of a resource, anew: what is left out is cleared."""

    id: ResourceId
    if_revision: Revision = None
    details: Details | None = Field(None, description="Left out, they stay as they are.")  # type: ignore[assignment]


class UpdateResource(Request):
    """Some of what is said of a resource: what is left out stays."""

    id: ResourceId
    if_revision: Revision = None
    title: Title | None = None
    type: TypeName | None = None
    content: Content | None = None
    authors: Names | None = None
    category: Tag | None = None
    tags: Tags | None = None
    language: Language | None = None
    year: Year | None = None
    publisher: Publisher | None = None
    isbn: Isbns | None = None
    issn: Issns | None = None
    doi: Doi | None = None
    link: Link | None = None
    details: Details | None = None
    custom: CustomValues | None = None


class RemoveResource(Request):
    id: ResourceId
    if_revision: Revision = None


class UploadFile(Request):
    """The file of a resource, in place of the one it had."""

    id: ResourceId
    file: FileRef


class DownloadFile(Request):
    id: ResourceId
    token: Token = None


class ListTypes(Request):
    """No choice to make."""


class ResourceType(Reply):
    name: TypeName
    label: str


class ResourceTypes(Reply):
    items: list[ResourceType]


class AddType(Request):
    """A further type, for everybody; adding it again changes only its label."""

    name: TypeName
    label: Annotated[Line, StringConstraints(max_length=100)]


class SweepFiles(Request):
    """No choice to make."""


class FilesSwept(Reply):
    removed: int


class ResourceAdded(Event):
    key_field = "id"

    id: str
    title: str
    type: str
    category: str | None
    access: Level = "public"


class ResourceChanged(Event):
    """`category_before` differs from `category` where the resource was moved; `access` is the record's."""

    key_field = "id"

    id: str
    title: str
    type: str
    category: str | None
    category_before: str | None
    access: Level = "public"
    access_before: Level = "public"


class ResourceRemoved(Event):
    key_field = "id"

    id: str
    category: str | None
    access: Level = "public"


class ResourceDownloaded(Event):
    key_field = "id"

    id: str
