"""One AMQP connection of a process: connects, reads, keeps alive, and connects again.

What must exist on the broker is registered as set-up steps, which run on every connect before the
first frame is read. py-amqp does the protocol, kombu the address and TLS.
"""

import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import amqp
import eventlet
from amqp import spec
from kombu import Connection as Address

from azora.errors import Unavailable
from azora.observe.logs import get_logger
from azora.rpc.undecodable import ForgivingConnection

HEARTBEAT = 10
"""Seconds between heartbeats; a peer that is silent for two of them is gone."""

CONNECT_TIMEOUT = 5
SETUP_TIMEOUT = 8
"""Seconds for connecting and declaring: a broker that is just starting may never answer a declaration."""

LONGEST_PAUSE = 5.0

Step = Callable[[amqp.Connection], None]
LOST = (OSError, amqp.AMQPError, ConnectionError)


class BrokerConnection:
    """A connection that comes back. `on_lost` callbacks hear of every loss; `ready` says if it is up."""

    def __init__(self, url: str, name: str) -> None:
        self._address = Address(
            url,
            heartbeat=HEARTBEAT,
            connect_timeout=CONNECT_TIMEOUT,
            transport_options={
                "client_properties": {"connection_name": name},
                "on_blocked": self._on_blocked,
                "on_unblocked": self._on_unblocked,
            },
        )
        self.log = get_logger("kernel")
        self.ready = False
        self.on_lost: list[Callable[[], None]] = []
        self.blocked = False
        self._steps: list[Step] = []
        self._connection: amqp.Connection | None = None
        self._up = eventlet.event.Event()
        self._stopping = False

    def add_step(self, step: Step) -> None:
        """Run `step(connection)` on every connect. It opens a channel of its own and declares what it needs."""
        self._steps.append(step)

    def start(self) -> None:
        """Connect in the background and stay connected until `stop`."""
        self._main = eventlet.spawn(self._run)
        eventlet.spawn_n(self._keep_alive)

    def wait_ready(self, timeout: float) -> bool:
        """Whether the connection is up within `timeout` seconds."""
        with eventlet.Timeout(timeout, False):
            self._up.wait()
        return self.ready

    def stop(self) -> None:
        """Close the connection for good."""
        self._stopping = True
        self._drop()
        self._main.kill()

    def publish(
        self,
        channel: amqp.Channel | None,
        message: amqp.Message,
        exchange: str,
        key: str,
        mandatory: bool = False,
    ) -> None:
        """Write one message. Raises Unavailable (not sent) when there is no connection to write to."""
        if channel is None or not self.ready or self.blocked:
            reason = (
                "blocks publishers (memory or disk alarm)" if self.blocked else "cannot be reached"
            )
            raise Unavailable(f"the broker {reason}", code="broker_unavailable")
        try:
            channel.send_method(
                spec.Basic.Publish, "Bssbb", (0, exchange, key, mandatory, False), message
            )
        except LOST as error:
            raise _unsure(error) from None

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """What is published inside is written at the end, in one piece: a system call for each message costs
        more than the message. Nothing inside may yield. Raises Unavailable where it could not be written.
        """
        if self._connection is None:
            yield
            return
        transport: Any = self._connection.transport
        write, pieces = transport._write, bytearray()
        transport._write = pieces.extend
        try:
            yield
        finally:
            transport._write = write
            self._write_out(transport, pieces)

    def _write_out(self, transport: Any, pieces: bytearray) -> None:
        try:
            transport.write(pieces)
        except LOST as error:
            raise _unsure(error) from None

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                with eventlet.Timeout(
                    SETUP_TIMEOUT, TimeoutError("the broker did not set up in time")
                ):
                    connection = self._connect()
                pause = 0.1
                while not self._stopping:
                    connection.drain_events()
            except LOST as error:
                if not self._stopping:
                    self.log.warning("broker_lost", error=str(error) or type(error).__name__)
            except Exception:  # whatever a peer has sent, the process stays reachable
                self.log.exception("broker_lost")
            finally:
                self._drop()
            eventlet.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _connect(self) -> amqp.Connection:
        connection = self._connection = self._establish()
        for step in self._steps:
            step(connection)
        self.ready, self.blocked = True, False
        if not self._up.ready():
            self._up.send()
        self.log.info("broker_connected")
        return connection

    def _establish(self) -> amqp.Connection:
        transport = self._address.transport
        transport.Connection = ForgivingConnection
        connection = transport.establish_connection()
        sock = connection.transport.sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        was_ready, self.ready = self.ready, False
        if connection is not None:
            try:
                connection.transport.close()
            except (*LOST, AttributeError):
                self.log.debug("broker_close_failed")
        if was_ready:
            self._up = eventlet.event.Event()
            for callback in self.on_lost:
                callback()

    def _keep_alive(self) -> None:
        while not self._stopping:
            eventlet.sleep(HEARTBEAT / 4)
            connection = self._connection
            if connection is None or not self.ready:
                continue
            try:
                connection.heartbeat_tick()
            except LOST:
                self.log.warning("broker_silent")
                connection.transport.close()

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
