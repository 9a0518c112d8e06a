"""What the library offers: its requests, replies and events. It needs no other plugin."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Event, Reply, Request
from azora.messages import FileRef, ListReply, ListRequest, Message
from azora_library.fields import (
    Content,
    Doi,
    Isbns,
    Issns,
    Language,
    Line,
    Link,
    Names,
    Prose,
    Publisher,
    ResourceId,
    Revision,
    Tag,
    Tags,
    Title,
    TypeName,
    Year,
)

Sort = Literal["relevance", "newest", "title", "year"]
Outcome = Literal["added", "updated", "unchanged", "refused"]


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


class Resource(Description, Reply):
    """One resource of the catalogue. `revision` grows with each change of what is said of it."""

    id: str
    file: FileRef | None = None
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


class AddResource(Description, Request):
    """A new resource, with its file where there is one."""

    file: FileRef | None = None


class ReadResource(Request):
    id: ResourceId
    count: bool = Field(True, description="Whether this reading counts as a view.")


class ListResources(ListRequest):
    type: TypeName | None = None
    category: Tag | None = None


class ReplaceResource(Description, Request):
    """All that is said of a resource, anew: what is left out is cleared."""

    id: ResourceId
    if_revision: Revision = None


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


class RemoveResource(Request):
    id: ResourceId
    if_revision: Revision = None


class UploadFile(Request):
    """The file of a resource, in place of the one it had."""

    id: ResourceId
    file: FileRef


class DownloadFile(Request):
    id: ResourceId


class SearchResources(ListRequest):
    """Every word must be found; the last may be unfinished. Case and diacritics do not matter."""

    query: Annotated[Prose, StringConstraints(max_length=300)] = ""
    type: TypeName | None = None
    category: Tag | None = None
    tag: Tag | None = None
    language: Language | None = None
    year_from: Year | None = None
    year_to: Year | None = None
    sort: Sort | None = Field(None, description="`relevance` for a query, else `newest`.")


class Excerpt(Reply):
    """A stretch of text; `hit` marks what was looked for."""

    text: str
    hit: bool


class Hit(Card):
    """A resource that was found, and where its words stand."""

    excerpt: list[Excerpt]


class FacetValue(Reply):
    value: str
    count: int


class Facets(Reply):
    """How the results fall: each list from the most frequent value down."""

    type: list[FacetValue]
    category: list[FacetValue]
    language: list[FacetValue]
    tag: list[FacetValue]


class Found(ListReply[Hit]):
    """One page of results. Beyond a bound, `total` and the facets are counted up to it (`exact` false)."""

    total: int
    exact: bool
    facets: Facets


class ListCategories(Request):
    """No choice to make."""


class Category(Reply):
    name: str
    resources: int


class Categories(Reply):
    items: list[Category]


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


class CatalogueRecord(Description):
    """A record of another catalogue; `key` is its name there and stays the same."""

    key: Annotated[Line, StringConstraints(max_length=300)]


class ImportRecords(Request):
    """Records of one catalogue. Those imported before are updated where their source has changed."""

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    records: list[CatalogueRecord] = Field(min_length=1, max_length=500)
    dry_run: bool = False


class ImportOutcome(Reply):
    key: str
    outcome: Outcome
    id: str | None = None
    reason: str | None = None


class ImportReport(Reply):
    """What became of each record, in their order."""

    outcomes: list[ImportOutcome]


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


class ResourceChanged(Event):
    """`category_before` differs from `category` where the resource was moved."""

    key_field = "id"

    id: str
    title: str
    type: str
    category: str | None
    category_before: str | None


class ResourceRemoved(Event):
    key_field = "id"

    id: str
    category: str | None


class ResourceDownloaded(Event):
    key_field = "id"

    id: str
