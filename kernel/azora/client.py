"""Calls operations and reads events from scripts and notebooks: RabbitMQ by pika, without Eventlet.

    with Client("amqp://…", api_token="azt_…") as campus:
        campus.library.search(query="history")
        for event in campus.events("library.resource_added"):
            print(event.data)

Wire-compatible with Nameko, so that stock services can be called too.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

from azora.context import DEADLINE
from azora.errors import DeadlineExceeded, Unavailable
from azora.events.envelope import PREFIX, Envelope
from azora.rpc.faults import deserialize

EXCHANGE = "nameko-rpc"
API_TOKEN = "nameko.api_token"  # noqa: S105 – a name, no secret
_JSON = "application/json"


@dataclass(frozen=True)
class Event:
    """One event: its id, its type (`library.resource_added`), its time (seconds since 1970), its data."""

    id: str
    type: str
    time: float
    data: dict[str, Any]


class Client:
    """A connection to a campus's broker for one thread; `timeout` is in seconds.

    Without an API token it reaches public operations only.
    """

    def __init__(self, url: str, *, api_token: str | None = None, timeout: float = 30.0) -> None:
        self._token = api_token
        self._timeout = timeout
        try:
            self._connection = BlockingConnection(pika.URLParameters(url))
        except pika.exceptions.AMQPError as error:
            raise Unavailable(f"the broker cannot be reached: {error!r}") from None
        self._channel: BlockingChannel = self._connection.channel()
        self._replies: dict[str, dict[str, Any] | None] = {}
        self._reply_to = f"azora-client-{secrets.token_hex(8)}"
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True)
        self._channel.queue_declare(self._reply_to, exclusive=True, auto_delete=True)
        self._channel.queue_bind(self._reply_to, EXCHANGE, self._reply_to)
        self._channel.basic_consume(self._reply_to, self._on_reply, auto_ack=True)
        self._channel.add_on_return_callback(self._on_return)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, plugin: str) -> "PluginProxy":
        if plugin.startswith("_"):
            raise AttributeError(plugin)
        return PluginProxy(self, plugin)

    def close(self) -> None:
        """End the connection."""
        if self._connection.is_open:
            self._connection.close()

    def call(self, target: str, **fields: Any) -> Any:
        """The reply of `plugin.operation` as JSON values.

        Raises the callee's error as `azora.errors` has it; DeadlineExceeded after the timeout;
        Unavailable where nobody serves the plugin, or the broker was lost.
        """
        correlation = secrets.token_hex(12)
        self._replies[correlation] = None
        body = json.dumps({"args": [], "kwargs": fields}).encode()
        try:
            self._channel.basic_publish(EXCHANGE, target, body, self._properties(correlation), True)
            return self._await(target, correlation)
        except pika.exceptions.AMQPError as error:
            raise Unavailable(f"the broker was lost: {error!r}", sent="unknown") from None
        finally:
            del self._replies[correlation]

    def events(
        self, *types: str, group: str | None = None, seconds: float | None = None
    ) -> Iterator[Event]:
        """Events of these types as they come; each is acknowledged when the next is asked for.

        A `group` keeps its place while nobody reads, and its readers share the events; without one
        only what is told from now on is seen. Ends after `seconds` without an event.
        """
        channel = self._connection.channel()
        queue = self._subscribe(channel, types, group)
        for method, properties, body in channel.consume(queue, inactivity_timeout=seconds):
            if method is None:
                break
            yield _event(method.routing_key, properties, body)
            channel.basic_ack(method.delivery_tag)
        channel.cancel()
        channel.close()

    def _subscribe(
        self, channel: BlockingChannel, types: tuple[str, ...], group: str | None
    ) -> str:
        """The queue that the events of these types go to from now on."""
        lasting = group is not None
        declared = channel.queue_declare(
            f"client-{group}" if group else "",
            durable=lasting,
            exclusive=not lasting,
            auto_delete=not lasting,
            arguments={"x-queue-type": "quorum"} if lasting else None,
        )
        for name in types:
            source, _, kind = name.partition(".")
            channel.exchange_declare(f"{source}.events", "topic", durable=True)
            channel.queue_bind(declared.method.queue, f"{source}.events", kind)
        channel.basic_qos(prefetch_count=16)
        return str(declared.method.queue)

    def _properties(self, correlation: str) -> pika.BasicProperties:
        headers = {DEADLINE: f"{time.time() + self._timeout:.3f}"}
        if self._token:
            headers[API_TOKEN] = self._token
        return pika.BasicProperties(
            content_type=_JSON,
            content_encoding="utf-8",
            delivery_mode=1,
            reply_to=self._reply_to,
            correlation_id=correlation,
            expiration=str(int(self._timeout * 1000)),
            headers=headers,
        )

    def _await(self, target: str, correlation: str) -> Any:
        limit = time.monotonic() + self._timeout
        while (answer := self._replies[correlation]) is None:
            left = limit - time.monotonic()
            if left <= 0:
                raise DeadlineExceeded(f"{target} did not answer in {self._timeout:g} s")
            self._connection.process_data_events(left)  # type: ignore[arg-type]
        if "unroutable" in answer:
            raise Unavailable(f"nobody serves {target}", code="not_offered")
        if answer.get("error"):
            raise deserialize(answer["error"])
        return answer["result"]

    def _on_reply(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        if properties.correlation_id in self._replies:
            self._replies[properties.correlation_id] = json.loads(body)

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        if properties.correlation_id in self._replies:
            self._replies[properties.correlation_id] = {"unroutable": True}


class PluginProxy:
    """`client.library.search(query=…)` for `client.call("library.search", query=…)`."""

    def __init__(self, client: Client, plugin: str) -> None:
        self._client = client
        self._plugin = plugin

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        target = f"{self._plugin}.{operation}"
        return lambda **fields: self._client.call(target, **fields)


def _event(routing_key: str, properties: Any, body: bytes) -> Event:
    """The event in a message, ours or a stock dispatcher's."""
    headers = properties.headers or {}
    if f"{PREFIX}id" in headers:
        envelope = Envelope.from_headers(headers, body)
        return Event(envelope.id, envelope.type, envelope.time, json.loads(body))
    return Event(properties.message_id or "", routing_key, time.time(), json.loads(body))
