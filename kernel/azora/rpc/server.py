"""Serves a plugin's operations on its Nameko queue: `rpc-<plugin>`, bound to `nameko-rpc`."""

from contextlib import suppress
from typing import TYPE_CHECKING

import amqp
import eventlet

from azora.dispatch import BoundOperation
from azora.errors import Unavailable
from azora.rpc.answering import Begun, answer, asked_for
from azora.rpc.connection import BrokerConnection, declare_exchange
from azora.rpc.frames import Delivery
from azora.rpc.properties import encode_properties
from azora.rpc.queues import is_there
from azora.rpc.wire import DIRECT, EXCHANGE

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

REPLY_PATIENCE = 5.0
"""Seconds for which an answer waits for a connection that is just coming, or coming back."""

DECLARE_TIMEOUT = 2.0
"""Seconds after which a queue counts as away."""

AWAY_PAUSE = 2.0
"""Seconds between looks for a queue that is away."""


class RpcServer:
    """Takes requests from one plugin's queue, at most `max_workers` at once.

    An idempotent request is acknowledged once it is answered, any other before it is run: a crash
    may repeat the first and never the second.
    """

    suffix = ""

    def __init__(self, hosted: "HostedPlugin", connection: BrokerConnection) -> None:
        self._hosted = hosted
        self._queue = f"rpc-{hosted.name}{self.suffix}"
        self._key = f"{hosted.name}.*{self.suffix}"
        self._connection = connection
        self._prefetch = hosted.runtime.settings.max_workers
        self._channel: amqp.Channel | None = None
        self._tag: str | None = None
        self._stopping = False
        self._begun = Begun()
        connection.add_step(self._declare)

    def stop(self) -> None:
        """Take no further request; what is running goes on and is answered."""
        self._stopping = True
        if self._channel is not None and self._tag and self._connection.ready:
            self._channel.basic_cancel(self._tag, nowait=True)

    def _declare(self, connection: amqp.Connection) -> None:
        if self._stopping:
            return
        self._tag = None
        channel = self._channel = connection.channel()
        declare_exchange(channel, EXCHANGE)
        if reason := self._why_away(channel):
            self._hosted.log.warning("rpc_queue_away", queue=self._queue, reason=reason)
            eventlet.spawn_n(self._come_back)
            return
        channel.queue_bind(self._queue, EXCHANGE, self._key)
        channel.basic_qos(0, self._prefetch, a_global=False)
        self._tag = channel.basic_consume(self._queue, callback=self._on_request)

    def _why_away(self, channel: amqp.Channel) -> str | None:
        """Declare the queue; why that cannot be had now.

        One whose node of the broker's cluster is down is refused by RabbitMQ 3, and 4 does not answer.
        """
        limit = eventlet.Timeout(DECLARE_TIMEOUT)
        try:
            self._declare_queue(channel)
        except amqp.NotFound as error:
            return str(error)
        except eventlet.Timeout as expired:
            if expired is not limit:
                raise
            return "the broker does not answer"
        finally:
            limit.cancel()
        return None

    def _declare_queue(self, channel: amqp.Channel) -> None:
        channel.queue_declare(self._queue, durable=True, auto_delete=False)

    def _come_back(self) -> None:
        """Connect anew when the queue is back: the process calls others and hears events meanwhile."""
        channel = self._channel
        while not self._stopping and self._channel is channel:
            eventlet.sleep(AWAY_PAUSE)
            with suppress(Unavailable):
                if is_there(self._connection.url, self._queue):
                    self._connection.renew()
                    return

    def _on_request(self, message: Delivery) -> None:
        if self._stopping:
            message.reject(requeue=True)
            return
        bound = asked_for(self._hosted, message)
        if bound is None or bound.operation.idempotent:
            eventlet.spawn_n(self._serve_and_settle, message, bound)
            return
        message.acknowledge()
        if not self._begun.has(message):
            eventlet.spawn_n(self._settle_and_serve, message, bound)

    def _serve_and_settle(self, message: Delivery, bound: BoundOperation | None) -> None:
        self._serve(message, bound)
        try:
            message.acknowledge()
        except ConnectionError:
            self._hosted.log.warning("acknowledgement_lost", operation=message.routing_key)

    def _settle_and_serve(self, message: Delivery, bound: BoundOperation) -> None:
        """Run what must not run twice, once its acknowledgement is out: one that is lost before comes again."""
        if not message.link.outgoing.wait_until_written():
            return
        self._begun.add(message)
        self._serve(message, bound)

    def _serve(self, message: Delivery, bound: BoundOperation | None) -> None:
        self._reply(message, answer(self._hosted, bound, message))

    def _reply(self, message: Delivery, body: bytes) -> None:
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        try:
            properties = encode_properties(
                correlation_id=message.properties.get("correlation_id", "")
            )
            self._connection.wait_ready(REPLY_PATIENCE)
            self._connection.wait_for_room()
            exchange = "" if reply_to.startswith(DIRECT) else EXCHANGE
            self._connection.publish(
                self._channel, exchange, reply_to, properties, body, blocked=True
            )
        except (Unavailable, ValueError) as error:  # ValueError: an id or address that is no text
            self._hosted.log.warning("reply_lost", operation=message.routing_key, reason=str(error))
