"""MARC 21 bibliographic records as ours, field by field (loc.gov/marc/bibliographic)."""

import re
from typing import Any

from pymarc import Field

from azora_library import domain
from azora_library.exchange.marc_details import details
from azora_library.exchange.marc_fields import (
    Fields,
    control,
    first,
    grouped,
    name_in,
    named,
    trim,
    values,
)
from azora_library.exchange.records import clean, language_code

__all__ = ["control_number", "describe", "grouped", "title"]

_SUBJECTS = ("600", "610", "611", "630", "650", "651", "653", "655")
_DEWEY = (
    "Computing and general works", "Philosophy and psychology", "Religion", "Society", "Language",
    "Science", "Technology", "Arts", "Literature", "History and geography",
)  # fmt: skip
_CONGRESS = {
    "A": 0, "B": 1, "C": 9, "D": 9, "E": 9, "F": 9, "G": 9, "H": 3, "J": 3, "K": 3, "L": 3,
    "M": 7, "N": 7, "P": 8, "Q": 5, "R": 6, "S": 6, "T": 6, "U": 3, "V": 3, "Z": 0,
}  # fmt: skip


def control_number(fields: Fields) -> str:
    """Field 001 behind the organisation of 003 that gave it, or an empty string."""
    number, giver = (clean(control(fields, tag)) for tag in ("001", "003"))
    return f"{giver}:{number}" if number and giver else number


def describe(fields: Fields, leader: str) -> dict[str, Any]:
    """What a record says of its work, as the values of our Description."""
    return {
        "title": title(fields),
        "type": type_of(leader),
        "content": summary(fields),
        "authors": [name for field in named(fields) if (name := name_in(field))],
        "category": category(fields),
        "tags": [name for text in values(fields, _SUBJECTS, "a") if (name := trim(text)[:100])],
        "language": language(fields),
        "year": year(fields),
        "publisher": publisher(fields),
        "isbn": [found for text in values(fields, "020", "a") if (found := domain.isbn13(text))],
        "issn": [found for text in values(fields, "022", "a") if (found := domain.issn(text))],
        "doi": doi(fields),
        "link": link(fields),
        "details": details(fields),
    }


def title(fields: Fields) -> str:
    """Field 245: the title, its remainder, and the number and name of the part."""
    field = first(fields, "245")
    if field is None:
        return ""
    main, *rest = [trim(text) for text in field.get_subfields("a", "b")] or [""]
    whole = ": ".join([main, *filter(None, rest)])
    parts = [trim(text) for text in field.get_subfields("n", "p")]
    return ". ".join(filter(None, [whole, ", ".join(parts)]))


def type_of(leader: str) -> str:
    """Leader 06 (kind of record) and 07 (bibliographic level)."""
    kind, level = leader[6:7], leader[7:8]
    if kind == "g":
        return domain.VIDEO
    if kind not in "at":
        return domain.DOCUMENT
    return {"a": domain.ARTICLE, "b": domain.ARTICLE, "s": domain.DOCUMENT}.get(level, domain.BOOK)


def summary(fields: Fields) -> str:
    """Field 520, else the contents note 505, else the general notes 500."""
    for tag in ("520", "505", "500"):
        if notes := [clean(text) for text in values(fields, tag, "a", "b", "t")]:
            return "\n\n".join(notes)
    return ""


def year(fields: Fields) -> int | None:
    """Date 1 of field 008, else the date of publication in 264 or 260."""
    fixed = domain.year_in(control(fields, "008")[7:11])
    dates = [domain.year_in(text) for text in values(fields, ("264", "260"), "c")]
    return fixed or next(filter(None, dates), None)


def publisher(fields: Fields) -> str | None:
    for field in _published(fields):
        if name := trim(" ".join(field.get_subfields("b")[:1])):
            return name[:300]
    return None


def _published(fields: Fields) -> list[Field]:
    published = [field for field in fields.get("264", ()) if field.indicator2 == "1"]
    return [*published, *fields.get("260", ())]


def language(fields: Fields) -> str | None:
    """The first code of field 041, where several may be run together, else that of 008."""
    codes = [text[:3] for text in values(fields, "041", "a")] + [control(fields, "008")[35:38]]
    return next(filter(None, map(language_code, codes)), None)


def category(fields: Fields) -> str | None:
    """The main class of the Dewey (082) or the Library of Congress (050) classification."""
    for number in values(fields, "082", "a"):
        if number[:1].isdecimal() and number[:3].isascii():
            return _DEWEY[int(number[0])]
    for number in values(fields, "050", "a"):
        if (letter := number[:1].upper()) in _CONGRESS:
            return _DEWEY[_CONGRESS[letter]]
    return None


def doi(fields: Fields) -> str | None:
    others = [field for field in fields.get("024", ()) if "doi" in field.get_subfields("2")]
    found = [domain.doi(text) for field in others for text in field.get_subfields("a")]
    return next(filter(None, found), None)


def link(fields: Fields) -> str | None:
    """The first web address of field 856."""
    links = map(str.strip, values(fields, "856", "u"))
    return next((text for text in links if re.fullmatch(r"https?://\S{1,1990}", text)), None)
