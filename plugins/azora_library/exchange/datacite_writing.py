"""A resource as DataCite's JSON (schema 4.5)."""

from typing import Any

from azora_library import domain
from azora_library.exchange.faithful import restored
from azora_library.exchange.jsonrecords import Json
from azora_library.exchange.names import in_parts, inverted
from azora_library.exchange.records import told
from azora_library.exchange.work import Work

MEDIA_TYPE = "application/vnd.datacite.datacite+json"

GENERAL_TYPES = {
    domain.BOOK: "Book",
    domain.ARTICLE: "JournalArticle",
    domain.VIDEO: "Audiovisual",
    domain.DOCUMENT: "Text",
    domain.PRESENTATION: "Presentation",
}
ROLES = frozenset({
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor",
    "HostingInstitution", "Other", "Producer", "ProjectLeader", "ProjectManager", "ProjectMember",
    "RegistrationAgency", "RegistrationAuthority", "RelatedPerson", "ResearchGroup",
    "RightsHolder", "Researcher", "Sponsor", "Supervisor", "WorkPackageLeader",
})  # fmt: skip


def write(values: dict[str, Any]) -> Json:
    """The record of a resource; `schemaVersion` says by which schema."""
    work = Work(values)
    record = {
        "doi": work.get("doi"),
        "identifiers": _identifiers(work),
        "creators": list(map(_name, work.authors)),
        "titles": _titles(work),
        "publisher": _publisher(work),
        "publicationYear": work.get("year"),
        "container": _container(work),
        "subjects": _subjects(work),
        "contributors": [{**_name(one), "contributorType": _role(one)} for one in work.others],
        "dates": _dates(work),
        "language": work.get("language"),
        "types": told(
            {
                "resourceTypeGeneral": _general_type(work),
                "resourceType": work.details.get("genre"),
            }
        ),
        "relatedIdentifiers": [
            _related(one) for one in work.all("related") if one.get("identifier")
        ],
        "sizes": work.all("extent"),
        "formats": work.all("formats"),
        "version": work.details.get("version"),
        "rightsList": [_rights(one) for one in work.all("rights")],
        "descriptions": _descriptions(work),
        "fundingReferences": [_funding(one) for one in work.all("funding")],
        "url": work.get("link"),
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return restored(told(record), (work.details.get("kept") or {}).get("datacite", {}))


def by_schema(values: dict[str, Any]) -> Json:
    """The record as the schema (and so its XML) has it, where the API's JSON differs."""
    record = write(values)
    publisher = record.get("publisher") or "(:unav)"
    others = [
        {"alternateIdentifier": one["identifier"], "alternateIdentifierType": one["identifierType"]}
        for one in record.pop("identifiers", ())
    ]
    return told({**record, "alternateIdentifiers": others}) | {
        "publisher": publisher if isinstance(publisher, dict) else {"name": publisher},
        "publicationYear": str(record.get("publicationYear") or "(:unav)"),
    }


def as_element(values: dict[str, Any], key: str) -> Any:
    """The record as DataCite's XML."""
    from datacite import schema45  # half a second, which only harvesters should pay

    return schema45.dump_etree(by_schema(values))


def _general_type(work: Work) -> str:
    return work.details.get("resource_type") or GENERAL_TYPES.get(work.get("type"), "Other")


def _role(one: dict[str, Any]) -> str:
    return one["role"] if one["role"] in ROLES else "Other"


def _identifiers(work: Work) -> list[Json]:
    return [
        *({"identifier": isbn, "identifierType": "ISBN"} for isbn in work.get("isbn") or ()),
        *({"identifier": issn, "identifierType": "ISSN"} for issn in work.get("issn") or ()),
        *(
            {"identifier": one["value"], "identifierType": one.get("scheme") or "Other"}
            for one in work.all("identifiers")
        ),
    ]


def _name(one: dict[str, Any]) -> Json:
    organisation = bool(one.get("organisation"))
    given, family = ("", "") if organisation else in_parts(one)
    identifiers = [
        told({"nameIdentifier": named["value"], "nameIdentifierScheme": named.get("scheme")})
        for named in one.get("identifiers") or ()
    ]
    if one.get("orcid"):
        identifiers.insert(
            0,
            {
                "nameIdentifier": f"https://orcid.org/{one['orcid']}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            },
        )
    return told(
        {
            "name": inverted(one),
            "nameType": "Organizational" if organisation else "Personal",
            "givenName": given,
            "familyName": family,
            "affiliation": [_affiliation(place) for place in one.get("affiliations") or ()],
            "nameIdentifiers": identifiers,
        }
    )


def _affiliation(place: dict[str, Any]) -> Json:
    return told(
        {
            "name": place["name"],
            "affiliationIdentifier": place.get("identifier"),
            "affiliationIdentifierScheme": place.get("scheme"),
        }
    )


def _titles(work: Work) -> list[Json]:
    titles = [told({"title": work.title, "lang": work.details.get("title_language")})]
    for one in work.all("titles"):
        kind = one.get("kind", "Other")
        if kind != "Subtitle" or one["text"] == work.subtitle:
            kind = "AlternativeTitle" if kind == "ShortTitle" else kind
            titles.append(
                told({"title": one["text"], "titleType": kind, "lang": one.get("language")})
            )
    return titles


def _publisher(work: Work) -> Json | str | None:
    name = work.get("publisher")
    identifier = work.details.get("publisher_identifier")
    if not name or not identifier:
        return name  # type: ignore[no-any-return]
    return told(
        {
            "name": name,
            "publisherIdentifier": identifier["value"],
            "publisherIdentifierScheme": identifier.get("scheme"),
        }
    )


def _container(work: Work) -> Json:
    said = work.container
    first, last = work.pages
    return told(
        {
            "type": said.get("kind"), "title": said.get("title"), "volume": said.get("volume"),
            "issue": said.get("issue"), "firstPage": first, "lastPage": last,
            "identifier": said.get("identifier"), "identifierType": said.get("scheme"),
        }
    )  # fmt: skip


def _subjects(work: Work) -> list[Json]:
    """The tags, with what the details say of each."""
    known = {one["term"][:100].casefold(): one for one in work.all("subjects")}
    return [_subject(known.get(tag.casefold(), {"term": tag})) for tag in work.get("tags") or ()]


def _subject(one: dict[str, Any]) -> Json:
    return told(
        {
            "subject": one["term"], "subjectScheme": one.get("scheme"), "schemeUri": one.get("scheme_uri"),
            "valueUri": one.get("uri"), "classificationCode": one.get("code"),
            "lang": one.get("language"),
        }
    )  # fmt: skip


def _dates(work: Work) -> list[Json]:
    dates = [
        told(
            {
                "date": one["value"],
                "dateType": one.get("kind", "Issued"),
                "dateInformation": one.get("note"),
            }
        )
        for one in work.all("dates")
        if one.get("kind") != "Accessed"
        and (one.get("kind", "Issued") != "Issued" or one["value"] == work.issued)
    ]
    if work.issued and not any(one["dateType"] == "Issued" for one in dates):
        dates.append({"date": work.issued, "dateType": "Issued"})
    return dates


def _related(one: dict[str, Any]) -> Json:
    return told(
        {
            "relatedIdentifier": one["identifier"], "relatedIdentifierType": one.get("scheme") or "URL",
            "relationType": one.get("relation", "References"), "resourceTypeGeneral": one.get("type"),
        }
    )  # fmt: skip


def _rights(one: dict[str, Any]) -> Json:
    return told(
        {
            "rights": one.get("text"), "rightsUri": one.get("uri"),
            "rightsIdentifier": one.get("identifier"), "rightsIdentifierScheme": one.get("scheme"),
            "schemeUri": one.get("scheme_uri"), "lang": one.get("language"),
        }
    )  # fmt: skip


def _descriptions(work: Work) -> list[Json]:
    abstract = [{"description": work.get("content"), "descriptionType": "Abstract"}] * bool(
        work.get("content")
    )
    return abstract + [
        told(
            {
                "description": one["text"],
                "descriptionType": one.get("kind", "Other"),
                "lang": one.get("language"),
            }
        )
        for one in work.all("notes")
    ]


def _funding(one: dict[str, Any]) -> Json:
    return told(
        {
            "funderName": one["funder"], "funderIdentifier": one.get("identifier"),
            "funderIdentifierType": one.get("scheme"), "awardNumber": one.get("award"),
            "awardUri": one.get("award_uri"), "awardTitle": one.get("award_title"),
        }
    )  # fmt: skip
