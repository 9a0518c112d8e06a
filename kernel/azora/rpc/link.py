"""kombu's connection, on which messages take a short way past py-amqp; the rest is py-amqp's as ever.

Sign-on, channels, declarations, confirms, returns and heartbeats stay with py-amqp. Deliveries are read,
and messages and acknowledgements written, by `frames`, and what is written goes out in one piece.
"""

from contextlib import AbstractContextManager, nullcontext, suppress
from socket import SHUT_RDWR
from typing import Any

import eventlet
from amqp import UnexpectedFrame, spec
from kombu import Connection as Address
from kombu.transport.pyamqp import Connection, Transport

from azora.observe.logs import get_logger
from azora.rpc.frames import Delivery, Frame, FrameReader
from azora.rpc.outgoing import Outgoing

Socket: Any = eventlet.patcher.original("socket").socket

CONNECT_TIMEOUT = 5

AHEAD = 65_536
"""Bytes that are taken from the socket at once, if there are as many."""


class Link(Connection):  # type: ignore[misc]
    """One connection to the broker. Whoever awaits something on it reads for everybody: `drain_events`."""

    outgoing: Outgoing

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._reader = FrameReader()

    def connect(self, callback: Any = None) -> Any:
        """Sign on, and gather from now on what is written."""
        result = super().connect(callback)
        self._reader.frame_max = self.frame_max
        self.outgoing = Outgoing(self.transport.sock, self.hang_up)
        self.transport._write = self.outgoing.write
        return result

    def drain_events(self, timeout: float | None = None) -> None:
        """Handle one thing that the broker says, waiting for it. Raises TimeoutError after `timeout` seconds."""
        while True:
            while (taken := self._reader.take()) is None:
                self._receive(timeout)
            if isinstance(taken, Frame):
                if self.on_inbound_frame(taken):
                    return
            else:
                self._deliver(taken)
                return

    def write(self, frames: bytes) -> None:
        """Write these frames, soon. Raises ConnectionError once the connection is lost."""
        self.outgoing.write(frames)
        self.bytes_sent += 1

    def say_goodbye(self) -> None:
        """Tell the broker that the connection is done with; `drain_events` ends with its answer."""
        self.send_method(spec.Connection.Close, "BsBB", (200, "", 0, 0))
        self.outgoing.wait_until_written()

    def hang_up(self) -> None:
        """End both directions at once: whoever reads or writes hears of it, and drops the connection.

        A socket that were closed under its reader would leave that waiting for ever.
        """
        outgoing: Outgoing | None = getattr(self, "outgoing", None)
        if outgoing is not None:
            outgoing.lose()
        if self._transport is not None and self._transport.sock is not None:
            sock = self._transport.sock
            with suppress(OSError):
                Socket.shutdown(getattr(sock, "fd", sock), SHUT_RDWR)

    def drop(self) -> None:
        """Hang up and give the socket back. To be called by who reads."""
        self.hang_up()
        transport = self._transport
        if transport is not None and transport.sock is not None:
            sock, transport.sock, transport.connected = transport.sock, None, False
            sock.close()

    def _receive(self, timeout: float | None) -> None:
        transport = self._transport
        if transport is None or transport.sock is None:
            raise ConnectionError("the connection is closed")
        try:
            with _limit(timeout):
                data = transport.sock.recv(AHEAD)
        except (EOFError, ValueError) as error:  # it was closed meanwhile
            raise ConnectionError("the connection was closed here") from error
        if not data:
            raise ConnectionError("the broker closed the connection")
        self.bytes_recv += 1
        self._reader.feed(data)

    def _deliver(self, delivery: Delivery) -> None:
        delivery.link = self
        channel = self.channels.get(delivery.channel_id)
        if channel is None:
            raise UnexpectedFrame("a delivery on a channel that is not open")
        consumer = channel.callbacks.get(delivery.consumer)
        if consumer is None:
            delivery.reject(requeue=True)
        elif delivery.broken is None:
            consumer(delivery)
        else:
            get_logger("kernel").warning("message_undecodable", reason=delivery.broken)
            if delivery.consumer not in channel.no_ack_consumers:
                delivery.reject(requeue=False)


def _limit(timeout: float | None) -> AbstractContextManager[Any]:
    return (
        nullcontext() if timeout is None else eventlet.Timeout(timeout, TimeoutError("timed out"))
    )


def address_of(url: str, **options: Any) -> Address:
    """A broker's address. With `amqps` its certificate must be trusted, and be for this host."""
    return Address(url, ssl=security_of(url), connect_timeout=CONNECT_TIMEOUT, **options)


def security_of(url: str) -> dict[str, Any] | bool:
    """What TLS is told; False where there is none."""
    return {"server_hostname": None} if url.startswith("amqps:") else False


def open_link(address: Address) -> Link:
    """A connection to the address, signed on."""
    transport = address.transport
    assert isinstance(transport, Transport)
    transport.Connection = Link
    link = transport.establish_connection()
    assert isinstance(link, Link)
    return link
