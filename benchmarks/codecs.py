"""What it costs to write one request and to read one delivery: our frames beside py-amqp's and pamqp's.

`python -m benchmarks.codecs [--no-page]`. No connection: the bytes are in memory, headers as a call has them.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import amqp
import pamqp.body
import pamqp.commands
import pamqp.frame
import pamqp.header
from amqp import serialization, spec
from amqp.method_framing import frame_handler, frame_writer
from amqp.transport import TCPTransport

from azora.rpc.frames import FRAME_MAX, Delivery, FrameReader, publish
from azora.rpc.properties import encode_properties
from benchmarks.sections import write_section

ROUNDS, TIMES = 25, 1000
BODY = (
    b'{"args":[],"kwargs":{"number":7,"title":"Indigenous knowledge systems","tags":["history"]}}'
)
HEADERS = {
    "azora-actor": "x" * 300,
    "azora-chain": "bench_caller",
    "azora-deadline": "1763928000.123",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
ABOUT = {"correlation_id": "azora-0123456789abcdef-1f", "reply_to": "azora-0123456789abcdef"}
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}
EXCHANGE, KEY, EXPIRES = "nameko-rpc", "bench.echo", "5000"
DELIVER = pamqp.frame.marshal(
    pamqp.commands.Basic.Deliver("amq.ctag-x", 7, False, EXCHANGE, KEY), 1
)


class Ours:
    def __init__(self) -> None:
        self._reader = FrameReader()

    def write(self) -> bytes:
        properties = encode_properties(HEADERS, expiration=EXPIRES, **ABOUT)
        return publish(1, EXCHANGE, KEY, properties, BODY, True)

    def read(self, data: bytes) -> dict[str, Any]:
        self._reader.feed(data)
        delivery = self._reader.take()
        assert isinstance(delivery, Delivery)
        return delivery.headers


class PyAmqp:
    """Its reader and its writer, with the ends of a connection that they need."""

    frame_max = FRAME_MAX
    bytes_sent = bytes_recv = 0

    def __init__(self) -> None:
        self._transport = TCPTransport("localhost")
        self._transport._quick_recv = None  # all that it reads is there already
        self._write = frame_writer(self, self)
        self._handle = frame_handler(self, self._on_method)
        self._written = b""
        self._headers: dict[str, Any] = {}

    def write(self, data: Any = None) -> bytes:
        if data is not None:  # from its writer
            self._written = bytes(data)
            return b""
        message = amqp.Message(
            BODY, **JSON, delivery_mode=1, expiration=EXPIRES, application_headers=HEADERS, **ABOUT
        )
        arguments = serialization.dumps("Bssbb", (0, EXCHANGE, KEY, True, False))
        self._write(1, 1, spec.Basic.Publish, arguments, message)
        return self._written

    def read(self, data: bytes) -> dict[str, Any]:
        self._transport._read_buffer = data
        while not self._handle(self._transport.read_frame()):
            pass
        return self._headers

    def _on_method(self, _channel: int, _sig: object, payload: bytes, message: Any) -> None:
        serialization.loads("sLbss", payload, 4)
        self._headers = message.properties["application_headers"]


class Pamqp:
    def write(self) -> bytes:
        properties = pamqp.commands.Basic.Properties(
            **JSON, delivery_mode=1, expiration=EXPIRES, headers=HEADERS, **ABOUT
        )
        parts = (
            pamqp.commands.Basic.Publish(0, EXCHANGE, KEY, True),
            pamqp.header.ContentHeader(0, len(BODY), properties),
            pamqp.body.ContentBody(BODY),
        )
        return b"".join(pamqp.frame.marshal(part, 1) for part in parts)

    def read(self, data: bytes) -> dict[str, Any]:
        parts = []
        while data:
            size, _, part = pamqp.frame.unmarshal(data)
            parts.append(part)
            data = data[size:]
        return parts[1].properties.headers  # type: ignore[no-any-return]


def main() -> None:
    """Measure in turn, print the table and put it on the page."""
    codecs: dict[str, Ours | PyAmqp | Pamqp] = {
        "ours": Ours(),
        "py-amqp 5.4": PyAmqp(),
        "pamqp 4.0": Pamqp(),
    }
    request = codecs["ours"].write()
    delivery = DELIVER + request[8 + int.from_bytes(request[3:7]) :]
    cost: dict[str, list[tuple[float, float]]] = {name: [] for name in codecs}
    for codec in codecs.values():
        assert codec.write() == request and codec.read(delivery) == HEADERS
    for _ in range(ROUNDS):
        for name, codec in codecs.items():
            read = codec.read
            cost[name].append(
                (_microseconds(codec.write), _microseconds(lambda r=read: r(delivery)))
            )
    medians = {
        name: [statistics.median(one) for one in zip(*c, strict=True)] for name, c in cost.items()
    }
    text = _table(medians)
    print(text)
    if "--no-page" not in sys.argv:
        write_section("codecs", text)


def _microseconds(work: Callable[[], object]) -> float:
    """The processor's time that it takes once."""
    began = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - began) / TIMES * 1e6


def _table(medians: dict[str, list[float]]) -> str:
    ours = medians["ours"]
    rows = [
        f"| {name} | {write:.1f} | {read:.1f} | {(write + read) / sum(ours):.1f}× |"
        for name, (write, read) in medians.items()
    ]
    return "\n".join(
        [
            "## What a frame costs",
            "",
            f"Written by `python -m benchmarks.codecs`: processor time, medians of {ROUNDS} rounds in turn. One request",
            "with four headers (of 452 bytes) is written as Basic.Publish, and read as Basic.Deliver,",
            "until its headers are a dictionary. All three write the same bytes. No system call is in it.",
            "",
            "| | write, µs | read, µs | both |",
            "|---|---:|---:|---:|",
            *rows,
        ]
    )


if __name__ == "__main__":
    main()
