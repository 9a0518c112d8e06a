"""A resource as a MARC 21 bibliographic record."""

from datetime import datetime
from typing import Any

from pymarc import Field, Indicators, Leader, Record, Subfield

from azora_library import domain
from azora_library.exchange.languages import marc_code
from azora_library.exchange.names import in_parts
from azora_library.exchange.work import Work

_KINDS = {
    domain.BOOK: "am", domain.ARTICLE: "ab", domain.VIDEO: "gm", domain.DOCUMENT: "ai",
    domain.PRESENTATION: "km",
}  # fmt: skip
RELATORS = {
    "Editor": "edt", "Translator": "trl", "Illustrator": "ill", "SeriesEditor": "edt",
    "Supervisor": "ths", "Sponsor": "spn", "Producer": "pro", "Researcher": "res",
    "RightsHolder": "cph", "Distributor": "dst", "Other": "oth",
}  # fmt: skip


def write(values: dict[str, Any], key: str) -> Record:
    """The record under the control number `key`."""
    work = Work(values)
    record = Record(force_utf8=True)
    record.leader = Leader(f"00000n{_KINDS.get(work.get('type'), 'am')} a2200000 i 4500")
    record.add_field(Field(tag="001", data=key), Field(tag="008", data=_fixed(work)))
    for tag, marks, pairs in _lines(work):
        subfields = [Subfield(code, str(value)) for code, value in pairs if value]
        if subfields:
            record.add_field(Field(tag=tag, indicators=Indicators(*marks), subfields=subfields))
    return record


Line = tuple[str, str, list[tuple[str, Any]]]


def _lines(work: Work) -> list[Line]:
    return sorted(
        [*_numbers(work), *_people(work), *_titles(work), *_publication(work), *_about(work)],
        key=lambda line: line[0],
    )


def _numbers(work: Work) -> list[Line]:
    return [
        *(("020", "  ", [("a", isbn)]) for isbn in work.get("isbn") or ()),
        *(("022", "  ", [("a", issn)]) for issn in work.get("issn") or ()),
        ("024", "7 ", [("a", work.get("doi")), ("2", "doi")] if work.get("doi") else []),
        *(
            ("024", "7 ", [("a", one["value"]), ("2", (one.get("scheme") or "").lower())])
            for one in work.all("identifiers")
        ),
        ("041", "  ", [("a", marc_code(work.get("language")))]),
        ("856", "40", [("u", work.get("link"))]),
    ]


def _people(work: Work) -> list[Line]:
    lines = []
    for place, one in enumerate([*work.authors, *work.others]):
        tag = "100" if place == 0 and one in work.authors else "700"
        role = RELATORS.get(one.get("role", ""), "aut" if one in work.authors else "oth")
        orcid = one.get("orcid") and f"https://orcid.org/{one['orcid']}"
        places = [("u", place["name"]) for place in one.get("affiliations") or ()]
        if one.get("organisation"):
            lines.append((f"{tag[0]}10", "2 ", [("a", one["name"]), *places, ("4", role)]))
            continue
        given, family = in_parts(one)
        name = f"{family}, {given}" if given else one["name"]
        marks = "1 " if given else "0 "
        lines.append((tag, marks, [("a", name), *places, ("1", orcid), ("4", role)]))
    return lines


def _titles(work: Work) -> list[Line]:
    others: list[Line] = [
        ("246", "3 ", [("a", one["text"])])
        for one in work.all("titles")
        if one.get("kind") != "Subtitle"
    ]
    return [("245", "10", [("a", work.title), ("b", work.subtitle)]), *others]


def _publication(work: Work) -> list[Line]:
    details, container = work.details, work.container
    within = [
        ("t", container.get("title")),
        ("g", _part(container)),
        ("d", ""),
    ]
    return [
        ("250", "  ", [("a", details.get("edition"))]),
        (
            "264",
            " 1",
            [("a", details.get("place")), ("b", work.get("publisher")), ("c", work.issued[:4])],
        ),
        *(
            ("490", "0 ", [("a", one["title"]), ("x", one.get("issn")), ("v", one.get("number"))])
            for one in work.all("series")
        ),
        *(("300", "  ", [("a", extent)]) for extent in work.all("extent")),
        ("773", "0 ", within if container.get("title") else []),
    ]


def _part(container: dict[str, Any]) -> str:
    """`vol. 9, no. 2, p. 17–42`"""
    marks = (("vol.", "volume"), ("no.", "issue"), ("p.", "pages"))
    return ", ".join(f"{mark} {container[name]}" for mark, name in marks if container.get(name))


def _about(work: Work) -> list[Line]:
    return [
        *(("500", "  ", [("a", one["text"])]) for one in work.all("notes")),
        ("502", "  ", [("a", work.details.get("genre"))]),
        ("520", "  ", [("a", work.get("content"))]),
        *(
            ("536", "  ", [("a", one["funder"]), ("c", one.get("award"))])
            for one in work.all("funding")
        ),
        *(
            ("540", "  ", [("a", one.get("text") or one.get("identifier")), ("u", one.get("uri"))])
            for one in work.all("rights")
        ),
        *(("653", "  ", [("a", tag)]) for tag in work.get("tags") or ()),
    ]


def _fixed(work: Work) -> str:
    """Field 008: when it was made, the year, and the language."""
    made = work.get("created")
    entered = made.strftime("%y%m%d") if isinstance(made, datetime) else "      "
    year = (
        f"{work.get('year'):04d}"
        if isinstance(work.get("year"), int) and work.get("year") > 0
        else "    "
    )
    status = "s" if year.strip() else "n"
    return f"{entered}{status}{year}    xx{' ' * 18}{marc_code(work.get('language')) or '   '} d"
