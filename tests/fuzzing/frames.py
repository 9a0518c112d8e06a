"""`python -m tests.fuzzing.frames [-max_total_time=600]`: bytes for the frame codec, led by its coverage.

Needs `pip install atheris`; `tests/kernel/test_frames.py` says the same with Hypothesis, in every run of the
tests. What it finds wrong ends it, with the bytes in a file.
"""

import sys
import tempfile
from pathlib import Path
from struct import error as StructError

import amqp
import atheris
from amqp.serialization import decode_properties_basic, dumps

with atheris.instrument_imports(include=["azora.rpc.frames", "azora.rpc.properties"]):
    from azora.rpc.frames import Delivery, Frame, FrameReader, ack
    from azora.rpc.properties import decode_properties, encode_properties

Read = list[tuple]
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"


def read(pieces: list[bytes]) -> tuple[Read, str | None]:
    """What the pieces of a stream say, and why the rest cannot be read."""
    reader, found = FrameReader(), []
    try:
        for piece in pieces:
            reader.feed(piece)
            while (item := reader.take()) is not None:
                found.append(told(item))
    except amqp.AMQPError as error:
        return found, f"{type(error).__name__}: {error}"
    return found, None


def told(item: Delivery | Frame) -> tuple:
    if isinstance(item, Frame):
        return tuple(item)
    assert item.broken is None or not item.properties
    return (item.channel_id, item.consumer, item.tag, item.routing_key, item.body, item.broken)


def cut(stream: bytes, sizes: bytes) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(stream[at : at + size])
        at += size
    return [*pieces, stream[at:]]


def a_stream_says_the_same_however_it_is_cut(given: atheris.FuzzedDataProvider) -> None:
    sizes = given.ConsumeBytes(6)
    stream = given.ConsumeBytes(given.remaining_bytes())
    assert read([stream]) == read(cut(stream, sizes))


def so_does_one_of_whole_frames(given: atheris.FuzzedDataProvider) -> None:
    sizes, frames = given.ConsumeBytes(6), []
    while given.remaining_bytes() and len(frames) < 12:
        kind, channel = given.PickValueInList([1, 2, 3, 8]), given.ConsumeIntInRange(0, 3)
        start = given.PickValueInList([b"", DELIVER, HEADER])
        payload = start + given.ConsumeBytes(given.ConsumeIntInRange(0, 60))
        frames.append(framed(kind, channel, payload))
    stream = b"".join(frames)
    assert read([stream]) == read(cut(stream, sizes))


def properties_are_read_as_py_amqp_reads_them(given: atheris.FuzzedDataProvider) -> None:
    raw = given.ConsumeBytes(given.remaining_bytes())
    try:
        ours = decode_properties(raw, 0)
    except amqp.FrameSyntaxError:
        return
    try:
        theirs, end = decode_properties_basic(raw, 0)
    except (
        amqp.AMQPError,
        ValueError,
        IndexError,
        StructError,
    ):  # it reads no text that is not UTF-8
        return
    replaced = "\ufffd" in repr(ours)  # what is no UTF-8, on purpose
    assert end != len(raw) or replaced or repr(ours) == repr(theirs)


DELIVER = b"\x00\x3c\x00\x3c"
HEADER = b"\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00"
CLAIMS = (
    a_stream_says_the_same_however_it_is_cut,
    so_does_one_of_whole_frames,
    properties_are_read_as_py_amqp_reads_them,
)


def framed(kind: int, channel: int, payload: bytes) -> bytes:
    return bytes([kind]) + channel.to_bytes(2) + len(payload).to_bytes(4) + payload + b"\xce"


def try_one(data: bytes) -> None:
    """The last byte says which claim is tried: the provider takes its numbers from the end."""
    given = atheris.FuzzedDataProvider(data)
    CLAIMS[given.ConsumeIntInRange(0, len(CLAIMS) - 1)](given)


def examples() -> list[bytes]:
    """Streams and properties that are well formed, from which it begins."""
    properties = encode_properties({"a": "b"}, correlation_id="c", reply_to="r", expiration="9")
    method = DELIVER + dumps("sLbss", ("consumer", 7, False, "x", "y"))
    header = HEADER + b"\x02" + properties
    stream = framed(1, 1, method) + framed(2, 1, header) + framed(3, 1, b"{}") + HEARTBEAT
    table = dumps("F", ({"t": True, "l": [1, 2.5, None], "f": {"s": "x"}, "n": 2**40},))
    tables = b"\x20\x00" + table
    return [
        b"\x20" * 6 + stream + ack(1, 7) + b"\0",
        stream + b"\1",
        properties + b"\2",
        tables + b"\2",
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        for number, example in enumerate(examples()):
            (Path(corpus) / str(number)).write_bytes(example)
        atheris.Setup([*sys.argv, "-max_len=600", "-rss_limit_mb=1024", corpus], try_one)
        atheris.Fuzz()
