"""What may be said of a resource beyond what its form asks: the record whole, for who exchanges it.

The vocabularies are DataCite's (schema 4.5), which BibTeX, RIS, MARC and CSL fit into. The names in
`authors` stand for themselves; a contributor of the same name says more of that author.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from azora.messages import Message
from azora_library import domain
from azora_library.catalogue.fields import Issn, Line, Name, Prose, identifier_rule, named_keys

LARGEST = 200_000
"""Characters of what is kept for other formats, as JSON."""

Short = Annotated[Line, StringConstraints(max_length=100)]
Words = Annotated[Line, StringConstraints(max_length=1000)]
Address = Annotated[Line, StringConstraints(max_length=2000)]
LanguageTag = Annotated[
    str, StringConstraints(pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)
]
Orcid = Annotated[Line, Field(max_length=60), *identifier_rule("orcid", domain.orcid)]

AUTHOR = "Author"
EDITOR = "Editor"

TitleKind = Literal["Subtitle", "AlternativeTitle", "TranslatedTitle", "ShortTitle", "Other"]
DateKind = Literal[
    "Accepted", "Available", "Collected", "Copyrighted", "Coverage", "Created", "Issued", "Other",
    "Submitted", "Updated", "Valid", "Withdrawn", "Accessed",
]  # fmt: skip
NoteKind = Literal["Abstract", "Methods", "SeriesInformation", "TableOfContents", "TechnicalInfo", "Other"]  # fmt: skip


class Identifier(Message):
    """A name that some scheme gives: `Handle`, `PMID`, `arXiv`, `ORCID`, `ROR`."""

    value: Address
    scheme: Short | None = None


class Affiliation(Message):
    name: Words
    identifier: Address | None = Field(None, description="Such as `https://ror.org/03p74gp79`.")
    scheme: Short | None = None


class Contributor(Message):
    """Somebody who made the resource; `role` is `Author` or one of DataCite's contributor types."""

    name: Name
    role: Short = AUTHOR
    organisation: bool = False
    given: Name | None = None
    family: Name | None = None
    orcid: Orcid | None = None
    identifiers: list[Identifier] = Field([], max_length=20)
    affiliations: list[Affiliation] = Field([], max_length=50)


class OtherTitle(Message):
    text: Words
    kind: TitleKind = "Other"
    language: LanguageTag | None = None


class SaidDate(Message):
    """A date, or a span as `2019-01/2019-12`, as its source writes it (ISO 8601 where it can)."""

    value: Short
    kind: DateKind = "Issued"
    note: Words | None = None


class Series(Message):
    title: Words
    number: Short | None = None
    issn: Issn | None = None


class Container(Message):
    """What the resource is a part of: a journal, a book, proceedings."""

    title: Words | None = None
    volume: Short | None = None
    issue: Short | None = None
    pages: Short | None = Field(None, description="As `17–42`, or the number of the article.")
    kind: Short | None = Field(None, description="`Journal`, `Book`, `Series` …")
    identifier: Address | None = None
    scheme: Short | None = None


class Subject(Message):
    """A term of a scheme; the term alone stands among the tags."""

    term: Words
    scheme: Short | None = Field(None, description="`LCSH`, `DDC`, `MeSH` …")
    scheme_uri: Address | None = None
    uri: Address | None = None
    code: Short | None = None
    language: LanguageTag | None = None


class Rights(Message):
    """What a reader may do with the resource."""

    text: Words | None = None
    identifier: Short | None = Field(None, description="SPDX: `CC-BY-4.0`.")
    uri: Address | None = None
    scheme: Short | None = None
    scheme_uri: Address | None = None
    language: LanguageTag | None = None


class Funding(Message):
    funder: Words
    identifier: Address | None = None
    scheme: Short | None = None
    award: Short | None = None
    award_uri: Address | None = None
    award_title: Words | None = None


class Related(Message):
    """Another work; `relation` is DataCite's, seen from the resource: it `References`, `IsPartOf` …

    A work that has no identifier is named by `text`, its citation.
    """

    identifier: Address | None = None
    scheme: Short | None = Field(None, description="`DOI`, `ISBN`, `URL` …")
    relation: Short = "References"
    type: Short | None = None
    text: Annotated[Prose, StringConstraints(max_length=4000)] | None = None


class Note(Message):
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=50_000)]
    kind: NoteKind = "Other"
    language: LanguageTag | None = None


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value)) > LARGEST:
        raise ValueError(f"holds more than {LARGEST:,} characters")
    return value


class Details(Message):
    """What a catalogue may say of a resource beyond its description. All of it may be absent."""

    title_language: LanguageTag | None = None
    titles: list[OtherTitle] = Field([], max_length=50)
    contributors: list[Contributor] = Field([], max_length=2000)
    dates: list[SaidDate] = Field([], max_length=50)
    identifiers: list[Identifier] = Field([], max_length=100)
    edition: Words | None = None
    version: Short | None = None
    series: list[Series] = Field([], max_length=20)
    container: Container | None = None
    place: Words | None = None
    publisher_identifier: Identifier | None = None
    subjects: list[Subject] = Field([], max_length=300)
    rights: list[Rights] = Field([], max_length=20)
    funding: list[Funding] = Field([], max_length=100)
    related: list[Related] = Field([], max_length=5000)
    notes: list[Note] = Field([], max_length=100)
    extent: list[Words] = Field([], max_length=50)
    formats: list[Short] = Field([], max_length=50)
    languages: list[LanguageTag] = Field([], max_length=50)
    resource_type: Short | None = Field(None, description="DataCite's general type: `Dataset`.")
    genre: Words | None = Field(None, description="In the words of its source: `PhD thesis`.")
    kept: Annotated[dict[Short, JsonValue], AfterValidator(_bounded)] = Field(
        {},
        max_length=20,
        description="By format, what its source said that the catalogue has no word for.",
        json_schema_extra=named_keys,
    )


EMPTY = Details()


def as_stored(details: Details) -> dict[str, Any]:
    """The details without what they do not say."""
    return {} if details == EMPTY else details.model_dump(mode="json", exclude_defaults=True)


def words_of(details: Mapping[str, Any]) -> list[str]:
    """What of stored details a reader may search for."""
    container = details.get("container") or {}
    return [
        *(one["text"] for one in details.get("titles", ())),
        *(one["name"] for one in details.get("contributors", ())),
        *(one["title"] for one in details.get("series", ())),
        *filter(None, [container.get("title"), details.get("place")]),
        *(one["value"] for one in details.get("identifiers", ())),
    ]
