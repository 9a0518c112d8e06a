"""Our frames beside those of two libraries, in pieces of any size, and spoiled in any way."""

import amqp
import pamqp.body
import pamqp.commands
import pamqp.frame
import pamqp.header
import pytest
from amqp import spec
from amqp.method_framing import frame_handler
from amqp.serialization import dumps, loads
from hypothesis import example, given
from hypothesis import strategies as st

from azora.rpc.frames import FRAME_MAX, Delivery, Frame, FrameReader, ack, publish, reject
from azora.rpc.properties import decode_properties, encode_properties

NAMES = st.text(st.characters(codec="utf-8"), max_size=40)
EXCHANGES = st.from_regex(r"[a-zA-Z0-9._-]{0,40}", fullmatch=True)
BODIES = st.binary(max_size=300)
TEXTS = st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=300), max_size=5)
VALUES = st.recursive(
    NAMES | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.none() | st.floats(width=64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=4)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "content_type": NAMES,
        "content_encoding": NAMES,
        "application_headers": HEADERS,
        "delivery_mode": st.sampled_from([1, 2]),
        "priority": st.integers(0, 255),
        "correlation_id": NAMES,
        "reply_to": NAMES,
        "expiration": NAMES,
        "message_id": NAMES,
        "timestamp": st.integers(0, 2**64 - 1),
        "type": NAMES,
        "user_id": NAMES,
        "app_id": NAMES,
        "cluster_id": NAMES,
    },
)
CHANNELS = st.integers(1, 65_535)
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"


def framed(kind: int, channel: int, payload: bytes) -> bytes:
    return bytes([kind]) + channel.to_bytes(2) + len(payload).to_bytes(4) + payload + b"\xce"


def content(channel: int, properties: bytes, body: bytes, most: int = FRAME_MAX - 8) -> list[bytes]:
    """The frames that follow a method."""
    header = (60).to_bytes(2) + b"\0\0" + len(body).to_bytes(8) + properties
    pieces = [body[at : at + most] for at in range(0, len(body), most)]
    return [framed(2, channel, header), *(framed(3, channel, piece) for piece in pieces)]


def delivered(channel: int, tag: int, exchange: str, key: str, redelivered: bool = False) -> bytes:
    """Basic.Deliver as pamqp writes it."""
    method = pamqp.commands.Basic.Deliver("consumer", tag, redelivered, exchange, key)
    return pamqp.frame.marshal(method, channel)


def written(properties: dict) -> bytes:
    """Properties as py-amqp writes them; it wants a time where it gives a number."""
    time = properties.get("timestamp")
    message = amqp.Message(
        b"", **{key: properties[key] for key in properties if key != "timestamp"}
    )
    if time is None:
        return message._serialize_properties()
    raw = message._serialize_properties()
    flags = int.from_bytes(raw[:2]) | 0x40
    behind = amqp.Message(
        b"",
        **{
            key: properties[key]
            for key in ("type", "user_id", "app_id", "cluster_id")
            if key in properties
        },
    )._serialize_properties()[2:]
    return flags.to_bytes(2) + raw[2 : len(raw) - len(behind)] + time.to_bytes(8) + behind


def taken(reader: FrameReader) -> list:
    return list(iter(reader.take, None))


def told(item: Delivery | Frame) -> tuple:
    """What a delivery or a frame says, to compare."""
    if isinstance(item, Frame):
        return tuple(item)
    names = ("channel_id", "consumer", "tag", "redelivered", "exchange", "routing_key", "body")
    return (*(getattr(item, name) for name in names), repr(item.properties), item.broken is None)


@given(CHANNELS, NAMES, NAMES, TEXTS, NAMES, NAMES, NAMES, BODIES, st.booleans(), st.booleans())
def test_what_we_publish_two_libraries_read(
    channel, exchange, key, headers, correlation, reply_to, message_id, body, mandatory, persistent
):
    properties = encode_properties(
        headers,
        persistent=persistent,
        correlation_id=correlation,
        reply_to=reply_to,
        message_id=message_id,
    )
    frames = publish(channel, exchange, key, properties, body, mandatory)
    method, header, read = by_pamqp(frames, channel)
    assert (method.exchange, method.routing_key, method.mandatory) == (exchange, key, mandatory)
    assert read == body
    about = header.properties
    assert (about.content_type, about.content_encoding) == ("application/json", "utf-8")
    assert (about.delivery_mode, about.headers or {}) == (1 + persistent, headers)
    assert (about.correlation_id or "", about.reply_to or "", about.message_id or "") == (
        correlation, reply_to, message_id,
    )  # fmt: skip
    arguments, message = by_py_amqp(frames)
    assert arguments == [0, exchange, key, mandatory, False]
    assert message.properties.get("application_headers", {}) == headers
    assert (message.body if body else b"") == body


def by_pamqp(frames: bytes, channel: int) -> tuple:
    parts = []
    while frames:
        size, of, part = pamqp.frame.unmarshal(frames)
        assert of == channel
        parts.append(part)
        frames = frames[size:]
    method, header, *pieces = parts
    return method, header, b"".join(piece.value for piece in pieces)


def by_py_amqp(frames: bytes) -> tuple:
    """The arguments and the message, read as if it were a delivery, which is what py-amqp reads."""
    found: list = []
    handle = frame_handler(
        type("Count", (), {"bytes_recv": 0})(),
        lambda _channel, _method, payload, message: found.append((payload, message)),
        content_methods={spec.Basic.Publish},
    )
    for frame in cut(frames):
        handle(frame)
    ((payload, message),) = found
    return loads("Bssbb", payload, 4)[0], message


def cut(frames: bytes) -> list[tuple[int, int, bytes]]:
    reader = FrameReader()
    reader.feed(frames)
    return taken(reader)


@given(st.integers(0, 2**63 - 1), CHANNELS, st.booleans())
def test_what_we_settle_is_what_the_libraries_write(tag, channel, flag):
    assert ack(channel, tag, flag) == pamqp.frame.marshal(
        pamqp.commands.Basic.Ack(tag, flag), channel
    )
    assert reject(channel, tag, flag) == pamqp.frame.marshal(
        pamqp.commands.Basic.Reject(tag, flag), channel
    )


@given(CHANNELS, st.integers(0, 2**63 - 1), EXCHANGES, NAMES, st.booleans(), PROPERTIES, BODIES)
def test_a_delivery_is_read_as_py_amqp_reads_it(
    channel, tag, exchange, key, redelivered, properties, body
):
    raw = written(properties)
    frames = [delivered(channel, tag, exchange, key, redelivered), *content(channel, raw, body)]
    (delivery,) = cut(b"".join(frames))
    assert (delivery.channel_id, delivery.tag, delivery.redelivered) == (channel, tag, redelivered)
    assert (delivery.exchange, delivery.routing_key, delivery.body) == (exchange, key, body)
    theirs = amqp.serialization.decode_properties_basic(raw, 0)[0]
    assert repr(delivery.properties) == repr(theirs)


@given(
    st.lists(st.sampled_from("drah"), max_size=8), st.lists(st.integers(1, 40), min_size=1), BODIES
)
def test_where_the_stream_is_cut_makes_no_difference(kinds, sizes, body):
    stream = b"".join(map(_said_by_a_broker, range(len(kinds)), kinds, [body] * len(kinds)))
    whole = [told(item) for item in cut(stream)]
    reader, pieces, at = FrameReader(), [], 0
    for number in range(len(stream)):
        size = sizes[number % len(sizes)]
        reader.feed(stream[at : at + size])
        pieces += map(told, taken(reader))
        at += size
    assert pieces == whole
    assert len(whole) >= len(kinds)


def _said_by_a_broker(number: int, kind: str, body: bytes) -> bytes:
    """A delivery, a return, an acknowledgement or a heartbeat."""
    raw = encode_properties({"number": str(number)})
    if kind == "d":
        return delivered(1, number, "x", "y") + b"".join(content(1, raw, body, most=50))
    if kind == "r":
        method = framed(1, 2, b"\0\x3c\0\x32" + dumps("Bsss", (312, "NO_ROUTE", "x", "y")))
        return method + b"".join(content(2, raw, body, most=50))
    return ack(3, number) if kind == "a" else HEARTBEAT


def test_deliveries_of_two_channels_may_come_in_turn():
    one = [delivered(1, 1, "x", "one"), *content(1, encode_properties(), b"1" * 30, most=10)]
    two = [delivered(2, 1, "x", "two"), *content(2, encode_properties(), b"2" * 30, most=10)]
    turns = [frame for pair in zip(one, two, strict=True) for frame in (*pair, HEARTBEAT)]
    read = [item for item in cut(b"".join(turns)) if isinstance(item, Delivery)]
    assert [(item.routing_key, item.body) for item in read] == [
        ("one", b"1" * 30),
        ("two", b"2" * 30),
    ]


def test_a_body_that_is_larger_than_a_frame_is_cut_and_put_together_again():
    body = bytes(range(256)) * 40
    frames = publish(7, "x", "y", encode_properties(), body, frame_max=4096)
    assert by_pamqp(frames, 7)[2] == body
    assert all(len(frame.payload) <= 4096 - 8 for frame in cut(frames))


@given(st.binary(max_size=400))
@example(b"\x01\x00\x01\xff\xff\xff\xff")
@example(b"\x03\x00\x01\x00\x00\x00\x00\x00")
def test_bytes_that_are_no_amqp_end_the_connection_and_nothing_else(noise):
    reader = FrameReader()
    reader.feed(noise)
    _take_all_or_refuse(reader)


@given(st.data(), PROPERTIES, st.binary(min_size=1, max_size=30))
def test_a_spoiled_delivery_is_read_refused_or_set_aside(data, properties, body):
    frames = [delivered(1, 9, "x", "y"), *content(1, written(properties), body)]
    stream = bytearray(b"".join(frames))
    for _ in range(data.draw(st.integers(1, 4))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    reader = FrameReader()
    reader.feed(bytes(stream))
    _take_all_or_refuse(reader)


def _take_all_or_refuse(reader: FrameReader) -> None:
    """Either everything can be taken, or the reader says what is wrong."""
    try:
        items = taken(reader)
    except amqp.AMQPError as error:
        assert str(error)
        return
    for item in items:
        assert isinstance(item, Frame) or item.broken is None or not item.properties


@pytest.mark.parametrize(
    "frames",
    {
        "larger than was agreed": [b"\x01\x00\x01" + FRAME_MAX.to_bytes(4) + b"\0"],
        "without its end": [HEARTBEAT[:-1] + b"\xcd"],
        "a body before its header": [delivered(1, 1, "x", "y"), framed(3, 1, b"x")],
        "a method inside a delivery": [delivered(1, 1, "x", "y"), delivered(1, 2, "x", "y")],
        "a body longer than was said": [
            delivered(1, 1, "x", "y"), content(1, encode_properties(), b"xx")[0], framed(3, 1, b"xxx"),
        ],
        "a delivery without its tag": [framed(1, 1, b"\0\x3c\0\x3c\x01c"), *content(1, b"\0\0", b"")],
    }.values(),
)  # fmt: skip
def test_frames_in_the_wrong_order_are_refused(frames):
    with pytest.raises(amqp.AMQPError, match="frame|body|delivery"):
        cut(b"".join(frames))


BROKEN = {
    "more properties than there are": b"\x80\x01",
    "a text beyond the end": b"\x80\x00\xffx",
    "a table beyond the end": b"\x20\x00\x00\x00\xff\xff",
    "a value of an unknown type": b"\x20\x00\x00\x00\x00\x03\x01aZ",
    "a time that no calendar has": b"\x20\x00\x00\x00\x00\x0b\x01aT" + b"\xff" * 8,
    "a time that no machine has": b"\x20\x00\x00\x00\x00\x0b\x01aT" + b"T" * 8,
    "nested too deep": b"\x20\x00" + (9 * 9999 + 3).to_bytes(4) + b"\x01aA" + b"".join(
        (9 * left).to_bytes(4) + b"A" for left in range(9998, -1, -1)
    ),
    "bytes behind them": b"\x00\x00x",
}  # fmt: skip


@pytest.mark.parametrize("properties", BROKEN.values(), ids=BROKEN)
def test_a_message_whose_properties_cannot_be_read_is_marked_and_the_next_one_is_read(properties):
    good = [delivered(1, 2, "x", "y"), *content(1, encode_properties({"a": "b"}), b"{}")]
    bad = [delivered(1, 1, "x", "y"), *content(1, properties, b"{}")]
    first, second = cut(b"".join([*bad, *good]))
    assert first.broken and first.tag == 1 and not first.properties
    assert second.broken is None and second.headers == {"a": "b"}


def test_what_is_no_utf8_is_replaced():
    assert decode_properties(b"\x04\x00\x02\xff\xfe", 0) == {"correlation_id": "\ufffd\ufffd"}
