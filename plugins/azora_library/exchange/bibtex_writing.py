"""A resource as a BibTeX entry, with the fields that BibTeX and BibLaTeX know."""

import re
import unicodedata
from typing import Any

from azora_library import domain
from azora_library.exchange.faithful import restored
from azora_library.exchange.names import in_parts
from azora_library.exchange.records import told
from azora_library.exchange.work import Work, date_parts

MEDIA_TYPE = "application/x-bibtex"

_TYPES = {domain.ARTICLE: "article", domain.BOOK: "book", domain.VIDEO: "misc"}
_MARKUP = str.maketrans({
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "\\": r"\textbackslash{}",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
_VERBATIM = ("doi", "url", "file", "eprint", "isbn", "issn")


def write(values: dict[str, Any]) -> dict[str, str]:
    """The fields of a resource's entry in LaTeX, and its kind as `entrytype`."""
    work = Work(values)
    fields = {name: _escaped(name, str(text)) for name, text in _fields(work).items()}
    return restored(fields, (work.details.get("kept") or {}).get("bibtex", {}))


def as_text(values: dict[str, Any], key: str) -> str:
    """A whole entry under its citation key, in UTF-8."""
    fields = write(values)
    kind = fields.pop("entrytype")
    lines = [f"  {name} = {{{text}}},\n" for name, text in fields.items()]
    return f"@{kind}{{{citation_key(key)},\n{''.join(lines)}}}\n"


def citation_key(key: str) -> str:
    """The key without what BibTeX would take for syntax."""
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._:+/-]+", "-", plain).strip("-") or "resource"


def _fields(work: Work) -> dict[str, Any]:
    details, container = work.details, work.container
    series = next(iter(work.all("series")), {})
    issued = date_parts(work.issued)
    within = "journal" if work.get("type") == domain.ARTICLE else "booktitle"
    return told(
        {
            "entrytype": _TYPES.get(work.get("type"), "misc"),
            "title": work.title,
            "subtitle": work.subtitle,
            "author": _people(work.authors),
            "editor": _people(work.people("Editor")),
            "translator": _people(work.people("Translator")),
            within: container.get("title"),
            "volume": container.get("volume") or "",
            "number": container.get("issue") or series.get("number"),
            "pages": (container.get("pages") or "").replace("–", "--"),
            "series": series.get("title"),
            "edition": details.get("edition"),
            "version": details.get("version"),
            "publisher": work.get("publisher"),
            "address": details.get("place"),
            "year": str(work.get("year")) if work.get("year") is not None else "",
            "month": _MONTHS[issued[1] - 1] if len(issued) > 1 and 0 < issued[1] < 13 else "",
            "type": details.get("genre"),
            "keywords": ", ".join(work.get("tags") or ()),
            "abstract": work.get("content"),
            "note": "; ".join(one["text"] for one in work.all("notes")),
            "langid": work.get("language"),
            "isbn": ", ".join(work.get("isbn") or ()),
            "issn": ", ".join(work.get("issn") or ()),
            "doi": work.get("doi"),
            "url": work.get("link"),
        }
    )


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _people(contributors: list[dict[str, Any]]) -> str:
    return " and ".join(map(_name, contributors))


def _name(one: dict[str, Any]) -> str:
    """`Plaatje, Sol T.`; what has no parts is braced, so that nobody cuts it."""
    if one.get("organisation"):
        return f"{{{one['name']}}}"
    given, family = in_parts(one)
    if given:
        return f"{family}, {given}"
    return f"{{{family}}}" if " " in family or "," in family else family


def _escaped(name: str, text: str) -> str:
    text = " ".join(text.split())
    if name in _VERBATIM:
        return text.replace("{", "%7B").replace("}", "%7D")
    if name in ("author", "editor", "translator"):
        bare = {mark: escape for mark, escape in _MARKUP.items() if chr(mark) not in "{}"}
        return text.translate(bare)
    return text.translate(_MARKUP)
