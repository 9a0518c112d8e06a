"""Simple Dublin Core as OAI-PMH carries it (`oai_dc`) as ours and back."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from azora_library import domain
from azora_library.exchange import names
from azora_library.exchange.records import (
    Read,
    Refused,
    checked,
    clean,
    digest_key,
    language_code,
    told,
)
from azora_library.exchange.work import Work, date_parts
from azora_library.exchange.xmlrecords import Element, has_tag, read_elements

MEDIA_TYPE = "application/xml"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
RECORD = f"{{{OAI_DC}}}dc"
SCHEMA = f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

_TYPES = {
    "book": domain.BOOK, "article": domain.ARTICLE, "journalarticle": domain.ARTICLE,
    "info:eu-repo/semantics/article": domain.ARTICLE, "info:eu-repo/semantics/book": domain.BOOK,
    "info:eu-repo/semantics/bookpart": domain.ARTICLE, "movingimage": domain.VIDEO,
    "video": domain.VIDEO, "lecture": domain.PRESENTATION, "presentation": domain.PRESENTATION,
}  # fmt: skip


def looks_like_dublin_core(head: bytes) -> bool:
    """Whether a file that begins so holds `oai_dc:dc` elements."""
    return has_tag(head, RECORD)


def read_dublin_core(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each record of a file in turn, harvested or not."""
    return read_elements(stream, (RECORD,), read_element)


def read_element(number: int, element: Element, key: str = "") -> Read | Refused:
    """One `dc` element; its key is what the harvest says, else its first identifier."""
    said: dict[str, list[str]] = {}
    for child in element.iterchildren(f"{{{DC}}}*"):
        if text := (child.text or "").strip():
            said.setdefault(etree.QName(child).localname, []).append(text)
    known = key or clean(next(iter(said.get("identifier", ())), "")) or digest_key(said)
    return checked(number, known[:300], describe(said))


def describe(said: dict[str, list[str]]) -> dict[str, Any]:
    """What the elements say, as the values of our Description."""
    contributors = [
        *(
            _person(text, role)
            for role, name in (("", "creator"), ("Other", "contributor"))
            for text in said.get(name, ())
        )
    ]
    authors, telling = names.described_people([one for one in contributors if one.get("name")])
    identifiers = [clean(text) for text in said.get("identifier", ())]
    dois = [found for text in identifiers if (found := domain.doi(text))]
    links = [
        text
        for text in identifiers
        if text.startswith(("http://", "https://")) and not domain.doi(text)
    ]
    titles = [clean(text) for text in said.get("title", ())]
    kinds = [clean(text) for text in said.get("type", ())]
    issued = clean(next(iter(said.get("date", ())), ""))[:100]
    return {
        "title": next(iter(titles), "")[:1000],
        "type": next((_TYPES[kind] for one in kinds if (kind := one.casefold().replace(" ", "")) in _TYPES), domain.DOCUMENT),
        "content": "\n\n".join(text.strip() for text in said.get("description", ()))[:100_000],
        "authors": authors,
        "tags": [tag for text in said.get("subject", ()) if (tag := clean(text)[:100])],
        "language": next(filter(None, map(language_code, said.get("language", ()))), None),
        "year": next(iter(date_parts(issued)), None) or domain.year_in(issued),
        "publisher": clean(next(iter(said.get("publisher", ())), ""))[:300] or None,
        "isbn": [found for text in identifiers if (found := domain.isbn13(_bare(text, "isbn")))],
        "issn": [found for text in identifiers if (found := domain.issn(_bare(text, "issn")))],
        "doi": next(iter(dois), None),
        "link": links[0][:2000] if links and " " not in links[0] else None,
        "details": told(
            {
                "titles": [{"text": text, "kind": "AlternativeTitle"} for text in titles[1:] if text],
                "contributors": telling,
                "dates": [{"value": issued}] if len(issued) > 4 and date_parts(issued) else [],
                "genre": next(iter(kinds), ""),
                "formats": [text[:100] for one in said.get("format", ()) if (text := clean(one))],
                "rights": [_rights(clean(text)) for text in said.get("rights", ())],
                "related": [
                    *(_related(text, "References") for text in said.get("relation", ())),
                    *(_related(text, "IsDerivedFrom") for text in said.get("source", ())),
                ],
                "notes": [{"text": clean(text)} for text in said.get("coverage", ())],
            }
        ),
    }  # fmt: skip


def as_element(values: dict[str, Any], address: str = "") -> Element:
    """A resource as an `oai_dc:dc` element; `address` is where it is found here."""
    top = etree.Element(RECORD, nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    top.set(f"{{{XSI}}}schemaLocation", SCHEMA)
    for name, text in _elements(Work(values), address):
        if text:
            etree.SubElement(top, f"{{{DC}}}{name}").text = str(text)
    return top


def _elements(work: Work, address: str) -> list[tuple[str, Any]]:
    return [
        ("title", work.get("title")),
        *(("title", one["text"]) for one in work.all("titles") if one.get("kind") != "Subtitle"),
        *(("creator", names.inverted(one)) for one in work.authors),
        *(("contributor", names.inverted(one)) for one in work.others),
        *(("subject", tag) for tag in work.get("tags") or ()),
        ("description", work.get("content")),
        ("publisher", work.get("publisher")),
        ("date", work.issued),
        ("type", work.details.get("genre") or (work.get("type") or "").capitalize()),
        *(("format", one) for one in work.details.get("formats") or ()),
        ("identifier", work.get("doi") and f"https://doi.org/{work.get('doi')}"),
        ("identifier", address),
        ("identifier", work.get("link")),
        *(("identifier", f"urn:isbn:{isbn}") for isbn in work.get("isbn") or ()),
        *(("identifier", f"urn:issn:{issn}") for issn in work.get("issn") or ()),
        ("source", work.container.get("title")),
        ("language", work.get("language")),
        *(("relation", one.get("identifier") or one.get("text")) for one in work.all("related")),
        *(("rights", one.get("uri") or one.get("text") or one.get("identifier")) for one in work.all("rights")),
    ]  # fmt: skip


def _person(text: str, role: str) -> dict[str, Any]:
    family, _, given = (part.strip() for part in clean(text).partition(","))
    found = names.person(given, family) if given else {"name": family}
    return {**found, "role": role} if role else found


def _bare(text: str, scheme: str) -> str:
    return text.casefold().removeprefix(f"urn:{scheme}:").removeprefix(f"{scheme}:").strip().upper()


def _rights(text: str) -> dict[str, Any]:
    return {"uri": text} if text.startswith(("http://", "https://")) else {"text": text[:1000]}


def _related(text: str, relation: str) -> dict[str, Any]:
    said = clean(text)
    if doi := domain.doi(said):
        return {"identifier": doi, "scheme": "DOI", "relation": relation}
    if said.startswith(("http://", "https://")) and " " not in said:
        return {"identifier": said[:2000], "scheme": "URL", "relation": relation}
    return {"text": said[:4000], "relation": relation}
