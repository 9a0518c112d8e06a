"""What a container may unpack into, judged before it is kept: a ZIP bomb is small until it is opened.

The directory of a ZIP says what each entry unpacks to, and no reader of ours unpacks more than it says.
Entries that lie on one another, or hold containers themselves, are how bombs hide their size.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import IO, NamedTuple

DEEPEST = 3
SMALL = 20_000_000
"""Bytes up to which a high ratio is harmless."""
LARGEST_INNER = 100_000_000
"""Bytes of a container within a container that are unpacked to look into it."""

_END = b"PK\x05\x06"
_END_SIZE = 22
_ZIP64 = b"PK\x06\x07"
_ZIP64_SIZE = 20
_MAGIC = b"PK\x03\x04"
_DIRECTORY = 10_000_000
_HEADER = 30


class TooMuch(ValueError):
    """The container would unpack into more than it may; the words say what of it."""


class Bounds(NamedTuple):
    """What all of a container may come to: bytes, times its packed size, and files."""

    total: int
    ratio: int
    files: int


def measure(path: Path, bounds: Bounds) -> int:
    """The bytes that a ZIP unpacks to, with all that it holds. Raises TooMuch; 0 for what is no ZIP."""
    with path.open("rb") as file:
        return _measure(file, bounds, DEEPEST)


def _measure(file: IO[bytes], bounds: Bounds, depth: int) -> int:
    size = _check_directory(file)
    try:
        with zipfile.ZipFile(file) as container:
            entries = container.infolist()
            unpacked = _check_entries(entries, size, bounds)
            for entry in entries:
                unpacked += _inside(
                    container, entry, bounds._replace(total=bounds.total - unpacked), depth
                )
            return unpacked
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        return 0  # its reader says that it is damaged, or protected


def _check_directory(file: IO[bytes]) -> int:
    """The size of the file, whose directory is small enough to be read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_536 - _END_SIZE))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        return size
    if tail[max(0, at - _ZIP64_SIZE) :].startswith(_ZIP64):
        raise TooMuch("says that it unpacks to more than 4 GB or 65,535 files")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY:
        raise TooMuch("has a longer list of files than any book")
    return size


def _check_entries(entries: list[zipfile.ZipInfo], size: int, bounds: Bounds) -> int:
    if len(entries) > bounds.files:
        raise TooMuch(f"holds more than {bounds.files:,} files")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > bounds.total:
        raise TooMuch(f"unpacks to more than {bounds.total // 1_000_000:,} MB")
    if unpacked > max(SMALL, size * bounds.ratio):
        raise TooMuch(f"unpacks to more than {bounds.ratio} times its size")
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise TooMuch("has files that lie on one another")
        end = entry.header_offset + _HEADER + entry.compress_size
    return unpacked


def _inside(container: zipfile.ZipFile, entry: zipfile.ZipInfo, bounds: Bounds, depth: int) -> int:
    """What an entry that is a container itself unpacks to."""
    if entry.is_dir() or entry.file_size < len(_MAGIC) or entry.flag_bits & 1:
        return 0
    with container.open(entry) as packed:
        if packed.read(len(_MAGIC)) != _MAGIC:
            return 0
    if depth <= 1:
        raise TooMuch(f"holds containers more than {DEEPEST} deep")
    if entry.file_size > LARGEST_INNER:
        raise TooMuch(
            f"holds a container of more than {LARGEST_INNER // 1_000_000:,} MB that nobody can look into"
        )
    with tempfile.TemporaryFile() as inner, container.open(entry) as packed:
        while block := packed.read(1_000_000):
            inner.write(block)
        return _measure(inner, bounds, depth - 1)
