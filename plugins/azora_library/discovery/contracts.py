"""What a search asks for and finds."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints

from azora import Reply, Request
from azora.messages import ListReply, ListRequest, Message
from azora_library.catalogue.contracts import Card, Token
from azora_library.catalogue.fields import (
    Language,
    Line,
    Name,
    Prose,
    Publisher,
    ResourceId,
    Tag,
    TypeName,
    Year,
)

V = TypeVar("V")

MOST_VALUES = 50
"""Values of one facet that a search may name."""

Sort = Literal["relevance", "newest", "title", "year", "used"]
OwnFacet = Annotated[str, StringConstraints(pattern=r"^field\.[a-z][a-z0-9_]{0,39}$")]
FacetName = (
    Literal["type", "category", "language", "decade", "file", "author", "tag", "publisher"]
    | OwnFacet
)
FieldIs = Annotated[
    Line,
    StringConstraints(
        max_length=1050,
        pattern=r"^[a-z][a-z0-9_]{0,39}:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f-\x9f\ufeff]$",
    ),
]
HasFile = Literal["yes", "no"]
Decade = Annotated[int, Field(ge=-3000, le=2200, multiple_of=10)]


def _several(value: Any) -> Any:
    """A single value as a list of one."""
    return value if isinstance(value, list | tuple) or value is None else [value]


Several = Annotated[
    list[V],
    Field(max_length=MOST_VALUES, json_schema_extra={"x-one-per-line": True}),
    BeforeValidator(_several),
    BeforeValidator(lambda value: [] if value is None else value),
]
"""Values of which any will do; one may stand alone."""


class Filters(Message):
    """Which resources are looked for: any value of one facet will do, and every facet must."""

    query: Annotated[Prose, StringConstraints(max_length=300)] = Field(
        "", description='Words, `"phrases"`, `-exclusions`, `author:`, `title:`, `year:1920-1930` …'
    )
    type: Several[TypeName] = []
    category: Several[Tag] = Field([], description="Each with all that is below it.")
    language: Several[Language] = []
    decade: Several[Decade] = Field([], description="The first year of each: 1930.")
    file: Several[HasFile] = []
    author: Several[Name] = []
    tag: Several[Tag] = []
    publisher: Several[Publisher] = []
    field: Several[FieldIs] = Field(
        [], description="Values of fields that this campus declares: `grade:Grade 9`."
    )
    year_from: Year | None = None
    year_to: Year | None = None
    cites: ResourceId | None = Field(None, description="Only what refers to this resource.")
    cited_by: ResourceId | None = Field(None, description="Only what this resource refers to.")


class SearchResources(Filters, ListRequest):
    """Every word must be found; the last may be unfinished. Case and diacritics do not matter."""

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


class CategoryValue(FacetValue):
    """A category that results stand in or below; `parent` names the one above, which is listed as well."""

    id: str
    parent: str | None
    labels: dict[str, str]


class FieldFacet(Reply):
    """How the results fall by a field that this campus declares."""

    field: str
    values: list[FacetValue]


class Facets(Reply):
    """How the results fall: each list from the most frequent value down, decades from the earliest.

    The values of a facet that narrows the search are counted as if it did not.
    """

    type: list[FacetValue]
    category: list[CategoryValue] = Field(
        description="The top of the tree; of one that narrows, also the way to it and what is below."
    )
    language: list[FacetValue]
    tag: list[FacetValue]
    decade: list[FacetValue]
    file: list[FacetValue]
    author: list[FacetValue]
    publisher: list[FacetValue]
    fields: list[FieldFacet] = []


class Found(ListReply[Hit]):
    """One page of results. Beyond a bound, `total` and the facets are counted up to it (`exact` false)."""

    total: int
    exact: bool
    facets: Facets
    facets_exact: bool
    close: bool = Field(description="Nothing has exactly these words: these come close.")
    did_you_mean: str | None = Field(description="The query as it may have been meant.")
    near: str | None = Field(None, description="The title of what `cites` or `cited_by` names.")


class ListFacet(Filters, ListRequest):
    """Every value of one facet of a search, counted exactly."""

    facet: FacetName
    contains: Annotated[Prose, StringConstraints(max_length=100)] = ""
    order: Literal["count", "value"] = "count"


class FacetList(ListReply[FacetValue]):
    """One page of a facet's values."""


class ExportFacet(Filters, Request):
    """Every value of one facet of a search, counted exactly, in one document."""

    facet: FacetName
    format: Literal["csv", "json"] = "csv"


class Suggest(Request):
    """What is typed so far; two letters at least."""

    query: Annotated[Prose, StringConstraints(max_length=100)] = ""


class SuggestedTitle(Reply):
    id: str
    title: str


class Suggestions(Reply):
    """What begins like it: at most five of each."""

    titles: list[SuggestedTitle]
    authors: list[str]
    subjects: list[str]


class RelatedTo(Request):
    id: ResourceId
    token: Token = None


class RelatedWorks(Reply):
    """What a resource refers to, what refers to it, and what is like it."""

    cites: list[Card]
    cited_by: list[Card]
    cited_by_total: int
    alike: list[Card]
