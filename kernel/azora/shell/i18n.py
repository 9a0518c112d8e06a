"""Words, numbers and dates in the reader's language: gettext catalogues read with Babel at start.

English is the language of the source. A plugin brings `locale/<tag>/messages.po`; the shell's own
catalogue stands behind every plugin's. `PSEUDO` is a made-up language that shows forgotten texts.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from importlib import resources
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = {"en": "English", "zu": "isiZulu"}
"""The languages offered to readers, in their own words."""

REGIONS = {"en": "en_ZA", "zu": "zu_ZA"}
"""Whose customs of dates and numbers a language follows."""

PSEUDO = "en-XA"
SHELL = "azora.shell"

_ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÕÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñõþǫŕšţûṽŵẋýž",
)
_PLACEHOLDER = re.compile(r"(%\(\w+\)[a-z]|%%)")


@dataclass(frozen=True)
class Reader:
    """In which language somebody reads, with the catalogue of the plugin that speaks."""

    tag: str
    locale: Locale
    translations: NullTranslations


_ENGLISH = Reader("en", Locale.parse(REGIONS["en"]), NullTranslations())
_reader: ContextVar[Reader] = ContextVar("azora_reader", default=_ENGLISH)


def reader() -> Reader:
    """Who reads what is being written now."""
    return _reader.get()


@contextmanager
def reading(someone: Reader) -> Iterator[Reader]:
    """Write for this reader inside the block."""
    token = _reader.set(someone)
    try:
        yield someone
    finally:
        _reader.reset(token)


def gettext(message: str, /, **values: Any) -> str:
    """The message in the reader's language, with `%(name)s` filled in."""
    text = reader().translations.gettext(message) if message else ""
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """The message for this number in the reader's language; `%(num)s` is the number."""
    return reader().translations.ngettext(singular, plural, number) % {"num": number, **values}


def N_(message: str) -> str:
    """Mark a message that is translated later, where it is shown."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:
    """Mark a message with a plural that is translated later."""
    return singular, plural


class Catalogues:
    """Every language's messages, by plugin. `packages` maps plugin names to their import packages."""

    def __init__(self, packages: dict[str, str]) -> None:
        self._packages = packages

    @lru_cache(maxsize=256)  # noqa: B019 - one instance lives as long as the process
    def reader(self, tag: str, plugin: str | None = None) -> Reader:
        """A reader of this language to whom `plugin` speaks."""
        if tag == PSEUDO:
            return Reader(tag, _ENGLISH.locale, PseudoTranslations())
        packages = [self._packages[plugin]] if plugin in self._packages else []
        chain: NullTranslations = NullTranslations()
        for package in [SHELL, *packages]:
            found = read_catalogue(package, tag)
            if found is not None:
                found.add_fallback(chain)
                chain = found
        return Reader(tag, Locale.parse(REGIONS.get(tag, tag)), chain)


def read_catalogue(package: str, tag: str) -> Translations | None:
    """A package's `locale/<tag>/messages.po`, or None where it has none."""
    source = resources.files(package) / "locale" / tag / "messages.po"
    if not source.is_file():
        return None
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=tag))
    compiled.seek(0)
    return Translations(compiled)


class PseudoTranslations(NullTranslations):
    """Accents every letter and adds a third of length: what stays plain has escaped translation."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(message: str) -> str:
    """`Search` → `⟦Šéåŕçĥ··⟧`; placeholders stay."""
    pieces = _PLACEHOLDER.split(message)
    accented = "".join(
        piece if index % 2 else piece.translate(_ACCENTED) for index, piece in enumerate(pieces)
    )
    return f"⟦{accented}{'·' * (len(message) // 3)}⟧"


def choose_language(
    address: str | None,
    cookie: str | None,
    actor: str | None,
    accept_language: str,
    campus: str = "en",
) -> str:
    """The language to write in: as the address says, as chosen by cookie, as known, as the browser asks.

    Where none of them names one of ours, it is the campus's.
    """
    for wish in (address, cookie, actor):
        if wish in LANGUAGES or wish == PSEUDO:
            return wish
    accepted = parse_accept_header(accept_language, LanguageAccept)
    asked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((tag for tag in asked if tag in LANGUAGES), campus)
