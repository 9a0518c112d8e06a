"""BibTeX entries as ours, field by field.

A file is cut where a line begins a new `@entry{`, which is also where bibtexparser recovers from a
broken one; each piece is parsed alone, so that memory stays bounded and damage stays local.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import bibtexparser
from bibtexparser.model import (
    Block,
    DuplicateFieldKeyBlock,
    Entry,
    ParsingFailedBlock,
    String,
)

from azora_library import domain
from azora_library.exchange.bibtex_details import contributors, details
from azora_library.exchange.bibtex_writing import write
from azora_library.exchange.faithful import differences, keeping
from azora_library.exchange.latex import plain, unbraced
from azora_library.exchange.names import described_people
from azora_library.exchange.records import Read, Refused, checked, clean, language_code, told

LARGEST = 262_144
"""Bytes of one entry; who writes more in one is refused by its number."""
DEEPEST = 40
"""Braces within braces."""
MOST_ABBREVIATED = 1_000_000
"""Characters of all `@string` abbreviations of a file together."""

_START = re.compile(rb"\s*@\s*[A-Za-z]\w*\s*[{(]")
_KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^\s,={}]+)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TYPES = {
    "article": domain.ARTICLE, "inproceedings": domain.ARTICLE, "conference": domain.ARTICLE,
    "incollection": domain.ARTICLE, "inbook": domain.ARTICLE, "book": domain.BOOK,
    "mvbook": domain.BOOK, "collection": domain.BOOK, "proceedings": domain.BOOK,
    "booklet": domain.BOOK, "video": domain.VIDEO, "movie": domain.VIDEO,
    "presentation": domain.PRESENTATION, "slides": domain.PRESENTATION,
}  # fmt: skip

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)


class Piece(NamedTuple):
    """What stands from one entry's beginning to the next; `text` is None where it is too large."""

    line: int
    text: bytes | None


def looks_like_bibtex(head: bytes) -> bool:
    """Whether a file that begins so has a line that begins an entry."""
    return bool(re.search(rb"^" + _START.pattern, head, re.M))


def read_bibtex(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each entry of a file in turn, one in memory at a time."""
    abbreviations: dict[str, str] = {month: month for month in _MONTHS}
    number = 0
    for piece in _pieces(stream):
        for block in _blocks(piece, encoding or "utf-8"):
            if isinstance(block, String):
                _abbreviate(abbreviations, block)
            elif isinstance(block, Entry):
                number += 1
                yield read_entry(number, block, abbreviations)
            elif isinstance(block, _Fault):
                number += 1
                yield Refused(number, block.key, f"line {piece.line}: {block.reason}")


def read_entry(number: int, entry: Entry, abbreviations: Mapping[str, str]) -> Read | Refused:
    """One entry, its abbreviations resolved and its LaTeX turned into text."""
    fields: dict[str, str] = {}
    try:
        for field in entry.fields:
            fields.setdefault(field.key.lower(), resolve(str(field.value), abbreviations))
    except ValueError as error:
        return Refused(number, entry.key, str(error))
    if not entry.key:
        return Refused(number, None, "has no key")
    kind = entry.entry_type.lower()
    found = checked(number, clean(entry.key), describe(kind, fields))
    if isinstance(found, Refused):
        return found
    said = {name: " ".join(text.split()) for name, text in fields.items()}
    written = write(found.record.model_dump(exclude={"key"}, mode="json"))
    return keeping(found, "bibtex", differences({"entrytype": kind, **said}, written))


def describe(kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """What an entry says of its work, as the values of our Description."""

    def text(*names: str) -> str:
        return next(filter(None, (plain(fields[name]) for name in names if name in fields)), "")

    authors, telling = described_people(contributors(fields))
    heading = ": ".join(filter(None, [text("title", "booktitle"), text("subtitle")]))
    return {
        "title": heading,
        "type": _TYPES.get(kind, domain.DOCUMENT),
        "content": text("abstract", "annote", "note"),
        "authors": authors,
        "tags": [tag.strip()[:100] for tag in re.split("[,;]", text("keywords")) if tag.strip()],
        "language": language_code(text("langid", "language")),
        "year": domain.year_in(text("year", "date")),
        "publisher": text("publisher", "institution", "school", "organization")[:300] or None,
        "isbn": _each(domain.isbn13, text("isbn")),
        "issn": _each(domain.issn, text("issn")),
        "doi": domain.doi(unbraced(fields.get("doi", ""))),
        "link": _link(fields),
        "details": {**details(fields, text), **told({"contributors": telling})},
    }


def resolve(value: str, abbreviations: Mapping[str, str]) -> str:
    """A raw value without its delimiters: `jan # " " # {2001}` is `jan 2001`.

    Raises ValueError where it grows beyond LARGEST.
    """
    whole = ""
    for part in _parts(value):
        if part[:1] in ('"', "{"):
            whole += part[1:-1]
        else:
            whole += abbreviations.get(part.lower(), part)
        if len(whole) > LARGEST:
            raise ValueError("its abbreviations make it too large")
    return whole


class _Fault(NamedTuple):
    key: str | None
    reason: str


def _parts(value: str) -> Iterator[str]:
    """The operands of `#`, which joins strings outside braces and quotes."""
    depth, quoted, start = 0, False, 0
    for place, char in enumerate(value):
        if char == '"' and depth == 0:
            quoted = not quoted
        elif char in "{}":
            depth += 1 if char == "{" else -1
        elif char == "#" and depth == 0 and not quoted:
            yield value[start:place].strip()
            start = place + 1
    yield value[start:].strip()


def _abbreviate(abbreviations: dict[str, str], block: String) -> None:
    room = MOST_ABBREVIATED - sum(map(len, abbreviations.values()))
    try:
        value = resolve(str(block.value), abbreviations)
    except ValueError:
        return
    if len(value) <= room:
        abbreviations[block.key.lower()] = value


def _blocks(piece: Piece, encoding: str) -> Iterator[Block | _Fault]:
    if piece.text is None:
        yield _Fault(None, f"is larger than {LARGEST:,} bytes")
        return
    try:
        text = piece.text.decode(encoding)
    except UnicodeDecodeError as error:
        key = _KEY.search(piece.text.decode("latin-1"))
        bad = piece.text[error.start]
        yield _Fault(
            key and key.group(1),
            f"is not {encoding} (byte {bad:#04x}): name the encoding of the file (--encoding)",
        )
        return
    key = _KEY.search(text)
    if _depth(text) > DEEPEST:
        yield _Fault(key and key.group(1), f"has more than {DEEPEST} braces within braces")
        return
    for block in bibtexparser.parse_string(text, parse_stack=[]).blocks:
        if isinstance(block, DuplicateFieldKeyBlock) and block.ignore_error_block:
            yield block.ignore_error_block
        elif isinstance(block, ParsingFailedBlock):
            yield _Fault(key and key.group(1), f"is not sound BibTeX: {_reason(block)}")
        else:
            yield block


def _reason(block: ParsingFailedBlock) -> str:
    return clean(getattr(block.error, "abort_reason", None) or str(block.error))


def _depth(text: str) -> int:
    depth = deepest = 0
    for brace in re.finditer(r"(?<!\\)[{}]", text):
        depth += 1 if brace.group() == "{" else -1
        deepest = max(deepest, depth)
    return deepest


def _each(read: Any, text: str) -> list[str]:
    return [found for part in re.split(r"[,;/\s]+", text) if (found := read(part))]


def _link(fields: Mapping[str, str]) -> str | None:
    for name in ("url", "howpublished", "note"):
        if found := re.search(r"https?://[^\s{}\\\"<>]{1,1990}", unbraced(fields.get(name, ""))):
            return found.group().rstrip(".,;)")
    return None


def _pieces(stream: BinaryIO) -> Iterator[Piece]:
    """The file cut before each line that begins an entry; what comes before the first is a comment."""
    kept: list[bytes] | None = None
    size = first = line = 0
    fresh = True
    while part := stream.readline(65_536):
        line += fresh
        if fresh and _START.match(part):
            if kept is not None:
                yield Piece(first, b"".join(kept) if size <= LARGEST else None)
            kept, size, first = [], 0, line
        fresh = part.endswith(b"\n")
        if kept is not None:
            size += len(part)
            if size <= LARGEST:
                kept.append(part)
    if kept is not None:
        yield Piece(first, b"".join(kept) if size <= LARGEST else None)
