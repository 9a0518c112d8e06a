"""Records on their way in from another catalogue: read and sound, or refused with the reason."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pydantic import ValidationError

from azora_library.exchange.contracts import CatalogueRecord

LONGEST_KEY = 300
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")


@dataclass(frozen=True, slots=True)
class Read:
    """A record that says what a resource needs; `number` counts from 1 in its file."""

    number: int
    key: str
    record: CatalogueRecord


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that stays out, by its number, its key where it shows one, and why."""

    number: int
    key: str | None
    reason: str


def checked(number: int, key: str, values: Mapping[str, Any]) -> Read | Refused:
    """The record that these values make, or what is wrong with each of them."""
    if not values["title"]:
        return Refused(number, key[:LONGEST_KEY], "has no title")
    try:
        return Read(number, key, CatalogueRecord(key=key, **values))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        if fitting := _without(values, [one["loc"] for one in problems]):
            return checked(number, key, fitting)
        return Refused(
            number,
            key[:LONGEST_KEY],
            "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems[:3]),
        )


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that say nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _without(values: Mapping[str, Any], places: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """The values without the details that do not fit, where nothing else is wrong: a record is not
    kept out for a footnote."""
    wrong = {place[1] for place in places if place[0] == "details" and len(place) > 1}
    if not wrong or any(place[0] != "details" for place in places):
        return {}
    details = {name: value for name, value in values["details"].items() if name not in wrong}
    return {**values, "details": details}


def clean(text: str) -> str:
    """The text in one line, composed (NFC), without control characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def language_code(text: str) -> str | None:
    """ISO 639 of a language however it is named: `eng`, `en-GB` and `English` are all `en`."""
    name = re.split(r"[-_ ]", text.strip().lower())[0]
    if name in ("und", "mul", "zxx"):
        return None
    code = _names_of_languages().get(name, name)
    return code if re.fullmatch("[a-z]{2,3}", code) else None


@cache
def _names_of_languages() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    names = {name.lower(): code for code, name in Locale("en").languages.items() if code.isalpha()}
    aliases = {
        alias: code for alias, code in get_global("language_aliases").items() if code.isalpha()
    }
    return {**names, **aliases, "american": "en", "british": "en", "ngerman": "de"}


def digest_key(record: Any) -> str:
    """The key of a record that brings none: the same for the same content."""
    text = record if isinstance(record, str) else json.dumps(record, sort_keys=True, default=str)
    return f"sha256-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
