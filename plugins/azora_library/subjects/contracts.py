"""What categories and tags offer: their requests, replies and events."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from azora import Event, Reply, Request
from azora.messages import FileRef, ListReply, ListRequest
from azora_library.catalogue.contracts import Card, Token
from azora_library.catalogue.fields import Prose, ResourceId, Tag

CategoryId = Annotated[Tag, Field(description="Its id, or its name.")]
Notation = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")
]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Labels = Annotated[
    dict[LanguageTag, Tag],
    Field(max_length=40, json_schema_extra={"additionalProperties": False}),
    BeforeValidator(lambda said: _without_blanks(said)),
]


def _without_blanks(said: Any) -> Any:
    """What a form leaves empty is not said."""
    if not isinstance(said, dict):
        return said
    return {tag: name for tag, name in said.items() if name != ""}


class ListCategories(Request):
    """No choice to make."""


class Category(Reply):
    """`resources` counts those that you see, but for what you were let in to one by one.

    `total` counts those of all categories below as well. `labels` are its names in other languages.
    """

    name: str
    resources: int
    id: str
    total: int
    parent: str | None = Field(None, description="The id of the category above.")
    notation: str = Field("", description="Its number in a classification: `822.33`.")
    labels: dict[str, str] = {}


class Categories(Reply):
    items: list[Category]


class BrowseCategories(Request):
    id: CategoryId | None = Field(None, description="Where to look; without one, at the top.")


class Branch(Reply):
    """A category with the way to it and what is directly below."""

    category: Category | None
    path: list[Category] = Field(description="From the top to the category above it.")
    below: list[Category]


class WayTo(Request):
    """A resource, of whose category the way from the top is asked."""

    id: ResourceId
    token: Token = None


class Way(Reply):
    items: list[Category]


class ListCategory(ListRequest):
    id: CategoryId


class CategoryResources(ListReply[Card]):
    """One page of what stands in a category or below it, the newest first."""


class AddCategory(Request):
    name: Tag
    parent: CategoryId | None = None
    notation: Notation = ""
    labels: Labels = {}


class UpdateCategory(Request):
    """What is left out stays. A new name takes its resources along, which may need a while."""

    id: CategoryId
    name: Tag | None = None
    notation: Notation | None = None
    labels: Labels | None = Field(None, description="Its names by language; all of them anew.")


class MoveCategory(Request):
    id: CategoryId
    parent: CategoryId | None = Field(None, description="The new one above; none for the top.")


class MergeCategories(Request):
    id: CategoryId
    into: CategoryId = Field(
        description="The one that remains, with all that is in and below both."
    )


Resting = Literal["above", "none", "other"]


class RemoveCategory(Request):
    """Remove a category; nothing of what stands in it leaves the library."""

    id: CategoryId
    resources_to: Resting = Field(
        "above", description="Its resources go to the one above, to none, or to `other`."
    )
    other: CategoryId | None = None
    branch: bool = Field(False, description="Remove all that is below as well; else that moves up.")


class ImportClassification(Request):
    """A tree of categories: CSV (`notation,name,parent`, further `name_zu`), or SKOS as Turtle, RDF/XML or JSON-LD."""

    file: FileRef
    parent: CategoryId | None = Field(
        None, description="Where to hang it; without one, at the top."
    )
    language: LanguageTag = Field("en", description="The language of the names; others are labels.")


class ClassificationImported(Reply):
    added: int
    known: int


class ListTags(ListRequest):
    query: Annotated[Prose, StringConstraints(max_length=100)] = Field(
        "", description="How the tags begin."
    )


class TagUse(Reply):
    """A tag, and how many of the resources that you see carry it."""

    tag: str
    resources: int


class Tags(ListReply[TagUse]):
    """One page of the tags in use, in their order."""


class SuggestTerms(Request):
    kind: Literal["category", "tag"] = "tag"
    query: Annotated[Prose, StringConstraints(max_length=100)] = ""


class Terms(Reply):
    items: list[str]


class MergeTags(Request):
    """One tag in place of others; to rename is to merge into a tag that is not there yet."""

    tags: Annotated[list[Tag], Field(min_length=1, max_length=100)]
    into: Tag


class RemoveTags(Request):
    tags: Annotated[list[Tag], Field(min_length=1, max_length=100)]


class ListMoves(ListRequest):
    """No choice to make but the page."""


class Move(Reply):
    """A category or tag that is being moved to another name, and how many resources have moved."""

    kind: Literal["category", "tag"]
    name: str
    successor: str | None
    moved: int


class Moves(ListReply[Move]):
    """What is under way."""


class ResumeMoves(Request):
    """No choice to make."""


class MovesResumed(Reply):
    resumed: int


class TermRetired(Event):
    """A category or tag is on its way to another name, or to none; told again after each step."""

    key_field = "name"

    kind: Literal["category", "tag"]
    name: str
    successor: str | None
    moved: int
    done: bool
