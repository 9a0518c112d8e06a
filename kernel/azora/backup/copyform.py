"""Rows as text in PostgreSQL's COPY form, and between that and what SQLite holds."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def to_copy(rows: Iterable[Sequence[Any]], types: Sequence[str]) -> Iterator[str]:
    """Lines for COPY FROM, of SQLite's values for columns of these PostgreSQL types."""
    for row in rows:
        yield "\t".join(map(_written, row, types)) + "\n"


def from_copy(lines: IO[str], types: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """What SQLite is to hold of the lines that COPY TO wrote for columns of these types."""
    readers = [_reader(kind) for kind in types]
    for line in lines:
        pieces = line.removesuffix("\n").split("\t")
        yield tuple(
            None if piece == NULL else read(_unescaped(piece))
            for piece, read in zip(pieces, readers, strict=True)
        )


def _written(value: Any, kind: str) -> str:
    if value is None:
        return NULL
    if kind == "boolean":
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex() if kind == "bytea" else value.decode().translate(_ESCAPED)
    if kind == "bytea":
        return "\\\\x" + str(value).encode().hex()
    if isinstance(value, float) and value.is_integer() and "int" in kind:
        value = int(value)
    return str(value).translate(_ESCAPED)


def _unescaped(piece: str) -> str:
    if "\\" not in piece:
        return piece
    return _ESCAPE.sub(lambda found: _MEANT.get(found[1], found[1]), piece)


def _reader(kind: str) -> Callable[[str], Any]:
    if kind == "boolean":
        return lambda text: int(text == "t")
    if kind == "bytea":
        return lambda text: bytes.fromhex(text.removeprefix("\\x"))
    if kind in ("smallint", "integer", "bigint"):
        return int
    if kind in ("real", "double precision"):
        return float
    if kind == "timestamp without time zone":
        return _moment
    return str


def _moment(text: str) -> str:
    """A moment with its six digits: PostgreSQL leaves zeros at the end out, and SQLite sorts text."""
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<6}"
