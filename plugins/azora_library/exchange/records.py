"""Records on their way in from another catalogue: read and sound, or refused with the reason."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from azora_library.exchange.contracts import CatalogueRecord

LONGEST_KEY = 300


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
        return Refused(
            number,
            key[:LONGEST_KEY],
            "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems[:3]),
        )


def clean(text: str) -> str:
    """The text in one line, composed (NFC), without control characters."""
    spaced = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


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
