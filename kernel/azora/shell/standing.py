"""What a page tells search engines and those who share it: where it stands, in which languages, what it is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from markupsafe import Markup

from azora.messages import Document
from azora.shell.i18n import LANGUAGES
from azora.shell.visit import LANGUAGE_FIELD, Visit

if TYPE_CHECKING:
    from azora.settings import CampusSettings
    from azora.shell.parts import Loaded

_PLACE = ("query", "type", "category", "tag")
"""Query fields that make another page of an address; the others only turn its pages or sort them."""


def standing(visit: Visit, settings: "CampusSettings") -> dict[str, Any]:
    """`canonical`, `alternates` by language, and whether it is for everybody (`indexed`)."""
    base = (settings.public_url or visit.request.host_url).rstrip("/")
    kept = [(name, text) for name in _PLACE for text in visit.query.getlist(name) if text]
    page = visit.match.page if visit.match else None
    chosen = visit.query.get(LANGUAGE_FIELD)
    own = [(LANGUAGE_FIELD, chosen)] if chosen in LANGUAGES else []
    return {
        "canonical": _address(base, visit.path, kept + own),
        "alternates": {
            tag: _address(base, visit.path, [*kept, (LANGUAGE_FIELD, tag)]) for tag in LANGUAGES
        },
        "unchosen": _address(base, visit.path, kept),
        "indexed": page is not None and page.permission is None,
    }


def structured(visit: Visit, parts: Mapping[str, "Loaded"]) -> Markup | None:
    """What the page is about as JSON-LD, safe inside a script element; None where it does not say."""
    name = visit.match.page.data if visit.match else ""
    reply = parts[name].reply if name in parts else None
    if not isinstance(reply, Document):
        return None
    text = orjson.dumps(orjson.loads(reply.text)).decode()
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 – what could end the element is written in another way


def _address(base: str, path: str, query: list[tuple[str, Any]]) -> str:
    return f"{base}{path}?{urlencode(query)}" if query else f"{base}{path}"
