"""The calling side of stock RPC: Nameko's publisher with confirms, and its listener to a reply queue."""

import secrets
import uuid

import eventlet
from eventlet.event import Event
from kombu.message import Message
from nameko.amqp.publish import UndeliverableMessage
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.rpc import ReplyListener

from azora.errors import DeadlineExceeded, Unavailable
from azora.rpc.connection import BrokerConnection
from azora.rpc.stock import (
    FAILED,
    Consumer,
    StockContainer,
    configuration,
    forget_connections,
    publisher,
)
from azora.rpc.wire import EXCHANGE, lost_in_call, nobody_serves, result_in


class Replies(ReplyListener):
    """Nameko's listener, which hands out replies as they came."""

    queue_consumer = Consumer()

    def handle_message(self, _body: object, message: Message) -> None:
        body = message.body
        super().handle_message(body.encode() if isinstance(body, str) else bytes(body), message)

    def forget(self, correlation: str) -> None:
        """Await this reply no more."""
        self._reply_events.pop(correlation, None)

    def fail(self, error: Unavailable) -> None:
        """Answer every call that waits with this error."""
        for pending in self._reply_events.values():
            if not pending.ready():
                pending.send_exception(error)


class Calling(DependencyProvider):
    """What brings the listener into a container."""

    replies = Replies()


class StockWire:
    """Calls as a stock Nameko client makes them. Each ends at its deadline, and when the broker is lost."""

    def __init__(self, url: str, connection: BrokerConnection) -> None:
        self._url = url
        self._connection = connection
        self._publisher = publisher(url, exchange=EXCHANGE, mandatory=True)
        self._name = f"azora-{secrets.token_hex(8)}"
        self._container = StockContainer(self._make, connection)
        connection.on_lost.append(self._fail_pending)

    def call(self, target: str, body: bytes, headers: dict[str, str], timeout: float) -> bytes:
        """As `AmqpWire.call`."""
        correlation = str(uuid.uuid4())
        replies: Replies | None = None
        timer = eventlet.Timeout(timeout)
        try:
            self._connection.wait_if_just_lost()
            self._connection.require()
            replies = self._replies()
            pending = replies.get_reply_event(correlation)
            # What waits for a confirm is not interrupted: the next message would take that for its own.
            eventlet.spawn_n(
                self._publish,
                pending,
                target,
                body,
                {
                    "reply_to": replies.routing_key,
                    "correlation_id": correlation,
                    "headers": headers,
                    "expiration": timeout,
                },
            )
            return result_in(pending.wait())
        except eventlet.Timeout as expired:
            if expired is not timer:
                raise
            raise DeadlineExceeded(f"{target} did not answer in {timeout:.1f} s") from None
        finally:
            timer.cancel()
            if replies is not None:
                replies.forget(correlation)

    def _make(self) -> ServiceContainer:
        service = type("Caller", (), {"name": self._name, "calling": Calling()})
        return ServiceContainer(service, configuration(self._url, max_workers=1))

    def _replies(self) -> Replies:
        container = self._container.running
        if container is None:
            raise Unavailable("stock RPC is being started", code="broker_unavailable")
        (calling,) = container.dependencies
        replies: Replies = calling.replies
        return replies

    def _publish(
        self, pending: Event, target: str, body: bytes, properties: dict[str, object]
    ) -> None:
        try:
            self._publisher.publish(body, routing_key=target, **properties)
            return
        except UndeliverableMessage:
            failure = nobody_serves(target)
        except FAILED:
            failure = lost_in_call()
        if not pending.ready():
            pending.send_exception(failure)

    def _fail_pending(self) -> None:
        if self._container.running is not None:
            self._replies().fail(lost_in_call())
        forget_connections(self._url)
