"""The serving side of stock RPC: Nameko's consumer, its workers and its publisher round our operations."""

from functools import partial
from typing import TYPE_CHECKING, Any

from kombu.message import Message
from nameko.amqp.publish import Publisher
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.containers import ServiceContainer
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from nameko.rpc import Rpc, RpcConsumer

from azora.rpc.answering import Begun, answer, asked_for
from azora.rpc.connection import LOST, BrokerConnection
from azora.rpc.stock import FAILED, Consumer, StockContainer, configuration, publisher
from azora.rpc.wire import DIRECT, EXCHANGE

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

Failure = Any
"""What `sys.exc_info()` returns."""


class Requests(RpcConsumer):
    """Nameko's consumer of a plugin's queue. What is asked for, `answer` finds out."""

    queue_consumer = Consumer()
    _publisher: Publisher

    def setup(self) -> None:
        super().setup()
        self._publisher = publisher(self.container.config[AMQP_URI_CONFIG_KEY])

    def get_provider_for_method(self, _routing_key: str) -> Rpc:
        (provider,) = self._providers
        return provider

    def handle_result(self, message: Message, result: Any, failure: Failure) -> tuple[Any, Failure]:
        """Publish the reply, and acknowledge what has not been: nothing here may end the container."""
        reply_to = message.properties.get("reply_to")
        if result is not None and reply_to:
            try:
                self._publisher.publish(
                    result,
                    exchange="" if reply_to.startswith(DIRECT) else EXCHANGE,
                    routing_key=reply_to,
                    correlation_id=message.properties.get("correlation_id"),
                )
            except FAILED as error:
                hosted = self.container.config["hosted"]
                operation = message.delivery_info["routing_key"]
                hosted.log.warning("reply_lost", operation=operation, reason=str(error))
        if not message.acknowledged:
            self.queue_consumer.ack_message(message)
        return result, failure


class Called(Rpc):
    """Runs a worker for each request as it came."""

    rpc_consumer = Requests()

    def handle_message(self, _body: object, message: Message) -> None:
        finish = partial(self.handle_result, message)
        try:
            self.container.spawn_worker(self, (message,), {}, handle_result=finish)
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


class Taken:
    """A request as `answer` reads it."""

    def __init__(self, message: Message) -> None:
        body = message.body
        self.body = body.encode() if isinstance(body, str) else bytes(body)
        self.headers: dict[str, Any] = message.headers
        self.properties: dict[str, Any] = message.properties
        self.routing_key: str = message.delivery_info["routing_key"]
        self.redelivered = bool(message.delivery_info.get("redelivered"))


class StockServer:
    """A plugin as a stock Nameko service, which acknowledges as `RpcServer` does."""

    def __init__(self, hosted: "HostedPlugin", url: str, connection: BrokerConnection) -> None:
        self._hosted = hosted
        self._begun = Begun()
        self._url = url
        self._container = StockContainer(self._make, connection)

    def stop(self) -> None:
        """Take no further request; what is running goes on and is answered."""
        self._container.stop()

    def _make(self) -> ServiceContainer:
        def run(_service: object, message: Message) -> bytes | None:
            return self._answer(message)

        register_entrypoint(run, Called())
        service = type(self._hosted.name, (), {"name": self._hosted.name, "run": run})
        workers = self._hosted.runtime.settings.max_workers
        given = configuration(self._url, workers) | {"hosted": self._hosted}
        return ServiceContainer(service, given)

    def _answer(self, message: Message) -> bytes | None:
        taken = Taken(message)
        bound = asked_for(self._hosted, taken)
        if bound is not None and not bound.operation.idempotent:
            try:
                message.ack()
            except LOST:  # it comes again
                return None
            if self._begun.has(taken):
                return None
            self._begun.add(taken)
        return answer(self._hosted, bound, taken)
