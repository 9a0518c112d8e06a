"""The kinds of value that a catalogue holds, each checked and put in order where it enters."""

from collections.abc import Callable
from typing import Annotated, Any, LiteralString

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from azora_library import domain

Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f-\x9f\ufeff][^\x00-\x1f\x7f]*$",
    ),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"),
]
Title = Annotated[Line, StringConstraints(max_length=1000), Field(examples=["The Freedom Charter"])]
Content = Annotated[Prose, StringConstraints(max_length=100_000)]
Publisher = Annotated[Line, StringConstraints(max_length=300)]
Name = Annotated[Line, StringConstraints(max_length=200)]
Tag = Annotated[Line, StringConstraints(max_length=100)]
TypeName = Annotated[
    str, StringConstraints(pattern="^[A-Z][A-Z0-9_]{1,39}$"), Field(examples=["BOOK"])
]
Language = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
Year = Annotated[int, Field(ge=-3000, le=2200)]
ResourceId = Annotated[Line, StringConstraints(max_length=36)]
Revision = Annotated[
    int | None, Field(ge=1, description="Refuse when the resource changed since this revision.")
]


COMPLAINTS = {
    "isbn": "This is not an ISBN: a digit is missing or mistyped",
    "issn": "This is not an ISSN: a digit is missing or mistyped",
    "doi": "This is not a DOI: it begins with 10. and holds a /",
    "orcid": "This is not an ORCID iD: a digit is missing or mistyped",
}


def identifier_rule(
    kind: LiteralString, read: Callable[[str], str | None]
) -> tuple[object, object]:
    """The rule of an identifier, and the name under which its form is known."""

    def check(text: str) -> str:
        found = read(text)
        if found is None:
            raise PydanticCustomError(kind, COMPLAINTS[kind])  # type: ignore[arg-type]
        return found

    return AfterValidator(check), Field(json_schema_extra={"format": kind})


Isbn = Annotated[Line, Field(max_length=40), *identifier_rule("isbn", domain.isbn13)]
Issn = Annotated[Line, Field(max_length=20), *identifier_rule("issn", domain.issn)]
Doi = Annotated[Line, Field(max_length=300), *identifier_rule("doi", domain.doi)]
Isbns = Annotated[list[Isbn], Field(max_length=50), AfterValidator(domain.distinct)]
Issns = Annotated[list[Issn], Field(max_length=50), AfterValidator(domain.distinct)]
Link = Annotated[
    Line, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f\ufeff]+$")
]
Names = Annotated[
    list[Name],
    Field(max_length=2000, json_schema_extra={"x-one-per-line": True}),
    AfterValidator(domain.distinct),
]
Tags = Annotated[list[Tag], Field(max_length=100), AfterValidator(domain.distinct)]


def named_keys(schema: dict[str, Any]) -> None:
    """Say in the schema of a mapping which names its keys may have, and that there are no others."""
    ((pattern, value),) = schema.pop("patternProperties").items()
    schema["propertyNames"] = {**schema.get("propertyNames", {}), "pattern": pattern}
    schema["additionalProperties"] = value
