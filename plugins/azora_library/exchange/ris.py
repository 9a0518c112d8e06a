"""RIS references as ours and back, one at a time: a file is cut behind each `ER  -`, rispy reads the piece."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import rispy

from azora_library import domain
from azora_library.exchange import names
from azora_library.exchange.faithful import differences, keeping, restored
from azora_library.exchange.records import (
    Read,
    Refused,
    checked,
    clean,
    digest_key,
    language_code,
    told,
)
from azora_library.exchange.work import Work, date_parts, iso_date

MEDIA_TYPE = "application/x-research-info-systems"
LARGEST = 1_000_000
"""Bytes of one reference."""

_FIRST = re.compile(rb"^\s*TY  - ", re.M)
_TAGGED = re.compile(r"^[A-Z][A-Z0-9]  -")
_TYPES = {
    "BOOK": domain.BOOK, "EBOOK": domain.BOOK, "EDBOOK": domain.BOOK, "JOUR": domain.ARTICLE,
    "EJOUR": domain.ARTICLE, "CHAP": domain.ARTICLE, "ECHAP": domain.ARTICLE, "CONF": domain.ARTICLE,
    "CPAPER": domain.ARTICLE, "MGZN": domain.ARTICLE, "NEWS": domain.ARTICLE, "VIDEO": domain.VIDEO,
    "MPCT": domain.VIDEO, "ADVS": domain.VIDEO, "SLIDE": domain.PRESENTATION,
}  # fmt: skip
_WRITTEN = {
    domain.BOOK: "BOOK", domain.ARTICLE: "JOUR", domain.VIDEO: "VIDEO", domain.PRESENTATION: "SLIDE",
}  # fmt: skip
_LISTS = ("authors", "first_authors", "secondary_authors", "tertiary_authors", "subsidiary_authors")


def looks_like_ris(head: bytes) -> bool:
    """Whether a file that begins so has a line that says the type of a reference."""
    return bool(_FIRST.search(head))


def read_ris(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each reference of a file in turn, one in memory at a time."""
    for number, (piece, fault) in enumerate(_pieces(stream), 1):
        try:
            text = piece.decode(encoding or "utf-8-sig")
        except UnicodeDecodeError as error:
            bad = piece[error.start]
            fault = f"is not {encoding or 'utf-8'} (byte {bad:#04x}): name the encoding of the file (--encoding)"
        yield Refused(number, None, fault) if fault else read_reference(number, text)


def read_reference(number: int, text: str) -> Read | Refused:
    """One reference; what it says beyond our words is kept."""
    try:
        [fields] = rispy.loads(_one_tag_a_line(text))
    except (ValueError, OSError, IndexError, KeyError, TypeError) as error:
        return Refused(number, None, f"is not sound RIS: {error or type(error).__name__}")
    fields["unknown_tag"] = dict(fields.get("unknown_tag", {}))
    key = clean(fields.get("id") or fields.get("accession_number") or fields.get("doi") or "")
    found = checked(number, key or digest_key(text), describe(fields))
    if isinstance(found, Refused):
        return found
    written = write(found.record.model_dump(exclude={"key"}, mode="json"))
    return keeping(found, "ris", differences(told(fields), written))


def describe(fields: dict[str, Any]) -> dict[str, Any]:
    """What a reference says, as the values of our Description."""

    def text(*keys: str) -> str:
        return next((clean(str(fields[key])) for key in keys if fields.get(key)), "")

    kind = text("type_of_reference")
    people = [
        {**_person(name), **({"role": role} if role else {})}
        for tag, role in zip(_LISTS, ("", "", "Editor", "SeriesEditor", "Translator"), strict=True)
        for name in fields.get(tag, ())
    ]
    authors, telling = names.described_people([one for one in people if one.get("name")])
    issued, accessed = (
        _date(text(*tags)) for tags in (("date", "year", "publication_year"), ("access_date",))
    )
    within = text("journal_name", "secondary_title", "alternate_title3", "alternate_title2")
    series = text("tertiary_title") or (within if kind in ("BOOK", "EBOOK") else "")
    container = told(
        {
            "title": "" if series == within else within,
            "volume": text("volume"),
            "issue": text("number"),
            "pages": "–".join(filter(None, [text("start_page"), text("end_page")])),
        }
    )
    numbers = text("issn")
    links = [url for url in fields.get("urls", ()) if re.match(r"https?://\S+$", url)]
    return {
        "title": text("title", "primary_title"),
        "type": _TYPES.get(kind, domain.DOCUMENT),
        "content": text("abstract", "notes_abstract"),
        "authors": authors,
        "tags": [tag[:100] for one in fields.get("keywords", ()) if (tag := clean(one))],
        "language": language_code(text("language")),
        "year": next(iter(date_parts(issued)), None) or domain.year_in(text("year", "date")),
        "publisher": text("publisher")[:300] or None,
        "isbn": _numbers(domain.isbn13, numbers),
        "issn": _numbers(domain.issn, numbers),
        "doi": domain.doi(text("doi")),
        "link": links[0] if links else None,
        "details": told(
            {
                "contributors": telling,
                "dates": [{"value": issued}] * (len(issued) > 4)
                + [{"value": accessed, "kind": "Accessed"}] * bool(accessed),
                "titles": [
                    told({"text": text(tag), "kind": kind})
                    for tag, kind in (
                        ("short_title", "ShortTitle"),
                        ("translated_title", "TranslatedTitle"),
                    )
                    if text(tag)
                ],
                "container": container,
                "series": [{"title": series}] * bool(series),
                "edition": text("edition"),
                "place": text("place_published"),
                "genre": text("type_of_work"),
                "notes": [{"text": clean(note)} for note in fields.get("notes", ()) if clean(note)],
            }
        ),
    }


def write(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a resource's reference, by rispy's names."""
    work = Work(values)
    container, (first, last) = work.container, work.pages
    titles = {one.get("kind"): one["text"] for one in work.all("titles")}
    fields = {
        "type_of_reference": _WRITTEN.get(work.get("type"), "GEN"),
        "title": work.get("title"),
        "short_title": titles.get("ShortTitle"),
        "translated_title": titles.get("TranslatedTitle"),
        "authors": list(map(names.inverted, work.authors)),
        "secondary_authors": list(map(names.inverted, work.people("Editor"))),
        "tertiary_authors": list(map(names.inverted, work.people("SeriesEditor"))),
        "subsidiary_authors": list(map(names.inverted, work.people("Translator"))),
        "year": f"{work.get('year'):04d}" if work.get("year") is not None else None,
        "date": work.issued.replace("-", "/") if len(work.issued) > 4 else None,
        "access_date": work.date("Accessed").replace("-", "/"),
        "journal_name": container.get("title"),
        "tertiary_title": next((one["title"] for one in work.all("series")), None),
        "volume": container.get("volume"),
        "number": container.get("issue"),
        "start_page": first,
        "end_page": last,
        "edition": work.details.get("edition"),
        "publisher": work.get("publisher"),
        "place_published": work.details.get("place"),
        "type_of_work": work.details.get("genre"),
        "abstract": clean(work.get("content") or ""),
        "keywords": list(work.get("tags") or ()),
        "notes": [clean(one["text"]) for one in work.all("notes")],
        "language": work.get("language"),
        "issn": " ".join([*(work.get("isbn") or ()), *(work.get("issn") or ())]),
        "doi": work.get("doi"),
        "urls": [work.get("link")] if work.get("link") else [],
    }
    return restored(told(fields), (work.details.get("kept") or {}).get("ris", {}))


def as_text(values: dict[str, Any], key: str) -> str:
    """A whole reference under the key that its list gives it."""
    fields = {**write(values), "id": key}
    fields["unknown_tag"] = {tag: list(said) for tag, said in fields.get("unknown_tag", {}).items()}
    return str(rispy.dumps([fields], implementation=_Writer))


class _Writer(rispy.RisWriter):
    def set_header(self, count: int) -> str:
        return ""


def _person(name: str) -> dict[str, Any]:
    """`Plaatje, Sol T., Jr.`; a name without a comma is a body, or spoken."""
    family, _, rest = (part.strip() for part in clean(name).partition(","))
    given, _, suffix = (part.strip() for part in rest.partition(","))
    if not given:
        return {"name": family}
    return names.person(given, " ".join(filter(None, [family, suffix])))


def _date(text: str) -> str:
    """`2001/05/17/spring` in ISO 8601, as far as it is a date."""
    found = re.match(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?", text)
    return iso_date(*found.groups()) if found else ""


def _numbers(read: Any, text: str) -> list[str]:
    return [
        found
        for part in re.split(r"[,;\s]+", re.sub(r"\([^)]*\)", "", text))
        if (found := read(part))
    ]


def _one_tag_a_line(text: str) -> str:
    """Lines that begin no tag belong to the line before."""
    lines: list[str] = []
    for line in text.replace("\r", "\n").split("\n"):
        if _TAGGED.match(line) or not lines:
            lines.append(line)
        elif line.strip():
            lines[-1] += f" {line.strip()}"
    return "\n".join(lines)


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, str]]:
    """Each reference with what is wrong with it; what stands before the first is no reference."""
    kept: list[bytes] = []
    size = 0
    while line := stream.readline(65_536):
        if not kept and not _FIRST.match(line.removeprefix(b"\xef\xbb\xbf")):
            continue
        if size and _FIRST.match(line):
            yield b"".join(kept), "does not end: its ER line is missing"
            kept, size = [], 0
        size += len(line)
        kept.append(line if size <= LARGEST else b"")
        if line.startswith(b"ER  -"):
            yield b"".join(kept), f"is larger than {LARGEST:,} bytes" if size > LARGEST else ""
            kept, size = [], 0
    if kept:
        yield b"".join(kept), "the file ends in the middle of this reference"
