"""What a search asks for and finds."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Reply
from azora.messages import ListReply, ListRequest
from azora_library.catalogue.contracts import Card
from azora_library.catalogue.fields import Language, Prose, Tag, TypeName, Year

Sort = Literal["relevance", "newest", "title", "year"]


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
