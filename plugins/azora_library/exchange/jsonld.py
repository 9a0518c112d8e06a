"""A resource as schema.org's JSON-LD, for search engines and whoever reads a page by program."""

from typing import Any

from azora_library import domain
from azora_library.exchange.names import in_parts
from azora_library.exchange.records import told
from azora_library.exchange.work import Work

MEDIA_TYPE = "application/ld+json"

_TYPES = {
    domain.BOOK: "Book",
    domain.ARTICLE: "ScholarlyArticle",
    domain.VIDEO: "VideoObject",
    domain.PRESENTATION: "PresentationDigitalDocument",
}


def write(values: dict[str, Any]) -> dict[str, Any]:
    """The description; `address` in the values is the page it stands on."""
    work = Work(values)
    doi = work.get("doi")
    container = work.container
    return told(
        {
            "@context": "https://schema.org",
            "@type": _TYPES.get(work.get("type"), "CreativeWork"),
            "@id": f"https://doi.org/{doi}" if doi else work.get("address"),
            "url": work.get("address"),
            "name": work.get("title"),
            "alternateName": [
                one["text"] for one in work.all("titles") if one.get("kind") != "Subtitle"
            ],
            "description": work.get("content"),
            "author": list(map(_agent, work.authors)),
            "editor": list(map(_agent, work.people("Editor"))),
            "translator": list(map(_agent, work.people("Translator"))),
            "datePublished": work.issued,
            "inLanguage": work.get("language"),
            "keywords": list(work.get("tags") or ()),
            "publisher": {"@type": "Organization", "name": work.get("publisher")}
            if work.get("publisher")
            else None,
            "isbn": list(work.get("isbn") or ()),
            "bookEdition": work.details.get("edition"),
            "version": work.details.get("version"),
            "pagination": container.get("pages"),
            "isPartOf": _container(work),
            "license": [one["uri"] for one in work.all("rights") if one.get("uri")],
            "funder": [
                {"@type": "Organization", "name": one["funder"]} for one in work.all("funding")
            ],
            "sameAs": work.get("link"),
            "identifier": [{"@type": "PropertyValue", "propertyID": "DOI", "value": doi}]
            if doi
            else [],
            "dateModified": work.get("updated").isoformat() if work.get("updated") else None,
        }
    )


def _agent(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("organisation"):
        return {"@type": "Organization", "name": one["name"]}
    given, family = in_parts(one)
    return told(
        {
            "@type": "Person",
            "name": one["name"],
            "givenName": given,
            "familyName": family,
            "@id": one.get("orcid") and f"https://orcid.org/{one['orcid']}",
            "affiliation": [
                {"@type": "Organization", "name": place["name"]}
                for place in one.get("affiliations") or ()
            ],
        }
    )


def _container(work: Work) -> dict[str, Any]:
    said = work.container
    issns = list(work.get("issn") or ())
    if not said.get("title"):
        return {}
    whole = told(
        {"@type": "Periodical" if issns else "CreativeWork", "name": said["title"], "issn": issns}
    )
    for kind, field, value in (
        ("PublicationVolume", "volumeNumber", said.get("volume")),
        ("PublicationIssue", "issueNumber", said.get("issue")),
    ):
        if value:
            whole = {"@type": kind, field: value, "isPartOf": whole}
    return whole
