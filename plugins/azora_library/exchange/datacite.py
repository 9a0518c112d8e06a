"""DataCite metadata (schema 4.5, the JSON of its REST API) as ours and back."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from azora_library import domain
from azora_library.exchange.datacite_parts import (
    container,
    contributor,
    date,
    each,
    funding,
    identifier,
    is_other,
    note,
    related,
    rights,
    subject,
    text,
    title,
)
from azora_library.exchange.datacite_writing import GENERAL_TYPES, write
from azora_library.exchange.faithful import differences, keeping
from azora_library.exchange.jsonrecords import Json, first_object, read_objects
from azora_library.exchange.names import described_people
from azora_library.exchange.records import (
    Read,
    Refused,
    checked,
    clean,
    digest_key,
    language_code,
    told,
)
from azora_library.exchange.work import date_parts

_TYPES = {general: type for type, general in GENERAL_TYPES.items()} | {
    "BookChapter": domain.ARTICLE, "ConferencePaper": domain.ARTICLE, "DataPaper": domain.ARTICLE,
    "Preprint": domain.ARTICLE, "Audiovisual": domain.VIDEO, "Film": domain.VIDEO,
}  # fmt: skip
_ENVELOPE = ("id", "types", "state", "xml")


def looks_like_datacite(head: bytes) -> bool:
    """Whether a file that begins so holds records with creators and titles in DataCite's form."""
    found = first_object(head)
    if isinstance(found.get("data"), list):
        found = next((one for one in found["data"] if isinstance(one, dict)), {})
    found = attributes(found)
    return "titles" in found or ("creators" in found and "title" not in found)


def read_datacite(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each record of a file in turn: a record, a list of them, or a page of DataCite's API."""
    return read_objects(stream, {"data": "data.item"}, read_record)


def attributes(record: Json) -> Json:
    """The metadata itself, out of what the API wraps round it."""
    for name in ("data", "attributes"):
        inner = record.get(name)
        record = inner if isinstance(inner, dict) else record
    return record


def read_record(number: int, record: Json) -> Read | Refused:
    """One record; what it says beyond our words is kept."""
    said = attributes(record)
    key = clean(str(said.get("doi") or said.get("id") or record.get("id") or "")) or digest_key(
        said
    )
    try:
        found = checked(number, key.lower(), describe(said))
    except (TypeError, AttributeError, ValueError, KeyError, IndexError) as error:
        return Refused(number, key[:300], f"is not sound DataCite JSON: {error}")
    if isinstance(found, Refused):
        return found
    written = write(found.record.model_dump(exclude={"key"}, mode="json"))
    return keeping(found, "datacite", differences(said, written))


def describe(said: Json) -> dict[str, Any]:
    """What a record says, as the values of our Description."""
    titles = each(said, "titles")
    main = next((one for one in titles if not one.get("titleType")), (titles or [{}])[0])
    subtitle = next(
        (text(one, "title") for one in titles if one.get("titleType") == "Subtitle"), ""
    )
    notes = each(said, "descriptions")
    abstract = next((one for one in notes if one.get("descriptionType") == "Abstract"), {})
    types = said.get("types") or {}
    identifiers = each(said, "identifiers") + each(said, "alternateIdentifiers")
    contributors = [contributor(one) for one in each(said, "creators")] + [
        {**contributor(one), "role": text(one, "contributorType") or "Other"}
        for one in each(said, "contributors")
    ]
    authors, telling = described_people([one for one in contributors if one.get("name")])
    year = said.get("publicationYear") or next(iter(date_parts(_issued(said))), None)
    return {
        "title": ": ".join(filter(None, [text(main, "title"), subtitle])),
        "type": _TYPES.get(text(types, "resourceTypeGeneral"), domain.DOCUMENT),
        "content": str(abstract.get("description") or "").strip(),
        "authors": authors,
        "tags": [term[:100] for one in each(said, "subjects") if (term := text(one, "subject"))],
        "language": language_code(str(said.get("language") or "")),
        "year": int(year) if year else None,
        "publisher": _publisher(said)[:300] or None,
        "isbn": _named(identifiers, "ISBN", domain.isbn13),
        "issn": _named(identifiers, "ISSN", domain.issn),
        "doi": domain.doi(str(said.get("doi") or "")),
        "link": _link(said),
        "details": told(
            {
                "title_language": main.get("lang"),
                "titles": [title(one) for one in titles if one is not main and one.get("title")],
                "contributors": telling,
                "dates": [date(one) for one in each(said, "dates") if one.get("date")],
                "identifiers": [identifier(one) for one in identifiers if is_other(one)],
                "version": said.get("version"),
                "container": container(said.get("container") or {}),
                "publisher_identifier": _publisher_identifier(said.get("publisher")),
                "subjects": [subject(one) for one in each(said, "subjects") if len(told(one)) > 1],
                "rights": [rights(one) for one in each(said, "rightsList")],
                "funding": [
                    funding(one) for one in each(said, "fundingReferences") if one.get("funderName")
                ],
                "related": [related(one) for one in each(said, "relatedIdentifiers")],
                "notes": [
                    note(one) for one in notes if one is not abstract and one.get("description")
                ],
                "extent": said.get("sizes"),
                "formats": said.get("formats"),
                "resource_type": types.get("resourceTypeGeneral"),
                "genre": types.get("resourceType"),
            }
        ),
    }


def _issued(said: Json) -> str:
    return next(
        (text(one, "date") for one in each(said, "dates") if one.get("dateType") == "Issued"), ""
    )


def _named(identifiers: list[Json], scheme: str, read: Any) -> list[str]:
    said = [identifier(one) for one in identifiers]
    return [
        found
        for one in said
        if one.get("scheme") == scheme and (found := read(one.get("value", "")))
    ]


def _publisher(said: Json) -> str:
    publisher = said.get("publisher")
    return text(publisher, "name") if isinstance(publisher, dict) else clean(str(publisher or ""))


def _publisher_identifier(publisher: Any) -> dict[str, Any] | None:
    if not isinstance(publisher, dict) or not publisher.get("publisherIdentifier"):
        return None
    return told(
        {
            "value": publisher["publisherIdentifier"],
            "scheme": publisher.get("publisherIdentifierScheme"),
        }
    )


def _link(said: Json) -> str | None:
    url = text(said, "url")
    return url if url.startswith(("http://", "https://")) else None
