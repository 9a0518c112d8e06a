"""The properties of a message and its headers, as AMQP 0-9-1 writes them.

Section numbers are those of https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf.
"""

from functools import lru_cache
from struct import Struct
from struct import error as StructError
from typing import Any

from amqp.exceptions import FrameSyntaxError
from amqp.serialization import loads

_FLAGS = Struct(">H")
_LONG = Struct(">I")
_LONG_LONG = Struct(">Q")
_SIGNED = Struct(">q")

_TEXT, _TABLE, _OCTET, _TIME = range(4)
_PROPERTIES = (
    ("content_type", _TEXT),
    ("content_encoding", _TEXT),
    ("application_headers", _TABLE),
    ("delivery_mode", _OCTET),
    ("priority", _OCTET),
    ("correlation_id", _TEXT),
    ("reply_to", _TEXT),
    ("expiration", _TEXT),
    ("message_id", _TEXT),
    ("timestamp", _TIME),
    ("type", _TEXT),
    ("user_id", _TEXT),
    ("app_id", _TEXT),
    ("cluster_id", _TEXT),
)
"""By falling bit of the property flags (1.8.1), under py-amqp's names."""

Properties = dict[str, Any]


def encode_properties(
    headers: dict[str, str] | None = None,
    *,
    persistent: bool = False,
    correlation_id: str = "",
    reply_to: str = "",
    expiration: str = "",
    message_id: str = "",
) -> bytes:
    """The flags and the list of the properties (4.2.6.1) of a message whose body is JSON."""
    flags = 0xD000
    pieces = [b"", _JSON]
    if headers:
        flags |= 0x2000
        pieces.append(_table(headers))
    pieces.append(b"\x02" if persistent else b"\x01")
    for flag, value in (
        (0x0400, correlation_id),
        (0x0200, reply_to),
        (0x0100, expiration),
        (0x0080, message_id),
    ):
        if value:
            flags |= flag
            pieces.append(short(value))
    pieces[0] = _FLAGS.pack(flags)
    return b"".join(pieces)


def decode_properties(payload: bytes, at: int) -> Properties:
    """The properties whose flags begin at this place. Raises FrameSyntaxError."""
    found: Properties = {}
    try:
        named = _named(_FLAGS.unpack_from(payload, at)[0])
        at += 2
        for name, kind in named:
            if kind == _TEXT:
                begin = at + 1
                at = begin + payload[at]
                found[name] = str(payload[begin:at], "utf-8", "replace")
            elif kind == _TABLE:
                found[name], at = _read_table(payload, at)
            elif kind == _OCTET:
                found[name] = payload[at]
                at += 1
            else:
                found[name] = _LONG_LONG.unpack_from(payload, at)[0]
                at += 8
    except (StructError, IndexError, ValueError, ArithmeticError, OSError, RecursionError) as error:
        raise FrameSyntaxError(f"the properties of a message cannot be read: {error}") from None
    if at != len(payload):
        raise FrameSyntaxError(
            "the properties of a message are longer or shorter than their fields"
        )
    return found


@lru_cache(256)
def _named(flags: int) -> tuple[tuple[str, int], ...]:
    if flags & 3:
        raise FrameSyntaxError("a message has properties that AMQP 0-9-1 does not know")
    return tuple(named for bit, named in enumerate(_PROPERTIES) if flags & 0x8000 >> bit)


def _read_table(payload: bytes, at: int) -> tuple[dict[str, Any], int]:
    """A table (4.2.5.5) of texts and long numbers; py-amqp reads those that hold something else."""
    begin = at
    end = at + 4 + _LONG.unpack_from(payload, at)[0]
    at += 4
    table: dict[str, Any] = {}
    while at < end:
        start = at + 1
        at = start + payload[at]
        name = str(payload[start:at], "utf-8", "replace")
        kind = payload[at]
        if kind == 0x53:  # S, a long string
            start = at + 5
            at = start + _LONG.unpack_from(payload, at + 1)[0]
            table[name] = str(payload[start:at], "utf-8", "replace")
        elif kind == 0x6C:  # l, which is how the broker writes the offset in a stream
            table[name] = _SIGNED.unpack_from(payload, at + 1)[0]
            at += 9
        else:
            values, at = loads("F", payload, begin)
            table = values[0]
    if at != end:
        raise FrameSyntaxError("a table is longer or shorter than its fields")
    return table, at


def _table(headers: dict[str, str]) -> bytes:
    pieces = [b""]
    size = 0
    for name, text in headers.items():
        value = text.encode("utf-8", "surrogatepass")
        pieces += (_named_long(name), _LONG.pack(len(value)), value)
        size += len(pieces[-3]) + 4 + len(value)
    pieces[0] = _LONG.pack(size)
    return b"".join(pieces)


def read_text(payload: bytes, at: int) -> tuple[str, int]:
    """A short string. What is no UTF-8 in it is replaced: the broker carries any bytes."""
    begin = at + 1
    end = begin + payload[at]
    return str(payload[begin:end], "utf-8", "replace"), end


def short(text: str) -> bytes:
    """A short string (4.2.5.3). Raises ValueError for one of more than 255 bytes."""
    raw = text.encode("utf-8", "surrogatepass")
    return bytes((len(raw),)) + raw


@lru_cache(256)
def _named_long(name: str) -> bytes:
    """The name of a header and the type of its value, a long string."""
    return short(name) + b"S"


_JSON = short("application/json") + short("utf-8")
