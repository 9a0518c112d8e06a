"""The forms that a value of a declared field may have on its way in and out."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from azora_library.catalogue.fields import Line, Prose, named_keys

Kind = Literal["text", "long_text", "number", "date", "boolean", "choice", "link", "identifier"]
SEVERAL = ("text", "number", "date", "choice", "link", "identifier")
"""The kinds of which a resource may have several values."""

MOST_FIELDS = 100
MOST_VALUES = 200
FieldName = Annotated[
    str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$"), Field(examples=["shelf_mark"])
]
Words = Annotated[Line, StringConstraints(max_length=1000)]
LongText = Annotated[Prose, StringConstraints(max_length=10_000)]
CustomValue = (
    bool | int | float | LongText | Annotated[list[int | float | LongText], Field(max_length=MOST_VALUES)]
)  # fmt: skip


def without_blanks(said: Any) -> Any:
    """What a form leaves empty is not said."""
    if not isinstance(said, dict):
        return said
    return {name: value for name, value in said.items() if value != ""}


CustomValues = Annotated[
    dict[FieldName, CustomValue | None],
    Field(
        max_length=MOST_FIELDS,
        description="Values of the fields that this campus declares (`library.list_fields`), by name. "
        "Those that are not named stay; null takes one away.",
        json_schema_extra=named_keys,
    ),
]
