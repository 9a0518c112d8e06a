"""MARC 21 bibliographic records as ours, field by field (loc.gov/marc/bibliographic).

pymarc decodes one record at a time. Where records begin and end we find ourselves, so that a
damaged or truncated one costs only itself.
"""

import hashlib
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import Any, BinaryIO

from pymarc import Field, Record
from pymarc.exceptions import BadSubfieldCodeWarning, PymarcException

from azora_library import domain
from azora_library.exchange.records import Read, Refused, checked, clean, language_code

END_OF_RECORD = b"\x1d"
LARGEST = 99_999
"""Bytes: the length of a record is written in five digits."""

_BLANK = b"\r\n \x00\x1a"
_LEADER = re.compile(rb"\d{5}[a-zA-Z ][a-z][a-z ][ a-z][ a]\d{2}\d{5}", re.S)
_CREATORS = ("100", "110", "111", "700", "710", "711")
_SUBJECTS = ("600", "610", "611", "630", "650", "651", "653", "655")
_DEWEY = (
    "Computing and general works", "Philosophy and psychology", "Religion", "Society", "Language",
    "Science", "Technology", "Arts", "Literature", "History and geography",
)  # fmt: skip
_CONGRESS = {
    "A": 0, "B": 1, "C": 9, "D": 9, "E": 9, "F": 9, "G": 9, "H": 3, "J": 3, "K": 3, "L": 3,
    "M": 7, "N": 7, "P": 8, "Q": 5, "R": 6, "S": 6, "T": 6, "U": 3, "V": 3, "Z": 0,
}  # fmt: skip

logging.getLogger("pymarc").setLevel(logging.ERROR)


def looks_like_marc(head: bytes) -> bool:
    """Whether a file that begins so holds MARC: a leader with its length, and field terminators."""
    return bool(re.match(rb"\d{5}[^\r\n]{19}", head.lstrip(_BLANK))) and b"\x1e" in head


def read_marc(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each record of a file in turn, one in memory at a time.

    `encoding` is for files that break the standard; the standard's own are UTF-8 and MARC-8, and a
    record that is valid UTF-8 without saying so is read as such.
    """
    number = 0
    for chunk, fault in _chunks(stream):
        for piece in _pieces(chunk) if fault is None else (chunk,):
            number += 1
            yield (
                Refused(number, _key_in(piece), fault)
                if fault
                else read_record(number, piece, encoding)
            )


def read_record(number: int, chunk: bytes, encoding: str | None = None) -> Read | Refused:
    """One record in transmission format."""
    try:
        record = _decoded(chunk, encoding)
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 1].hex() or "?"
        return Refused(
            number, _key_in(chunk), f"says it is {error.encoding} but holds the byte {bad}"
        )
    except (PymarcException, ValueError, IndexError, TypeError) as error:
        return Refused(
            number, _key_in(chunk), f"is not sound MARC 21: {error or type(error).__name__}"
        )
    if _is_garbled(title(record)):
        return Refused(
            number, _key_in(chunk), "is neither UTF-8 nor MARC-8: name its encoding (--encoding)"
        )
    digest = hashlib.sha256(chunk).hexdigest()[:16]
    return checked(number, control_number(record) or f"sha256-{digest}", describe(record))


def control_number(record: Record) -> str:
    """Field 001 behind the organisation of 003 that gave it, or an empty string."""
    number, giver = (clean(_control(record, tag)) for tag in ("001", "003"))
    return f"{giver}:{number}" if number and giver else number


def describe(record: Record) -> dict[str, Any]:
    """What a record says of its work, as the values of our Description."""
    return {
        "title": title(record),
        "type": type_of(str(record.leader)),
        "content": summary(record),
        "authors": authors(record),
        "category": category(record),
        "tags": [name for text in _values(record, _SUBJECTS, "a") if (name := trim(text)[:100])],
        "language": language(record),
        "year": year(record),
        "publisher": publisher(record),
        "isbn": [found for text in _values(record, "020", "a") if (found := domain.isbn13(text))],
        "issn": [found for text in _values(record, "022", "a") if (found := domain.issn(text))],
        "doi": doi(record),
        "link": link(record),
    }


def title(record: Record) -> str:
    """Field 245: the title, its remainder, and the number and name of the part."""
    field = record.get("245")
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


def authors(record: Record) -> list[str]:
    """Main and added entries; not those that name another work ($t)."""
    names = [name_in(field) for field in record.get_fields(*_CREATORS) if "t" not in field]
    return [name for name in names if name]


def name_in(field: Field) -> str:
    """A name as it is spoken: a surname that stands first (indicator 1) goes last."""
    name = trim(" ".join(field.get_subfields("a", "b")))
    if field.tag in ("100", "700") and field.indicator1 == "1":
        surname, _, given = name.partition(", ")
        return f"{given} {surname}".strip()
    return name


def summary(record: Record) -> str:
    """Field 520, else the contents note 505, else the general notes 500."""
    for tag in ("520", "505", "500"):
        if notes := [clean(text) for text in _values(record, tag, "a", "b", "t")]:
            return "\n\n".join(notes)
    return ""


def year(record: Record) -> int | None:
    """Date 1 of field 008, else the date of publication in 264 or 260."""
    fixed = domain.year_in(_control(record, "008")[7:11])
    dates = [
        domain.year_in(text) for text in _values(record, "264", "c") + _values(record, "260", "c")
    ]
    return fixed or next(filter(None, dates), None)


def publisher(record: Record) -> str | None:
    published = [field for field in record.get_fields("264") if field.indicator2 == "1"]
    for field in (*published, *record.get_fields("260")):
        if name := trim(" ".join(field.get_subfields("b")[:1])):
            return name[:300]
    return None


def language(record: Record) -> str | None:
    """The first code of field 041, where several may be run together, else that of 008."""
    codes = [text[:3] for text in _values(record, "041", "a")] + [_control(record, "008")[35:38]]
    return next(filter(None, map(language_code, codes)), None)


def category(record: Record) -> str | None:
    """The main class of the Dewey (082) or the Library of Congress (050) classification."""
    for number in _values(record, "082", "a"):
        if number[:1].isdecimal() and number[:3].isascii():
            return _DEWEY[int(number[0])]
    for number in _values(record, "050", "a"):
        if (letter := number[:1].upper()) in _CONGRESS:
            return _DEWEY[_CONGRESS[letter]]
    return None


def doi(record: Record) -> str | None:
    fields = [field for field in record.get_fields("024") if "doi" in field.get_subfields("2")]
    found = [domain.doi(text) for field in fields for text in field.get_subfields("a")]
    return next(filter(None, found), None)


def link(record: Record) -> str | None:
    """The first web address of field 856."""
    links = map(str.strip, _values(record, "856", "u"))
    return next((text for text in links if re.fullmatch(r"https?://\S{1,1990}", text)), None)


def trim(text: str) -> str:
    """The text without the ISBD punctuation that leads to the next element."""
    tidy = clean(text).rstrip(" /:;,=")
    if tidy.endswith("]") and tidy.rfind("[") <= 0:
        tidy = tidy.strip("[]")
    return tidy[:-1] if re.search(r"\w{3}\.$", tidy) else tidy


def _control(record: Record, tag: str) -> str:
    field = record.get(tag)
    return (field.data or "") if field is not None else ""


def _values(record: Record, tags: str | tuple[str, ...], *codes: str) -> list[str]:
    fields: list[Field] = record.get_fields(*([tags] if isinstance(tags, str) else tags))
    return [text for field in fields for text in field.get_subfields(*codes)]


def _decoded(chunk: bytes, encoding: str | None) -> Record:
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # of single characters
        warnings.simplefilter("ignore", BadSubfieldCodeWarning)
        if encoding:
            return Record(data=chunk, file_encoding=encoding)
        return Record(data=chunk, force_utf8=_is_utf8(chunk), hide_utf8_warnings=True)


def _is_garbled(text: str) -> bool:
    """Whether the text was decoded by the wrong table: accents without letters to stand on."""
    marks = sum(unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFC", text))
    return marks * 2 > sum(map(str.isalpha, text))


def _is_utf8(chunk: bytes) -> bool:
    """Whether the bytes are UTF-8 though the leader does not say so, as in many files."""
    if chunk.isascii() or b"\x1b" in chunk:
        return False
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _key_in(chunk: bytes) -> str | None:
    """The control number of a record that cannot be read whole: the first field after the directory."""
    fields = chunk[24:].split(b"\x1e", 2)
    if len(fields) < 3 or not fields[0].startswith(b"001"):
        return None
    return clean(fields[1].decode("ascii", "replace"))[:300] or None


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, str | None]]:
    """What stands between record terminators, and what is wrong with it."""
    rest = b""
    skipping = False
    while block := stream.read(65_536):
        *whole, rest = (rest + block).split(END_OF_RECORD)
        for chunk in whole:
            if not skipping and (chunk := chunk.lstrip(_BLANK)):
                yield chunk + END_OF_RECORD, None
            skipping = False
        if len(rest) > LARGEST:
            if not skipping:
                yield rest, f"does not end within {LARGEST:,} bytes"
            rest, skipping = b"", True
    if (rest := rest.strip(_BLANK)) and not skipping:
        yield rest, "the file ends in the middle of this record"


def _pieces(chunk: bytes) -> list[bytes]:
    """The chunk, cut before a whole record that follows one which lost its end."""
    if chunk[:5] == b"%05d" % len(chunk):
        return [chunk]
    for leader in _LEADER.finditer(chunk, 1):
        if int(leader.group()[:5]) == len(chunk) - leader.start():
            return [chunk[: leader.start()], chunk[leader.start() :]]
    return [chunk]
