"""Serves a plugin's operations on its Nameko queue: `rpc-<plugin>`, bound to `nameko-rpc`."""

import time
from typing import TYPE_CHECKING, Any

import amqp
import eventlet
import orjson

from azora.context import ACTOR, Context
from azora.dispatch import BoundOperation, to_json
from azora.errors import DeadlineExceeded, NotAuthenticated, NotFound, RequestError, Unavailable
from azora.messages import Request
from azora.rpc.connection import BrokerConnection, declare_exchange, decoded
from azora.rpc.faults import serialize
from azora.rpc.frames import Delivery
from azora.rpc.properties import encode_properties
from azora.rpc.wire import DIRECT, EXCHANGE

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

API_TOKEN = "nameko.api_token"  # noqa: S105 – a name, no secret
"""The header that a stock caller's context data `{"api_token": …}` becomes."""

REPLY_PATIENCE = 5.0
"""Seconds for which an answer waits for a connection that is just coming, or coming back."""

REMEMBERED = 10_000
"""Requests of which is known that they were begun, in case the broker did not hear of it."""

_OURS = b'{"args":[],"kwargs":'


class RpcServer:
    """Takes requests from one plugin's queue, at most `max_workers` at once.

    An idempotent request is acknowledged once it is answered, any other before it is run: a crash
    may repeat the first and never the second.
    """

    def __init__(self, hosted: "HostedPlugin", connection: BrokerConnection) -> None:
        self._hosted = hosted
        self._connection = connection
        self._prefetch = hosted.runtime.settings.max_workers
        self._channel: amqp.Channel | None = None
        self._tag: str | None = None
        self._stopping = False
        self._begun: dict[str, None] = {}
        connection.add_step(self._declare)

    def stop(self) -> None:
        """Take no further request; what is running goes on and is answered."""
        self._stopping = True
        if self._channel is not None and self._tag and self._connection.ready:
            self._channel.basic_cancel(self._tag, nowait=True)

    def _declare(self, connection: amqp.Connection) -> None:
        if self._stopping:
            return
        channel = self._channel = connection.channel()
        queue = f"rpc-{self._hosted.name}"
        declare_exchange(channel, EXCHANGE)
        channel.queue_declare(queue, durable=True, auto_delete=False)
        channel.queue_bind(queue, EXCHANGE, f"{self._hosted.name}.*")
        channel.basic_qos(0, self._prefetch, a_global=False)
        self._tag = channel.basic_consume(queue, callback=self._on_request)

    def _on_request(self, message: Delivery) -> None:
        if self._stopping:
            message.reject(requeue=True)
            return
        bound = self._hosted.operations.get(message.routing_key)
        if bound is None or bound.operation.idempotent:
            eventlet.spawn_n(self._serve_and_settle, message, bound)
            return
        message.acknowledge()
        again = message.redelivered and message.properties.get("correlation_id") in self._begun
        if not again:
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
        if correlation := message.properties.get("correlation_id"):
            self._begun[correlation] = None
            if len(self._begun) > REMEMBERED:
                del self._begun[next(iter(self._begun))]
        self._serve(message, bound)

    def _serve(self, message: Delivery, bound: BoundOperation | None) -> None:
        try:
            answer = b'{"result":' + self._answer(message, bound) + b',"error":null}'
        except Exception as error:  # noqa: BLE001 – every request gets exactly one answer
            answer = orjson.dumps({"result": None, "error": serialize(error)})
        self._reply(message, answer)

    def _answer(self, message: Delivery, bound: BoundOperation | None) -> bytes:
        if bound is None:
            raise NotFound(f"no operation {message.routing_key}", code="operation_not_found")
        if bound.operation.shape == "stream":
            raise RequestError(f"{bound.full} streams: call it over HTTP", code="streams_over_http")
        if len(message.body) > bound.operation.max_body:
            raise RequestError(
                f"{bound.full} takes at most {bound.operation.max_body} bytes",
                code="message_too_large",
            )
        headers = decoded(message.headers)
        context = Context.from_headers(self._hosted.runtime, headers)
        if context.deadline is not None and context.deadline <= time.monotonic():
            raise DeadlineExceeded(f"{bound.full} was asked too late")
        if ACTOR not in headers and API_TOKEN in headers:
            context.token = self._hosted.runtime.resolve(headers[API_TOKEN])
            if context.token is None:
                raise NotAuthenticated("the API token is not valid", code="token_invalid")
        reply = bound.invoke(_request(bound, message.body), context)
        return b"null" if reply is None else to_json(reply)

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


def _request(bound: BoundOperation, raw: bytes) -> Request:
    """The request in a Nameko body: keywords, or one positional object."""
    if raw.startswith(_OURS):
        return bound.parse_json(raw[len(_OURS) : -1])
    arguments, keywords = _call_in(raw)
    if len(arguments) == 1 and isinstance(arguments[0], dict):
        keywords = {**arguments[0], **keywords}
    elif arguments:
        raise RequestError(f"{bound.full} takes keyword arguments", code="incorrect_signature")
    return bound.parse(keywords)


def _call_in(raw: bytes) -> tuple[list[Any], dict[str, Any]]:
    """The positional and the named arguments of a Nameko body."""
    try:
        call: Any = orjson.loads(raw)
    except ValueError:
        call = None
    if isinstance(call, dict):
        arguments, keywords = call.get("args"), call.get("kwargs")
        if isinstance(arguments, list) and isinstance(keywords, dict):
            return arguments, keywords
    raise RequestError(
        "the message holds no list `args` and object `kwargs`", code="malformed_message"
    )
