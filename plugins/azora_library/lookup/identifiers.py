"""What somebody typed or scanned: an ISBN, a DOI, an address of the web, or a slip of the pen."""

import re
from typing import Literal, NamedTuple

from azora_library import domain
from azora_library.catalogue.fields import COMPLAINTS

Kind = Literal["isbn", "doi", "link"]
_LINK = re.compile(r"https?://[^\s/]+\S*", re.I)
_DIGITS = re.compile(r"(isbn[:\s-]*)?[0-9][0-9 -]{7,20}[0-9x]", re.I)


class Identifier(NamedTuple):
    kind: Kind
    value: str


class Unclear(NamedTuple):
    """Why a text is no identifier, in words for whoever typed it."""

    words: str


def identify(text: str) -> Identifier | Unclear:
    """The identifier that a text is, in its one form."""
    text = text.strip()
    if doi := domain.doi(text):
        return Identifier("doi", doi)
    if isbn := domain.isbn13(text):
        return Identifier("isbn", isbn)
    if _LINK.fullmatch(text):
        return Identifier("link", text)
    if _DIGITS.fullmatch(text):
        return Unclear(COMPLAINTS["isbn"])
    if text.lower().startswith(("doi", "10.")):
        return Unclear(COMPLAINTS["doi"])
    return Unclear("This is neither an ISBN, a DOI nor an address that begins with https://")
