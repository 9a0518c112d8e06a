"""What a MARC record says beyond our description: people's parts, edition, series, source, rights."""

import re
from typing import Any

from pymarc import Field

from azora_library import domain
from azora_library.exchange.marc_fields import (
    Fields,
    first,
    is_inverted,
    name_in,
    named,
    trim,
    values,
)
from azora_library.exchange.names import parts
from azora_library.exchange.records import clean, language_code, told

_ROLES = {
    "edt": "Editor", "editor": "Editor", "trl": "Translator", "translator": "Translator",
    "ill": "Illustrator", "illustrator": "Illustrator", "ths": "Supervisor", "spn": "Sponsor",
    "pro": "Producer", "res": "Researcher", "cph": "RightsHolder", "dst": "Distributor",
    "oth": "Other",
}  # fmt: skip
_SCHEMES = {"0": "LCSH", "2": "MeSH"}
_PART = re.compile(r"(vol|no|p)\.\s*([^,;]+)")


def details(fields: Fields) -> dict[str, Any]:
    """The details of a record, without what it does not say."""
    subtitle = trim(" ".join(_subfields(first(fields, "245"), "b")[:1]))
    published = first(fields, "264") or first(fields, "260")
    languages = [code for text in values(fields, "041", "a") if (code := language_code(text[:3]))]
    return told(
        {
            "titles": [{"text": subtitle, "kind": "Subtitle"}] * bool(subtitle)
            + [
                {"text": text, "kind": "AlternativeTitle"}
                for said in values(fields, "246", "a")
                if (text := trim(said))
            ],
            "contributors": [one for field in named(fields) if (one := _contributor(field))],
            "identifiers": [*_numbers(fields)],
            "edition": trim(" ".join(values(fields, "250", "a")[:1])),
            "series": [one for field in fields.get("490", ()) if (one := _series(field))],
            "container": _container(first(fields, "773")),
            "place": trim(" ".join(_subfields(published, "a")[:1])),
            "subjects": [
                one
                for tag in ("650", "651")
                for field in fields.get(tag, ())
                if (one := _subject(field))
            ],
            "rights": [
                told({"text": trim(" ".join(field.get_subfields("a"))), "uri": _one(field, "u")})
                for field in fields.get("540", ())
            ],
            "funding": [
                told({"funder": clean(name), "award": _one(field, "c")})
                for field in fields.get("536", ())
                if (name := _one(field, "a"))
            ],
            "notes": _notes(fields),
            "extent": [text for said in values(fields, "300", "a") if (text := trim(said))],
            "genre": trim(" ".join(values(fields, "502", "a")[:1])),
            "languages": languages[1:],
        }
    )


def _contributor(field: Field) -> dict[str, Any] | None:
    """Somebody of whom the record says more than a name and that they wrote it."""
    name = name_in(field)
    said = [
        *field.get_subfields("4"),
        *(trim(text).casefold() for text in field.get_subfields("e")),
    ]
    role = next((_ROLES[one] for one in said if one in _ROLES), None)
    organisation = field.tag[1:] != "00"
    orcid = next(
        (found for text in field.get_subfields("0", "1") if (found := domain.orcid(text))), None
    )
    places = [{"name": clean(text)} for text in field.get_subfields("u")]
    family, _, given = trim(" ".join(field.get_subfields("a", "b"))).partition(", ")
    known = is_inverted(field) and parts(name) != (given, family)
    if not name or not (role or organisation or orcid or places or known):
        return None
    inverted = {"given": given, "family": family} if is_inverted(field) else {}
    return told(
        {
            "name": name,
            "role": role,
            "organisation": organisation,
            "orcid": orcid,
            "affiliations": places,
        }
        | inverted
    )


def _numbers(fields: Fields) -> list[dict[str, str]]:
    """LCCN, OCLC number, and other identifiers by their scheme."""
    found = [{"value": clean(text), "scheme": "LCCN"} for text in values(fields, "010", "a")]
    for text in values(fields, "035", "a"):
        if text.startswith("(OCoLC)"):
            found.append({"value": clean(text.removeprefix("(OCoLC)")), "scheme": "OCLC"})
    for field in fields.get("024", ()):
        scheme = _one(field, "2")
        if scheme and scheme != "doi" and (value := _one(field, "a")):
            found.append({"value": value, "scheme": scheme})
    return [one for one in found if one["value"]]


def _series(field: Field) -> dict[str, Any] | None:
    name = trim(_one(field, "a"))
    number, issn = trim(_one(field, "v")), domain.issn(_one(field, "x"))
    return told({"title": name, "number": number, "issn": issn}) if name else None


def _container(field: Field | None) -> dict[str, Any]:
    if field is None or not (name := trim(_one(field, "t"))):
        return {}
    said = dict(_PART.findall(_one(field, "g")))
    issn = domain.issn(_one(field, "x"))
    return told(
        {
            "title": name, "volume": said.get("vol", "").strip(), "issue": said.get("no", "").strip(),
            "pages": said.get("p", "").strip(), "identifier": issn, "scheme": "ISSN" if issn else "",
        }
    )  # fmt: skip


def _subject(field: Field) -> dict[str, Any] | None:
    """A heading of a scheme that the record names, with its subdivisions."""
    term = "--".join(trim(text) for text in field.get_subfields("a", "v", "x", "y", "z"))
    scheme = _SCHEMES.get(field.indicator2) or (_one(field, "2") if field.indicator2 == "7" else "")
    return {"term": term, "scheme": scheme} if term and scheme else None


def _notes(fields: Fields) -> list[dict[str, str]]:
    """The general and contents notes, where they do not stand in for the summary."""
    if "520" not in fields:
        return []
    return [
        {"text": text, "kind": kind}
        for tag, kind in (("505", "TableOfContents"), ("500", "Other"))
        for said in values(fields, tag, "a")
        if (text := clean(said))
    ]


def _subfields(field: Field | None, code: str) -> list[str]:
    return field.get_subfields(code) if field is not None else []


def _one(field: Field, code: str) -> str:
    return clean(next(iter(field.get_subfields(code)), ""))
