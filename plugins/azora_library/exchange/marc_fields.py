"""The fields of a MARC record by their tags, and how their text is read."""

import re

from pymarc import Field, Record

from azora_library.exchange.records import clean

Fields = dict[str, list[Field]]

_CREATORS = ("100", "110", "111", "700", "710", "711")


def grouped(record: Record) -> Fields:
    """The fields by tag, each in its order."""
    fields: Fields = {}
    for field in record.fields:
        fields.setdefault(field.tag, []).append(field)
    return fields


def first(fields: Fields, tag: str) -> Field | None:
    return next(iter(fields.get(tag, ())), None)


def control(fields: Fields, tag: str) -> str:
    """The text of a control field, empty where it is missing."""
    field = first(fields, tag)
    return (field.data or "") if field is not None else ""


def values(fields: Fields, tags: str | tuple[str, ...], *codes: str) -> list[str]:
    """The subfields of these codes, of all fields with these tags."""
    chosen = (tags,) if isinstance(tags, str) else tags
    return [
        text
        for tag in chosen
        for field in fields.get(tag, ())
        for text in field.get_subfields(*codes)
    ]


def named(fields: Fields) -> list[Field]:
    """Main and added entries of names; not those that name another work ($t)."""
    return [
        field for tag in _CREATORS for field in fields.get(tag, ()) if not field.get_subfields("t")
    ]


def name_in(field: Field) -> str:
    """A name as it is spoken: a surname that stands first (indicator 1) goes last."""
    name = trim(" ".join(field.get_subfields("a", "b")))
    if is_inverted(field):
        surname, _, given = name.partition(", ")
        return f"{given} {surname}".strip()
    return name


def is_inverted(field: Field) -> bool:
    return field.tag in ("100", "700") and field.indicator1 == "1"


def trim(text: str) -> str:
    """The text without the ISBD punctuation that leads to the next element."""
    tidy = clean(text).rstrip(" /:;,=")
    if tidy.endswith("]") and tidy.rfind("[") <= 0:
        tidy = tidy.strip("[]")
    return tidy[:-1] if tidy.endswith(".") and re.search(r"\w{3}\.$", tidy) else tidy
