"""One AMQP connection of a process: connects, reads, keeps alive, and connects again.

What must exist on the broker is registered as set-up steps, which run on every connect before the
first frame is read. kombu does the address and TLS.
"""

import random
import socket
import time
from collections.abc import Callable
from typing import Any

import amqp
import eventlet

from azora.errors import Unavailable
from azora.observe.logs import get_logger
from azora.rpc.frames import publish
from azora.rpc.link import Link, address_of, open_link

HEARTBEAT = 10
"""Seconds between heartbeats; a peer that is silent for two of them is gone."""

SETUP_TIMEOUT = 8
"""Seconds for connecting and declaring: a broker that is just starting may never answer a declaration."""

GLITCH = 1.0
"""Seconds for which a call waits for a connection that was lost, before it fails at once."""

STOP_TIMEOUT = 0.5
"""Seconds for writing what is left, and for the broker to say good-bye."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between attempts to connect."""

Step = Callable[[amqp.Connection], None]
LOST = (OSError, amqp.AMQPError, ConnectionError)


class BrokerConnection:
    """A connection that comes back. `ready` says if it is up.

    `on_lost` callbacks hear of every loss, `on_stop` callbacks of its end.
    """

    def __init__(self, url: str, name: str) -> None:
        self._address = address_of(
            url,
            heartbeat=HEARTBEAT,
            transport_options={
                "client_properties": {"connection_name": name},
                "on_blocked": self._on_blocked,
                "on_unblocked": self._on_unblocked,
            },
        )
        self.url = url
        self.log = get_logger("kernel")
        self.ready = False
        self.on_lost: list[Callable[[], None]] = []
        self.on_stop: list[Callable[[], None]] = []
        self.blocked = False
        self._steps: list[Step] = []
        self._link: Link | None = None
        self._up = eventlet.event.Event()
        self._stopping = False
        self._pause = SHORTEST_PAUSE
        self._lost_at = 0.0

    def add_step(self, step: Step) -> None:
        """Run `step(connection)` on every connect. It opens a channel of its own and declares what it needs."""
        self._steps.append(step)

    def start(self) -> None:
        """Connect in the background and stay connected until `stop`."""
        self._lost_at = time.monotonic()
        self._main = eventlet.spawn(self._run)
        eventlet.spawn_n(self._keep_alive)

    def wait_ready(self, timeout: float) -> bool:
        """Whether the connection is up within `timeout` seconds."""
        if self.ready:
            return True
        with eventlet.Timeout(timeout, False):
            self._up.wait()
        return self.ready

    def wait_if_just_lost(self) -> None:
        """Wait for a connection that is coming, or coming back; but not for one that has been away for long."""
        left = self._lost_at + GLITCH - time.monotonic()
        if not self.ready and left > 0:
            self.wait_ready(left)

    def stop(self) -> None:
        """Close the connection for good, once what is under way is written."""
        self._stopping = True
        for callback in self.on_stop:
            callback()
        if self._link is not None and self.ready:
            with eventlet.Timeout(STOP_TIMEOUT, False):
                self._link.say_goodbye()
                self._main.wait()
        self._drop()
        self._main.kill()

    def publish(
        self,
        channel: amqp.Channel | None,
        exchange: str,
        key: str,
        properties: bytes,
        body: bytes,
        mandatory: bool = False,
        blocked: bool = False,
    ) -> None:
        """Write one message, without waiting; it goes out with all others of this turn of the hub.

        Raises Unavailable (not sent) when there is no connection to write to, or the broker takes nothing
        for now; `blocked` says to write even then, to be taken later. What is lost with the
        connection before it is written, `on_lost` tells as everything else that was under way.
        """
        link = self._link
        if channel is None or link is None or not self.ready or (self.blocked and not blocked):
            raise self._refusal()
        try:
            link.write(
                publish(
                    channel.channel_id, exchange, key, properties, body, mandatory, link.frame_max
                )
            )
        except LOST as error:
            raise _unsure(error) from None

    def require(self) -> None:
        """Raise Unavailable (not sent) while there is no connection, or the broker takes nothing."""
        if not self.ready or self.blocked:
            raise self._refusal()

    def renew(self) -> None:
        """Hang up, and connect anew."""
        if self._link is not None:
            self._link.hang_up()

    def wait_for_room(self) -> None:
        """Wait while more is under way to the broker than it takes."""
        if self._link is not None:
            self._link.outgoing.wait_for_room()

    def _refusal(self) -> Unavailable:
        reason = "blocks publishers (memory or disk alarm)" if self.blocked else "cannot be reached"
        return Unavailable(f"the broker {reason}", code="broker_unavailable")

    def _run(self) -> None:
        while True:
            try:
                self._connect_and_read()
            except LOST as error:
                if not self._stopping:
                    self.log.warning("broker_lost", error=str(error) or type(error).__name__)
            except Exception:  # whatever a peer has sent, the process stays reachable
                self.log.exception("broker_lost")
            finally:
                self._drop()
            if self._stopping:
                return
            eventlet.sleep(self._pause * random.uniform(0.5, 1.5))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _connect_and_read(self) -> None:
        with eventlet.Timeout(SETUP_TIMEOUT, TimeoutError("the broker did not set up in time")):
            link = self._connect()
        self._pause = SHORTEST_PAUSE
        while not self._stopping:
            link.drain_events()

    def _connect(self) -> Link:
        link = self._link = open_link(self._address)
        link.transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for step in self._steps:
            step(link)
        self.ready, self.blocked = True, False
        if not self._up.ready():
            self._up.send()
        self.log.info("broker_connected")
        return link

    def _drop(self) -> None:
        link, self._link = self._link, None
        was_ready, self.ready = self.ready, False
        if link is not None:
            link.drop()
        if was_ready:
            self._up = eventlet.event.Event()
            self._lost_at = time.monotonic()
            for callback in self.on_lost:
                callback()

    def _keep_alive(self) -> None:
        while not self._stopping:
            eventlet.sleep(HEARTBEAT / 4)
            link = self._link
            if link is None or not self.ready:
                continue
            try:
                link.heartbeat_tick()
            except LOST:
                self.log.warning("broker_silent")
                link.hang_up()

    def _on_blocked(self, reason: str) -> None:
        self.blocked = True
        self.log.warning("broker_blocked", reason=reason)

    def _on_unblocked(self) -> None:
        self.blocked = False
        self.log.info("broker_unblocked")


def _unsure(error: BaseException) -> Unavailable:
    return Unavailable(f"the broker was lost: {error}", code="broker_unavailable", sent="unknown")


def declare_exchange(channel: amqp.Channel, name: str, kind: str = "topic") -> None:
    """A durable exchange, as stock Nameko declares it."""
    channel.exchange_declare(name, kind, durable=True, auto_delete=False)


def decoded(headers: dict[str, Any] | None) -> dict[str, str]:
    """Message headers as text; py-amqp gives bytes for some peers' strings."""
    return {
        key: value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for key, value in (headers or {}).items()
        if isinstance(key, str)
    }
