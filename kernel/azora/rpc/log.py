"""The log of all events as a RabbitMQ stream, which the broker itself fills: it is bound to every exchange.

A publisher's confirm covers the stream, so that no event is delivered that the log has not.
"""

from collections import deque
from typing import Self

import eventlet

from azora.errors import Invalid, Unavailable
from azora.events.log import Logged
from azora.rpc.connection import LOST
from azora.rpc.frames import Delivery
from azora.rpc.link import CONNECT_TIMEOUT, Link, address_of, open_link
from azora.rpc.messages import envelope_of
from azora.rpc.queues import depths, is_there
from azora.rpc.streams import stream_of

PREFETCH = 2000
HEARTBEAT = 30
_OFFSET = "x-stream-offset"
_LONG = 6.0
"""Seconds for which a stream may say nothing where it should; the broker counts what is in it every five."""
_PAUSE = 0.02
"""Seconds without a message after which what has come is handed out."""


class StreamLog:
    """The log of one plugin on the broker at this address."""

    def __init__(self, url: str, plugin: str) -> None:
        self._url = url
        self._stream = stream_of(plugin)

    def reader(self, offset: int) -> "StreamReader":
        return StreamReader(self._url, self._stream, offset)

    def newest(self, wait: float) -> Logged | None:
        last = None
        with StreamReader(self._url, self._stream, "last") as reader:
            while found := reader.take(PREFETCH, wait if last is None else _PAUSE):
                last = found[-1]
        return last

    def end(self, patience: float) -> int | None:
        """The offset of the last event; None where there is no stream, or nothing in it. Raises Unavailable."""
        if not is_there(self._url, self._stream):
            return None
        newest = self.newest(patience)
        if newest is None and depths(self._url, [self._stream])[self._stream].waiting:
            raise Unavailable("the log does not answer", code="broker_unavailable")
        return newest.offset if newest else None

    def ids(self) -> set[str]:
        """The ids of all events that are in it. Raises Unavailable."""
        found: set[str] = set()
        last = self.end(_LONG)
        if last is None:
            return found
        with self.reader(0) as reader:
            while events := reader.take(PREFETCH, _LONG):
                found |= {one.envelope.id for one in events}
                if events[-1].offset >= last:
                    return found
        raise Unavailable("the log does not answer", code="broker_unavailable")

    def forget(self, event: str, before: float, limit: int = 1000) -> int:
        """A stream ages as a whole."""
        return 0


class StreamReader:
    """A consumer of the stream, on a connection of its own."""

    def __init__(self, url: str, stream: str, offset: int | str) -> None:
        self._link: Link | None = None
        self._arrived: deque[Delivery] = deque()
        try:
            with eventlet.Timeout(CONNECT_TIMEOUT, TimeoutError("the broker does not answer")):
                self._open(url, stream, offset)
        except LOST as error:
            self.close()
            raise _lost(error) from None

    def take(self, limit: int, wait: float = 0.0) -> list[Logged]:
        try:
            self._receive(limit, max(wait, _PAUSE))
            taken = [self._arrived.popleft() for _ in range(min(limit, len(self._arrived)))]
            if taken:
                taken[-1].acknowledge(multiple=True)
            return [logged for message in taken if (logged := _logged(message)) is not None]
        except LOST as error:
            raise _lost(error) from None

    def close(self) -> None:
        if self._link is not None:
            self._link.drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, url: str, stream: str, offset: int | str) -> None:
        address = address_of(url, heartbeat=HEARTBEAT)
        link = self._link = open_link(address)
        channel = link.channel()
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(stream, callback=self._arrived.append, arguments={_OFFSET: offset})

    def _receive(self, limit: int, wait: float) -> None:
        """Wait for a first message, and then take those that follow without a pause."""
        assert self._link is not None
        self._link.heartbeat_tick()
        try:
            while len(self._arrived) < limit:
                self._link.drain_events(_PAUSE if self._arrived else wait)
        except TimeoutError:
            return


def _logged(message: Delivery) -> Logged | None:
    """The event of a message; None for one that is none, which only a foreign publisher sends."""
    event = f"{message.exchange.removesuffix('.events')}.{message.routing_key}"
    try:
        return Logged(_offset_of(message), envelope_of(event, message))
    except Invalid:
        return None


def _offset_of(message: Delivery) -> int:
    return int(message.headers[_OFFSET])


def _lost(error: BaseException) -> Unavailable:
    return Unavailable(f"the log cannot be read: {error}", code="broker_unavailable")
