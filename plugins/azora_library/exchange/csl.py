"""CSL-JSON items as ours and back: what Zotero, Pandoc and citation processors speak (citationstyles.org)."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from azora_library import domain
from azora_library.exchange import names
from azora_library.exchange.faithful import differences, keeping, restored
from azora_library.exchange.jsonrecords import Json, first_object, read_objects
from azora_library.exchange.records import (
    Read,
    Refused,
    checked,
    clean,
    digest_key,
    language_code,
    told,
)
from azora_library.exchange.work import Work, date_parts, iso_date

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"

_TYPES = {
    "article": domain.ARTICLE, "article-journal": domain.ARTICLE, "article-magazine": domain.ARTICLE,
    "article-newspaper": domain.ARTICLE, "paper-conference": domain.ARTICLE, "chapter": domain.ARTICLE,
    "entry-encyclopedia": domain.ARTICLE, "book": domain.BOOK, "motion_picture": domain.VIDEO,
    "broadcast": domain.VIDEO, "speech": domain.PRESENTATION,
}  # fmt: skip
_WRITTEN = {
    domain.ARTICLE: "article-journal", domain.BOOK: "book", domain.VIDEO: "motion_picture",
    domain.PRESENTATION: "speech",
}  # fmt: skip
_ROLES = {"editor": "Editor", "translator": "Translator", "collection-editor": "SeriesEditor"}


def looks_like_csl(head: bytes) -> bool:
    """Whether a file that begins so holds items with a type and the names that CSL gives."""
    found = first_object(head)
    if isinstance(found.get("items"), list):
        found = next((one for one in found["items"] if isinstance(one, dict)), {})
    return "title" in found and ("type" in found or "issued" in found) and "titles" not in found


def read_csl(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each item of a file in turn."""
    return read_objects(stream, {"items": "items.item"}, read_item)


def read_item(number: int, item: Json) -> Read | Refused:
    """One item; what it says beyond our words is kept."""
    key = clean(str(item.get("id") or item.get("DOI") or "")) or digest_key(item)
    try:
        found = checked(number, key, describe(item))
    except (TypeError, AttributeError, ValueError, KeyError, IndexError) as error:
        return Refused(number, key[:300], f"is not sound CSL-JSON: {error}")
    if isinstance(found, Refused):
        return found
    written = write(found.record.model_dump(exclude={"key"}, mode="json"))
    return keeping(found, "csl", differences(item, written))


def describe(item: Json) -> dict[str, Any]:
    """What an item says, as the values of our Description."""

    def text(*keys: str) -> str:
        return next((clean(str(item[key])) for key in keys if item.get(key)), "")

    contributors = [
        {**_person(one), **({"role": role} if role else {})}
        for name, role in (("author", ""), *_ROLES.items())
        for one in item.get(name) or ()
    ]
    authors, telling = names.described_people([one for one in contributors if one.get("name")])
    issued, accessed = _date(item.get("issued")), _date(item.get("accessed"))
    container = told(
        {
            "title": text("container-title"),
            "volume": text("volume"),
            "issue": text("issue"),
            "pages": text("page"),
        }
    )
    series = told({"title": text("collection-title"), "number": text("collection-number")})
    details = told(
        {
            "contributors": telling,
            "dates": [{"value": issued}] * (len(issued) > 4)
            + [{"value": accessed, "kind": "Accessed"}] * bool(accessed),
            "titles": [{"text": text("title-short"), "kind": "ShortTitle"}]
            * bool(text("title-short")),
            "container": container,
            "series": [series] * bool(series.get("title")),
            "edition": text("edition"),
            "version": text("version"),
            "place": text("publisher-place"),
            "genre": text("genre"),
            "notes": [{"text": text("note")}] * bool(text("note")),
            "identifiers": [
                {"value": text(scheme), "scheme": scheme}
                for scheme in ("PMID", "PMCID")
                if text(scheme)
            ],
        }
    )
    url = text("URL")
    return {
        "title": text("title"),
        "type": _TYPES.get(text("type"), domain.DOCUMENT),
        "content": text("abstract"),
        "authors": authors,
        "tags": [tag.strip()[:100] for tag in text("keyword").split(",") if tag.strip()],
        "language": language_code(text("language")),
        "year": next(iter(date_parts(issued)), None),
        "publisher": text("publisher")[:300] or None,
        "isbn": [found for part in text("ISBN").split() if (found := domain.isbn13(part))],
        "issn": [
            found for part in text("ISSN").replace(",", " ").split() if (found := domain.issn(part))
        ],
        "doi": domain.doi(text("DOI")),
        "link": url if url.startswith(("http://", "https://")) else None,
        "details": details,
    }


def write(values: dict[str, Any]) -> Json:
    """The item of a resource, without the `id` that its list gives it."""
    work = Work(values)
    container, series = work.container, (work.all("series") or [{}])[0]
    item = {
        "type": _WRITTEN.get(work.get("type"), "document"),
        "title": work.get("title"),
        "title-short": next(
            (one["text"] for one in work.all("titles") if one.get("kind") == "ShortTitle"), None
        ),
        "author": list(map(_name, work.authors)),
        **{name: list(map(_name, work.people(role))) for name, role in _ROLES.items()},
        "issued": _date_parts(work.issued),
        "accessed": _date_parts(work.date("Accessed")),
        "container-title": container.get("title"),
        "volume": container.get("volume"),
        "issue": container.get("issue"),
        "page": container.get("pages"),
        "collection-title": series.get("title"),
        "collection-number": series.get("number"),
        "edition": work.details.get("edition"),
        "version": work.details.get("version"),
        "genre": work.details.get("genre"),
        "publisher": work.get("publisher"),
        "publisher-place": work.details.get("place"),
        "abstract": work.get("content"),
        "keyword": ", ".join(work.get("tags") or ()),
        "language": work.get("language"),
        "ISBN": " ".join(work.get("isbn") or ()),
        "ISSN": " ".join(work.get("issn") or ()),
        "DOI": work.get("doi"),
        "PMID": work.identifier("PMID"),
        "PMCID": work.identifier("PMCID"),
        "URL": work.get("link"),
        "note": next((one["text"] for one in work.all("notes")), None),
    }
    return restored(told(item), (work.details.get("kept") or {}).get("csl", {}))


def _person(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise TypeError("a name is no object")
    if literal := clean(str(said.get("literal") or "")):
        return {"name": literal, "organisation": True}
    given = clean(str(said.get("given") or ""))
    particles = (said.get("dropping-particle"), said.get("non-dropping-particle"))
    family = clean(
        " ".join(str(one) for one in (*particles, said.get("family"), said.get("suffix")) if one)
    )
    return names.person(given, family)


def _name(contributor: dict[str, Any]) -> Json:
    if contributor.get("organisation"):
        return {"literal": contributor["name"]}
    given, family = names.in_parts(contributor)
    return {"family": family, "given": given} if given else {"family": family}


def _date(said: Any) -> str:
    """A CSL date as ISO 8601: of a span both ends; what is not numbers as it stands."""
    if not isinstance(said, dict):
        return clean(str(said))[:100] if said else ""
    ends = [iso_date(*part[:3]) for part in said.get("date-parts") or () if part and part[0]]
    return (
        "/".join(filter(None, ends))
        or clean(str(said.get("raw") or said.get("literal") or ""))[:100]
    )


def _date_parts(value: str) -> Json | None:
    ends = [date_parts(end) for end in value.split("/")]
    if all(ends):
        return {"date-parts": ends}
    return {"literal": value} if value else None
