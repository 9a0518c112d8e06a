"""What is asked and answered when two people edited the same record."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from azora import Reply, Request
from azora.drafts import DraftId
from azora_library.catalogue.fields import ResourceId
from azora_library.merging.threeway import By, Side

FieldName = Literal[
    "title", "type", "content", "authors", "category", "tags", "language", "year", "publisher",
    "isbn", "issn", "doi", "link",
]  # fmt: skip
OwnField = Annotated[str, StringConstraints(pattern=r"^custom\.[a-z][a-z0-9_]{0,39}$")]
"""A field that this campus declares."""


class ReadClash(Request):
    """Your draft of a record, beside what the record says by now."""

    id: ResourceId
    draft: DraftId


class ClashField(Reply):
    """A field that somebody changed, as texts. `settled` says whose change `merged` is: both, theirs or yours.

    It is absent where both of you changed it: you choose.
    """

    field: str
    before: str
    theirs: str
    mine: str
    merged: str
    settled: By | None


class Clash(Reply):
    """What two people made of the record; `revision` is theirs, saved at `at`, by `name` as far as you may see it."""

    id: str
    draft: str
    title: str
    revision: int
    at: datetime
    name: str
    origin_known: bool = Field(description="Whether it is known what both of you began with.")
    fields: list[ClashField]


class SettleClash(ReadClash):
    """Whose change is taken of the fields that both changed; the others are merged by themselves."""

    if_revision: int = Field(ge=1, description="`revision` of the clash that you saw.")
    take: dict[FieldName | OwnField, Side] = Field(
        {},
        max_length=120,
        json_schema_extra={"propertyNames": TypeAdapter(FieldName | OwnField).json_schema()},
    )
    then: Literal["save", "edit"] = Field(
        "save", description="Save it, or put it into your draft to go on editing."
    )


class Settled(Reply):
    """Where it goes on: the record as it is saved, or the form with the merged draft."""

    address: str
    revision: int
