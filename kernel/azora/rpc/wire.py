"""Calls over RabbitMQ, wire-compatible with stock Nameko in both directions.

Requests are transient, unconfirmed and `mandatory`: one that no queue takes comes back within
milliseconds. Replies come by RabbitMQ's direct reply-to, without a queue. A stock service knows nothing of
that and publishes them to the exchange as ever: a queue of this process takes what is addressed so.
"""

import itertools
import secrets
from typing import Any

import amqp
import eventlet
import orjson
from eventlet.event import Event

from azora.calls import NobodyServes
from azora.errors import DeadlineExceeded, ServiceError, Unavailable
from azora.rpc.connection import BrokerConnection, declare_exchange
from azora.rpc.faults import deserialize
from azora.rpc.frames import Delivery
from azora.rpc.properties import encode_properties

EXCHANGE = "nameko-rpc"
DIRECT = "amq.rabbitmq.reply-to"
"""The broker puts the caller's own address behind it."""

REPLY_EXPIRES = 300_000
"""Milliseconds after which the broker drops the reply queue of a process that vanished."""

_RESULT, _NO_ERROR = b'{"result":', b',"error":null}'


class AmqpWire:
    """The calling side of a process: pending calls by correlation id, each with an outcome of its own."""

    def __init__(self, connection: BrokerConnection) -> None:
        self._connection = connection
        self._name = f"azora-{secrets.token_hex(8)}"
        self._ids = itertools.count()
        self._pending: dict[str, Event] = {}
        self._channel: amqp.Channel | None = None
        connection.add_step(self._declare)
        connection.on_lost.append(self._fail_pending)

    def call(self, target: str, body: bytes, headers: dict[str, str], timeout: float) -> bytes:
        """The JSON of the result of `plugin.operation`.

        Raises the callee's typed error; DeadlineExceeded after `timeout` seconds; Unavailable when
        nobody serves the plugin (`not_sent`) or the broker was lost meanwhile (`unknown`).
        """
        correlation = f"{self._name}-{next(self._ids):x}"
        properties = encode_properties(
            headers,
            reply_to=DIRECT,
            correlation_id=correlation,
            expiration=str(max(1, int(timeout * 1000))),
        )
        pending = self._pending[correlation] = Event()
        timer = eventlet.Timeout(timeout)
        try:
            self._connection.wait_if_just_lost()
            self._connection.wait_for_room()
            self._connection.publish(self._channel, EXCHANGE, target, properties, body, True)
            return result_in(pending.wait())
        except eventlet.Timeout as expired:
            if expired is not timer:
                raise
            raise DeadlineExceeded(f"{target} did not answer in {timeout:.1f} s") from None
        finally:
            timer.cancel()
            self._pending.pop(correlation, None)

    def _declare(self, connection: amqp.Connection) -> None:
        channel = self._channel = connection.channel()
        declare_exchange(channel, EXCHANGE)
        channel.events["basic_return"].add(self._on_return)
        channel.basic_consume(DIRECT, no_ack=True, callback=self._on_reply)
        queue = f"azora-{secrets.token_hex(8)}"  # an old one is locked while its node is down
        channel.queue_declare(
            queue, exclusive=True, auto_delete=True, arguments={"x-expires": REPLY_EXPIRES}
        )
        channel.queue_bind(queue, EXCHANGE, f"{DIRECT}.#")
        channel.basic_consume(queue, no_ack=True, callback=self._on_reply)

    def _on_reply(self, reply: Delivery) -> None:
        pending = self._pending.get(reply.properties.get("correlation_id", ""))
        if pending is not None and not pending.ready():
            pending.send(reply.body)

    def _on_return(
        self, _error: Exception, _exchange: str, routing_key: str, message: amqp.Message
    ) -> None:
        pending = self._pending.get(message.properties.get("correlation_id", ""))
        if pending is not None and not pending.ready():
            pending.send_exception(nobody_serves(routing_key))

    def _fail_pending(self) -> None:
        for pending in self._pending.values():
            if not pending.ready():
                pending.send_exception(lost_in_call())


def nobody_serves(target: str) -> Unavailable:
    """What a call is told that no queue takes."""
    return NobodyServes(f"nobody serves {target.partition('.')[0]}", code="not_offered")


def lost_in_call() -> Unavailable:
    """What a call is told whose reply can no longer come."""
    return Unavailable(
        "the broker was lost during the call", code="broker_unavailable", sent="unknown"
    )


def result_in(raw: bytes) -> bytes:
    """The JSON of `result` in a reply; raises its `error`."""
    if raw.startswith(_RESULT) and raw.endswith(_NO_ERROR):
        return raw[len(_RESULT) : -len(_NO_ERROR)]
    try:
        answer: Any = orjson.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ServiceError("the callee answered what is no reply", code="reply_unreadable")
    if answer.get("error"):
        raise deserialize(answer["error"])
    return orjson.dumps(answer.get("result"))
