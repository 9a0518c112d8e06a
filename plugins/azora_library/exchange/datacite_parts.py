"""The parts of a DataCite record as ours: people, titles, dates, identifiers, rights, funding."""

from typing import Any

from azora_library import domain
from azora_library.exchange.jsonrecords import Json
from azora_library.exchange.names import spoken
from azora_library.exchange.records import clean, told


def each(said: Json, name: str) -> list[Json]:
    return [one for one in said.get(name) or () if isinstance(one, dict)]


def text(said: Json, name: str) -> str:
    return clean(str(said.get(name) or ""))


def contributor(one: Json) -> dict[str, Any]:
    identifiers = [
        {"value": value, "scheme": text(named, "nameIdentifierScheme")}
        for named in each(one, "nameIdentifiers")
        if (value := text(named, "nameIdentifier"))
    ]
    orcid = next((found for named in identifiers if (found := domain.orcid(named["value"]))), None)
    organisation = one.get("nameType") == "Organizational"
    given, family = text(one, "givenName"), text(one, "familyName")
    name = text(one, "name")
    return told(
        {
            "name": name if organisation else f"{given} {family}".strip() or spoken(name),
            "organisation": organisation,
            "given": given,
            "family": family,
            "orcid": orcid,
            "identifiers": [
                told(named) for named in identifiers if not domain.orcid(named["value"])
            ],
            "affiliations": [_affiliation(place) for place in one.get("affiliation") or ()],
        }
    )


def _affiliation(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        return {"name": clean(str(said))}
    return told(
        {
            "name": text(said, "name"),
            "identifier": said.get("affiliationIdentifier"),
            "scheme": said.get("affiliationIdentifierScheme"),
        }
    )


def title(one: Json) -> dict[str, Any]:
    kind = {"AlternativeTitle", "Subtitle", "TranslatedTitle"} & {one.get("titleType")}
    return told(
        {
            "text": text(one, "title"),
            "kind": next(iter(kind), "Other"),
            "language": one.get("lang"),
        }
    )


def date(one: Json) -> dict[str, Any]:
    return told(
        {
            "value": text(one, "date"),
            "kind": one.get("dateType") or "Other",
            "note": one.get("dateInformation"),
        }
    )


def identifier(one: Json) -> dict[str, Any]:
    return told(
        {
            "value": text(one, "identifier") or text(one, "alternateIdentifier"),
            "scheme": text(one, "identifierType") or text(one, "alternateIdentifierType"),
        }
    )


def is_other(one: Json) -> bool:
    found = identifier(one)
    return bool(found.get("value")) and found.get("scheme") not in ("DOI", "ISBN", "ISSN")


def container(said: Json) -> dict[str, Any]:
    pages = "–".join(filter(None, [text(said, "firstPage"), text(said, "lastPage")]))
    return told(
        {
            "title": text(said, "title"), "kind": said.get("type"), "volume": text(said, "volume"),
            "issue": text(said, "issue"), "pages": pages, "identifier": said.get("identifier"),
            "scheme": said.get("identifierType"),
        }
    )  # fmt: skip


def subject(one: Json) -> dict[str, Any]:
    return told(
        {
            "term": text(one, "subject"), "scheme": one.get("subjectScheme"), "uri": one.get("valueUri"),
            "scheme_uri": one.get("schemeUri"), "code": one.get("classificationCode"),
            "language": one.get("lang"),
        }
    )  # fmt: skip


def rights(one: Json) -> dict[str, Any]:
    return told(
        {
            "text": text(one, "rights"), "uri": one.get("rightsUri"),
            "identifier": one.get("rightsIdentifier"), "scheme": one.get("rightsIdentifierScheme"),
            "scheme_uri": one.get("schemeUri"), "language": one.get("lang"),
        }
    )  # fmt: skip


def funding(one: Json) -> dict[str, Any]:
    return told(
        {
            "funder": text(one, "funderName"), "identifier": one.get("funderIdentifier"),
            "scheme": one.get("funderIdentifierType"), "award": one.get("awardNumber"),
            "award_uri": one.get("awardUri"), "award_title": one.get("awardTitle"),
        }
    )  # fmt: skip


def related(one: Json) -> dict[str, Any]:
    return told(
        {
            "identifier": text(one, "relatedIdentifier"), "scheme": one.get("relatedIdentifierType"),
            "relation": one.get("relationType"), "type": one.get("resourceTypeGeneral"),
        }
    )  # fmt: skip


def note(one: Json) -> dict[str, Any]:
    return told(
        {
            "text": str(one["description"]).strip(), "kind": one.get("descriptionType") or "Other",
            "language": one.get("lang"),
        }
    )  # fmt: skip
