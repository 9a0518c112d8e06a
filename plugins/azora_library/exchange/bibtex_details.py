"""What a BibTeX entry says beyond our description: its people, where it appeared, its edition."""

from collections.abc import Callable, Mapping
from typing import Any

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from azora_library.exchange.latex import plain
from azora_library.exchange.names import person
from azora_library.exchange.records import told
from azora_library.exchange.work import iso_date

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}


def contributors(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Authors, editors and translators, in their order."""
    return [
        {**one, **({"role": role} if role else {})}
        for name, role in (("author", ""), ("editor", "Editor"), ("translator", "Translator"))
        for one in people(fields.get(name, ""))
    ]


def people(names: str) -> list[dict[str, Any]]:
    """`wa Thiong'o, Ngũgĩ and {World Bank} and others` as `Ngũgĩ wa Thiong'o` and `World Bank`."""
    found = []
    for name in split_multiple_persons_names(" ".join(names.split())):
        if name.startswith("{") and name.endswith("}") and name.count("{") == 1:
            found.append({"name": plain(name), "organisation": True})
            continue
        try:
            parts = parse_single_name_into_parts(name, strict=False)
        except InvalidNameError:
            found.append({"name": plain(name)})
            continue
        family = plain(" ".join([*parts.von, *parts.last, *parts.jr]))
        found.append(person(plain(" ".join(parts.first)), family))
    return [one for one in found if one.get("name") and one["name"] != "others"]


def details(fields: Mapping[str, str], text: Callable[..., str]) -> dict[str, Any]:
    """The details of an entry; `text` reads the first of some fields without LaTeX."""
    within = text("journal", "journaltitle") or (text("booktitle") if "title" in fields else "")
    number = text("number") if within or not text("series") else text("issue")
    return told(
        {
            "titles": [{"text": text("subtitle"), "kind": "Subtitle"}] * bool(text("subtitle"))
            + [{"text": text("shorttitle"), "kind": "ShortTitle"}] * bool(text("shorttitle")),
            "dates": [{"value": date} for date in [_date(text)] if len(date) > 4],
            "container": told(
                {
                    "title": within,
                    "volume": text("volume"),
                    "issue": number,
                    "pages": text("pages").replace("--", "–")[:100],
                }
            ),
            "series": _series(text),
            "edition": text("edition"),
            "version": text("version"),
            "place": text("address", "location"),
            "genre": text("type"),
            "identifiers": [
                {"value": text(name), "scheme": scheme}
                for name, scheme in (("pmid", "PMID"), ("eprint", "arXiv"), ("lccn", "LCCN"))
                if text(name)
            ],
            "notes": [{"text": text("note")}] * bool(text("note") and text("abstract", "annote")),
        }
    )


def _series(text: Callable[..., str]) -> list[dict[str, Any]]:
    if not text("series"):
        return []
    number = "" if text("journal", "journaltitle", "booktitle") else text("number")
    return [told({"title": text("series"), "number": number})]


def _date(text: Callable[..., str]) -> str:
    if text("date"):
        return text("date")[:100]
    month = text("month").casefold()[:3]
    number = _MONTHS.get(month) or (int(month) if month.isdecimal() and month.isascii() else 0)
    return iso_date(text("year"), number) if number else ""
