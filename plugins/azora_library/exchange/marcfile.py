"""Files of MARC 21 records in transmission format (ISO 2709).

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
from typing import BinaryIO

from pymarc import Record
from pymarc.exceptions import BadSubfieldCodeWarning, PymarcException

from azora_library.exchange.marc import control_number, describe, grouped
from azora_library.exchange.records import Read, Refused, checked, clean

MEDIA_TYPE = "application/marc"
END_OF_RECORD = b"\x1d"
LARGEST = 99_999
"""Bytes: the length of a record is written in five digits."""

_BLANK = b"\r\n \x00\x1a"
_LEADER = re.compile(rb"\d{5}[a-zA-Z ][a-z][a-z ][ a-z][ a]\d{2}\d{5}", re.S)

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
    if _is_garbled(record.title or ""):
        return Refused(
            number, _key_in(chunk), "is neither UTF-8 nor MARC-8: name its encoding (--encoding)"
        )
    return read_whole(number, record, chunk)


def read_whole(number: int, record: Record, content: bytes) -> Read | Refused:
    """A record that is decoded; one without a number is known by its content."""
    fields = grouped(record)
    key = control_number(fields) or f"sha256-{hashlib.sha256(content).hexdigest()[:16]}"
    return checked(number, key, describe(fields, str(record.leader)))


def _decoded(chunk: bytes, encoding: str | None) -> Record:
    if chunk.isascii() and b"\x1b" not in chunk:  # the same in every encoding
        return Record(data=chunk, force_utf8=True)
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # of single characters
        warnings.simplefilter("ignore", BadSubfieldCodeWarning)
        if encoding:
            return Record(data=chunk, file_encoding=encoding)
        return Record(data=chunk, force_utf8=_is_utf8(chunk), hide_utf8_warnings=True)


def _is_garbled(text: str) -> bool:
    """Whether the text was decoded by the wrong table: accents without letters to stand on."""
    if text.isascii():
        return False
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
