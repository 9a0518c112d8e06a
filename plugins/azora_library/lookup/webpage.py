"""What a page of the web says of itself: schema.org in JSON-LD, Highwire's, Dublin Core's and OpenGraph's tags.

The most telling first: what citation tools read, then what search engines do, then what is shared.
"""

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from azora_library import domain
from azora_library.exchange.records import clean, language_code, told

_KINDS = {
    "Book": domain.BOOK, "ScholarlyArticle": domain.ARTICLE, "Article": domain.ARTICLE,
    "NewsArticle": domain.ARTICLE, "BlogPosting": domain.ARTICLE, "VideoObject": domain.VIDEO,
    "Movie": domain.VIDEO, "PresentationDigitalDocument": domain.PRESENTATION,
    "Report": domain.DOCUMENT, "DigitalDocument": domain.DOCUMENT, "Thesis": domain.DOCUMENT,
    "CreativeWork": domain.DOCUMENT, "Dataset": domain.DOCUMENT, "LearningResource": domain.DOCUMENT,
}  # fmt: skip


def describe_page(content: bytes, charset: str | None) -> dict[str, Any]:
    """The values of a description, as far as the page tells; empty where it has no title."""
    try:
        page = html.document_fromstring(content, parser=html.HTMLParser(encoding=charset))
    except (etree.ParserError, etree.LxmlError, ValueError, LookupError):
        return {}
    metas = _metas(page)
    found: dict[str, Any] = {
        "type": domain.DOCUMENT,
        "language": language_code(page.get("lang") or ""),
    }
    for layer in (_open_graph(metas), _dublin_core(metas), _schema_org(page), _highwire(metas)):
        found |= told(layer)
    if not found.get("title"):
        found["title"] = clean(page.findtext(".//title") or "")[:1000]
    return told(found) if found["title"] else {}


def _metas(page: Any) -> dict[str, list[str]]:
    """What the page's `meta` elements say, by their names in lower case."""
    said: dict[str, list[str]] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        value = clean(meta.get("content") or "")
        if name and value:
            said.setdefault(name, []).append(value)
    return said


def _first(metas: dict[str, list[str]], *names: str) -> str:
    return next((metas[name][0] for name in names if name in metas), "")


def _highwire(metas: dict[str, list[str]]) -> dict[str, Any]:
    kind = domain.ARTICLE if "citation_journal_title" in metas else ""
    return {
        "title": _first(metas, "citation_title"),
        "type": domain.BOOK if "citation_isbn" in metas and not kind else kind,
        "authors": [name for one in metas.get("citation_author", ()) for name in one.split(";")],
        "year": domain.year_in(
            _first(metas, "citation_publication_date", "citation_date", "citation_year")
        ),
        "publisher": _first(metas, "citation_publisher", "citation_journal_title"),
        "doi": domain.doi(_first(metas, "citation_doi")),
        "isbn": [found for one in metas.get("citation_isbn", ()) if (found := domain.isbn13(one))],
        "issn": [found for one in metas.get("citation_issn", ()) if (found := domain.issn(one))],
        "content": _first(metas, "citation_abstract"),
        "language": language_code(_first(metas, "citation_language")),
    }


def _dublin_core(metas: dict[str, list[str]]) -> dict[str, Any]:
    def named(name: str) -> list[str]:
        return metas.get(f"dc.{name}", []) + metas.get(f"dcterms.{name}", [])

    return {
        "title": next(iter(named("title")), ""),
        "authors": named("creator"),
        "year": domain.year_in(next(iter(named("date") + named("issued")), "")),
        "publisher": next(iter(named("publisher")), ""),
        "content": next(iter(named("description") + named("abstract")), ""),
        "language": language_code(next(iter(named("language")), "")),
        "tags": named("subject")[:10],
        "doi": next(filter(None, map(domain.doi, named("identifier"))), None),
        "isbn": list(filter(None, map(domain.isbn13, named("identifier")))),
    }


def _open_graph(metas: dict[str, list[str]]) -> dict[str, Any]:
    kind = _first(metas, "og:type")
    return {
        "title": _first(metas, "og:title", "twitter:title"),
        "type": domain.VIDEO if kind.startswith("video") else domain.BOOK if kind == "book" else "",
        "content": _first(metas, "og:description", "description"),
        "publisher": _first(metas, "og:site_name"),
        "year": domain.year_in(_first(metas, "article:published_time", "book:release_date")),
        "language": language_code(_first(metas, "og:locale")),
        "authors": [name for name in metas.get("author", ()) if not name.startswith("http")],
    }


def _schema_org(page: Any) -> dict[str, Any]:
    for thing in _things(page):
        kinds = thing.get("@type")
        known = [
            _KINDS[one]
            for one in (kinds if isinstance(kinds, list) else [kinds])
            if isinstance(one, str) and one in _KINDS
        ]
        if not known:
            continue
        title = _text(thing.get("name")) or _text(thing.get("headline"))
        keywords = thing.get("keywords")
        tags = keywords.split(",") if isinstance(keywords, str) else _texts(keywords)
        identifiers = (
            _texts(thing.get("identifier")) + _texts(thing.get("sameAs")) + _texts(thing.get("@id"))
        )
        return {
            "title": title,
            "type": known[0],
            "authors": _texts(thing.get("author")) or _texts(thing.get("creator")),
            "year": domain.year_in(
                _text(thing.get("datePublished")) or _text(thing.get("dateCreated"))
            ),
            "publisher": next(iter(_texts(thing.get("publisher"))), ""),
            "content": _text(thing.get("abstract")) or _text(thing.get("description")),
            "language": language_code(next(iter(_texts(thing.get("inLanguage"))), "")),
            "isbn": list(filter(None, map(domain.isbn13, _texts(thing.get("isbn"))))),
            "doi": next(filter(None, map(domain.doi, identifiers)), None),
            "tags": [clean(tag)[:100] for tag in tags if tag.strip()][:10],
        }
    return {}


def _things(page: Any) -> Iterator[dict[str, Any]]:
    """Every object that the page's JSON-LD is about."""
    for script in page.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            said = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                graph = one.get("@graph")
                yield from (
                    (part for part in graph if isinstance(part, dict))
                    if isinstance(graph, list)
                    else (one,)
                )


def _text(value: Any) -> str:
    """A text, however it is wrapped: `"x"`, `{"@value": "x"}`, `{"name": "x"}`, or the first of several."""
    return next(iter(_texts(value)), "")


def _texts(value: Any) -> list[str]:
    found = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            one = one.get("@value") or one.get("name") or one.get("value") or one.get("@id")
        if isinstance(one, str) and clean(one):
            found.append(clean(one)[:20_000])
    return found
