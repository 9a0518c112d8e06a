"""Who can be asked about an identifier: one small adapter for each, all of one shape.

Crossref and DataCite answer for DOIs under one address by content negotiation; Open Library and Google
Books for ISBNs; a page of the web speaks for itself.
"""

import json
import re
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from azora.errors import Unavailable
from azora.threads import in_thread
from azora_library import domain
from azora_library.exchange import csl
from azora_library.exchange.records import Read, checked, clean, language_code, told
from azora_library.lookup.webpage import describe_page

if TYPE_CHECKING:
    from azora.outbound.fetch import Answer, Outbound
    from azora_library.catalogue.contracts import Description
    from azora_library.lookup.identifiers import Identifier
    from azora_library.settings import LibrarySettings

LARGEST = 3_000_000
SECONDS = 8.0
_TAG = re.compile(r"<[^>]*>")


class Source(Protocol):
    """Somebody who can be asked. `name` is what people know them by."""

    name: str

    def ask(self, outbound: "Outbound", wanted: "Identifier") -> "Description | None":
        """What they say of it; None where they do not know it. Raises what fetching raises."""


def sources_for(wanted: "Identifier", settings: "LibrarySettings") -> list[Source]:
    """Those to ask in turn; an operator leaves one out by an empty address."""
    if wanted.kind == "doi":
        return [Doi(settings.doi_address)] if settings.doi_address else []
    if wanted.kind == "link":
        return [WebPage()]
    books: list[Source] = []
    if settings.open_library:
        books.append(OpenLibrary(settings.open_library))
    if settings.google_books:
        books.append(GoogleBooks(settings.google_books))
    return books


class Doi:
    """The DOI's own registration agency, as CSL-JSON."""

    name = "Crossref or DataCite"

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def ask(self, outbound: "Outbound", wanted: "Identifier") -> "Description | None":
        address = f"{self._address}/{quote(wanted.value, safe='/')}"
        answer = _get(outbound, address, csl.MEDIA_TYPE)
        if answer is None:
            return None
        item = {name: _single(value) for name, value in _object(answer).items()}
        item["abstract"] = clean(_TAG.sub(" ", str(item.get("abstract") or "")))
        found = csl.read_item(1, {**item, "DOI": wanted.value})
        return found.record if isinstance(found, Read) else None


class OpenLibrary:
    """Open Library's Books API (`jscmd=data`)."""

    name = "Open Library"

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def ask(self, outbound: "Outbound", wanted: "Identifier") -> "Description | None":
        key = f"ISBN:{wanted.value}"
        asked = urlencode({"bibkeys": key, "format": "json", "jscmd": "data"})
        answer = _get(outbound, f"{self._address}/api/books?{asked}", "application/json")
        book = _object(answer).get(key) if answer else None
        if not isinstance(book, dict):
            return None
        title = ": ".join(filter(None, [_text(book.get("title")), _text(book.get("subtitle"))]))
        return _described(
            wanted,
            title=title,
            authors=_names(book.get("authors")),
            publisher=next(iter(_names(book.get("publishers"))), None),
            year=domain.year_in(_text(book.get("publish_date"))),
            tags=_names(book.get("subjects"))[:10],
        )


class GoogleBooks:
    """Google Books' volumes."""

    name = "Google Books"

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def ask(self, outbound: "Outbound", wanted: "Identifier") -> "Description | None":
        asked = urlencode({"q": f"isbn:{wanted.value}"})
        answer = _get(outbound, f"{self._address}/books/v1/volumes?{asked}", "application/json")
        items = _object(answer).get("items") if answer else None
        first = items[0] if isinstance(items, list) and items else None
        info = first.get("volumeInfo") if isinstance(first, dict) else None
        if not isinstance(info, dict):
            return None
        title = ": ".join(filter(None, [_text(info.get("title")), _text(info.get("subtitle"))]))
        return _described(
            wanted,
            title=title,
            authors=_names(info.get("authors")),
            publisher=_text(info.get("publisher")) or None,
            year=domain.year_in(_text(info.get("publishedDate"))),
            content=_text(info.get("description")),
            language=language_code(_text(info.get("language"))),
            tags=_names(info.get("categories"))[:10],
        )


class WebPage:
    """A page's own metadata: schema.org, Highwire, Dublin Core, OpenGraph."""

    name = "the page itself"

    def ask(self, outbound: "Outbound", wanted: "Identifier") -> "Description | None":
        answer = _get(outbound, wanted.value, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1")
        if answer is None:
            return None
        if answer.media_type not in ("text/html", "application/xhtml+xml"):
            return _checked(
                {
                    "title": answer.address.rsplit("/", 1)[-1],
                    "type": domain.DOCUMENT,
                    "link": wanted.value,
                }
            )
        charset = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("content-type", ""))
        values = in_thread(describe_page, answer.body, charset and charset[1])
        return _checked({**values, "link": wanted.value}) if values else None


def _get(outbound: "Outbound", address: str, accept: str) -> "Answer | None":
    """The answer; None where they do not know it. Raises Unavailable for any other that is no answer."""
    answer = outbound.get(address, {"Accept": accept}, timeout=SECONDS, max_answer=LARGEST)
    if answer.status in (404, 410):
        return None
    if not answer.ok:
        raise Unavailable(f"It answers {answer.status}.", code="fetch_failed")
    return answer


def _object(answer: "Answer") -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Unavailable("Its answer cannot be read.", code="fetch_failed") from None
    return found if isinstance(found, dict) else {}


def _described(wanted: "Identifier", **values: Any) -> "Description | None":
    return _checked({"type": domain.BOOK, "isbn": [wanted.value], **values})


def _checked(values: dict[str, Any]) -> "Description | None":
    """A description of what fits: a value that does not is left out rather than all of them."""
    values = told(values)
    for _ in range(len(values)):
        found = checked(1, "looked-up", {"title": "", **values})
        if isinstance(found, Read):
            return found.record
        wrong = found.reason.partition(":")[0].partition(".")[0]
        if wrong in ("title", "type") or values.pop(wrong, None) is None:
            return None
    return None


def _single(value: Any) -> Any:
    """A text that came as a list of one."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], str) else value


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _names(values: Any) -> list[str]:
    """The names in a list of texts or of objects with a name."""
    found = (one.get("name") if isinstance(one, dict) else one for one in values or ())
    return domain.distinct(_text(one)[:100] for one in found) if isinstance(values, list) else []
