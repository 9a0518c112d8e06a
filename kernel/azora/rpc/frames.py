"""The frames of AMQP 0-9-1 that carry messages: Basic.Publish and Basic.Ack out, Basic.Deliver in.

These are all but a few of the bytes on a connection. Every other frame is py-amqp's, which takes
2.4 times as long for these (docs/decisions/0017). Section numbers are those of the specification,
https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf.
"""

from functools import lru_cache
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, Any, NamedTuple

from amqp.exceptions import FrameSyntaxError, UnexpectedFrame

from azora.rpc.properties import Properties, decode_properties, read_text, short

if TYPE_CHECKING:
    from azora.rpc.link import Link

METHOD, HEADER, BODY = 1, 2, 3
"""Types of frames (4.2.3); another is a heartbeat, 8."""

FRAME_MAX = 131_072
"""Bytes of the largest frame, until the broker names another."""

_END = b"\xce"
_OVERHEAD = 8
"""Bytes of a frame round its payload: type, channel, size and end."""

_FRAME = Struct(">BHI")
_CONTENT = Struct(">BHIHHQ")
"""A frame's head and the head of a content header (4.2.6.1): class, weight, size of the body."""
_LONG_LONG = Struct(">Q")
_SETTLE = Struct(">BHIHHQBB")

_BASIC = 60
_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"
"""Basic.Publish (1.8.3.7) up to its exchange."""
_DELIVER = b"\x00\x3c\x00\x3c"


class Frame(NamedTuple):
    """A frame that is py-amqp's."""

    kind: int
    channel: int
    payload: bytes


class Delivery:
    """A message that a consumer got. `broken` says why one cannot be read; it then has no properties."""

    __slots__ = (
        "body",
        "broken",
        "channel_id",
        "consumer",
        "exchange",
        "link",
        "properties",
        "redelivered",
        "routing_key",
        "tag",
    )

    def __init__(self, channel_id: int, method: bytes, header: bytes, body: bytes) -> None:
        self.channel_id = channel_id
        self.link: Link
        self.body = body
        at = 5 + method[4]
        self.tag: int = _LONG_LONG.unpack_from(method, at)[0]
        self.consumer, self.redelivered, self.exchange, self.routing_key = _named(
            method[4:at], method[at + 8 :]
        )
        self.properties: Properties = {}
        self.broken: str | None = None
        try:
            self.properties = decode_properties(header, 12)
        except FrameSyntaxError as error:
            self.broken = str(error)

    @property
    def headers(self) -> dict[str, Any]:
        """The headers that its sender set."""
        return self.properties.get("application_headers") or {}

    def acknowledge(self, multiple: bool = False) -> None:
        """Say that this one, or all up to it, has been dealt with. Raises ConnectionError."""
        self.link.write(ack(self.channel_id, self.tag, multiple))

    def reject(self, requeue: bool) -> None:
        """Give it back, or away to the dead letters. Raises ConnectionError."""
        self.link.write(reject(self.channel_id, self.tag, requeue))


@lru_cache(1024)
def _named(before: bytes, after: bytes) -> tuple[str, bool, str, str]:
    """Consumer, redelivered, exchange and routing key, which hardly differ from message to message."""
    consumer, _ = read_text(before, 0)
    exchange, at = read_text(after, 1)
    routing_key, at = read_text(after, at)
    if at != len(after):
        raise FrameSyntaxError("a delivery is longer or shorter than its fields")
    return consumer, bool(after[0] & 1), exchange, routing_key


class FrameReader:
    """Takes the bytes of a connection as they come, and gives what they say, one thing after the other."""

    def __init__(self) -> None:
        self.frame_max = FRAME_MAX
        self._buffer = b""
        self._at = 0
        self._partial: dict[int, _Partial] = {}

    def feed(self, data: bytes) -> None:
        """Put these bytes behind those that were not taken yet."""
        self._buffer = self._buffer[self._at :] + data
        self._at = 0

    def take(self) -> Delivery | Frame | None:
        """The next delivery or frame of another kind; None until more bytes have come.

        Raises FrameSyntaxError or UnexpectedFrame where the bytes are no AMQP: the connection is of
        no more use then.
        """
        buffer = self._buffer
        while len(buffer) - self._at >= _OVERHEAD:
            kind, channel, size = _FRAME.unpack_from(buffer, self._at)
            if size > self.frame_max - _OVERHEAD:
                raise FrameSyntaxError(f"a frame of {size} bytes is larger than was agreed")
            begin = self._at + 7
            end = begin + size
            if end >= len(buffer):
                return None
            if buffer[end] != 0xCE:
                raise UnexpectedFrame(f"a frame ends with {buffer[end]:#04x}")
            self._at = end + 1
            taken = self._frame(kind, channel, buffer[begin:end])
            if taken is not None:
                return taken
        return None

    def _frame(self, kind: int, channel: int, payload: bytes) -> Delivery | Frame | None:
        partial = self._partial.get(channel)
        if partial is None:
            if kind == METHOD and payload.startswith(_DELIVER):
                self._partial[channel] = _Partial(payload)
                return None
            return Frame(kind, channel, payload)
        if not partial.add(kind, payload):
            return None
        del self._partial[channel]
        try:
            return Delivery(channel, partial.method, partial.header, partial.body())
        except (StructError, IndexError):
            raise FrameSyntaxError("a delivery is shorter than its fields") from None


class _Partial:
    """A delivery whose content is still to come (4.2.6)."""

    __slots__ = ("_missing", "_pieces", "header", "method")

    def __init__(self, method: bytes) -> None:
        self.method = method
        self.header = b""
        self._missing = 0
        self._pieces: list[bytes] = []

    def add(self, kind: int, payload: bytes) -> bool:
        """Whether this frame was the last one."""
        if kind == BODY and self.header:
            self._pieces.append(payload)
            self._missing -= len(payload)
        elif kind == HEADER and not self.header and len(payload) >= 14:
            self.header = payload
            self._missing = _LONG_LONG.unpack_from(payload, 4)[0]
        else:
            raise UnexpectedFrame(f"a frame of type {kind} in the middle of a delivery")
        if self._missing < 0:
            raise FrameSyntaxError("a body is longer than was said")
        return not self._missing

    def body(self) -> bytes:
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)


def publish(
    channel: int,
    exchange: str,
    key: str,
    properties: bytes,
    body: bytes,
    mandatory: bool = False,
    frame_max: int = FRAME_MAX,
) -> bytes:
    """Basic.Publish with its content. `properties` are as `encode_properties` makes them."""
    method = b"".join((_PUBLISH, short(exchange), short(key), b"\x01" if mandatory else b"\x00"))
    size = len(body)
    pieces = [
        _FRAME.pack(METHOD, channel, len(method)),
        method,
        _END,
        _CONTENT.pack(HEADER, channel, 12 + len(properties), _BASIC, 0, size),
        properties,
        _END,
    ]
    for at in range(0, size, frame_max - _OVERHEAD):
        piece = body[at : at + frame_max - _OVERHEAD]
        pieces += (_FRAME.pack(BODY, channel, len(piece)), piece, _END)
    return b"".join(pieces)


def ack(channel: int, tag: int, multiple: bool = False) -> bytes:
    """Basic.Ack (1.8.3.13)."""
    return _SETTLE.pack(METHOD, channel, 13, _BASIC, 80, tag, multiple, 0xCE)


def reject(channel: int, tag: int, requeue: bool) -> bytes:
    """Basic.Reject (1.8.3.14)."""
    return _SETTLE.pack(METHOD, channel, 13, _BASIC, 90, tag, requeue, 0xCE)
