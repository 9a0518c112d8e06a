"""What is asked and answered about the fields that a campus declares."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from azora import Event, Reply, Request
from azora_library import domain
from azora_library.catalogue.fields import Prose, Tag, TypeName
from azora_library.custom.values import FieldName, Kind, Words, without_blanks

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


def _in_english(labels: dict[str, str]) -> dict[str, str]:
    if "en" not in labels:
        raise PydanticCustomError("label_in_english", "Say what it is called in English")
    return labels


Labels = Annotated[
    dict[LanguageTag, Tag],
    Field(
        max_length=40,
        description="What people call it, by language; English at least.",
        json_schema_extra={"additionalProperties": False, "required": ["en"]},
    ),
    BeforeValidator(without_blanks),
    AfterValidator(_in_english),
]
Choices = Annotated[
    list[Words],
    Field(max_length=500, json_schema_extra={"x-one-per-line": True}),
    AfterValidator(domain.distinct),
]
Types = Annotated[list[TypeName], Field(max_length=50), AfterValidator(domain.distinct)]
Help = Annotated[Prose, StringConstraints(max_length=500)]
Place = Annotated[int, Field(ge=0, le=10_000, description="Where it stands among the others.")]


class CustomField(Reply):
    """A field that this campus declares for its resources."""

    name: FieldName
    labels: dict[str, str]
    help: str
    kind: Kind
    many: bool
    required: bool
    types: list[str] = Field(description="The types of resources that have it; none means all.")
    choices: list[str]
    facet: bool
    searchable: bool
    public: bool
    place: int
    retired: bool = Field(description="Its values stay; no new ones are taken.")
    removing: bool = Field(description="Its values are being taken out.")


class FieldWithUse(CustomField):
    records: int = Field(description="How many resources have a value of it.")


class ListFields(Request):
    """No choice to make."""


class CustomFieldList(Reply):
    """In their order; librarians are told also of those that the public is not shown."""

    items: list[CustomField]


class FieldRef(Request):
    name: FieldName


class AddField(Request):
    """A new field. Its name, its kind and whether it has several values stay as they are."""

    name: FieldName
    labels: Labels
    kind: Kind
    many: bool = Field(False, description="Whether a resource may have several values.")
    help: Help = ""
    required: bool = False
    types: Types = []
    choices: Choices = Field([], description="What may be chosen, for the kind `choice`.")
    facet: bool = Field(False, description="Whether a search can be narrowed by it.")
    searchable: bool = Field(False, description="Whether its words are found by a search.")
    public: bool = Field(True, description="Whether readers are shown it, or librarians alone.")
    place: Place = 0


class UpdateField(FieldRef):
    """What is left out stays."""

    labels: Labels | None = None
    help: Help | None = None
    required: bool | None = None
    types: Types | None = None
    choices: Choices | None = None
    facet: bool | None = None
    searchable: bool | None = None
    public: bool | None = None
    place: Place | None = None


class RemoveField(FieldRef):
    with_values: bool = Field(False, description="Take its values out of every resource as well.")


class FieldReworked(Event):
    """The resources that have a field are being filed anew, or lose it, `upto` this number so far."""

    key_field = "name"

    name: str
    number: int
    upto: int
