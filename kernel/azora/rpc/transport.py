"""RabbitMQ as a process sees it: one connection that carries its calls, its services and its events."""

from typing import TYPE_CHECKING, Literal, Protocol

from azora.calls import Wire
from azora.contract import Handler
from azora.registry import Registry
from azora.rpc.canary import CanaryServer
from azora.rpc.connection import BrokerConnection
from azora.rpc.events import BrokerCourier, EventSubscriber
from azora.rpc.log import StreamLog
from azora.rpc.pouring import Pouring
from azora.rpc.presence import Presence
from azora.rpc.queues import depths, queue_of
from azora.rpc.server import RpcServer
from azora.rpc.streams import DeclaredLog
from azora.rpc.wire import AmqpWire

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

Rpc = Literal["azora", "nameko"]


class Serving(Protocol):
    """Takes messages from the broker."""

    def stop(self) -> None:
        """Take nothing new."""


class AmqpTransport:
    """The seam between the kernel and the broker; another transport has the same members."""

    def __init__(
        self,
        url: str,
        name: str,
        registry: Registry,
        hosted: list[str],
        log_days: float,
        rpc: Rpc = "azora",
        canary_share: float | None = None,
    ) -> None:
        self._url = url
        self._connection = BrokerConnection(url, name)
        self._rpc = rpc
        self._canary_share = canary_share
        self.wire = self._wire()
        logs = [DeclaredLog(plugin, log_days) for plugin in registry.log_keepers()]
        self.courier = BrokerCourier(self._connection, list(registry.plugins), logs)
        versions = {plugin: registry.plugins[plugin].version for plugin in hosted}
        self.presence = Presence(self._connection, versions, canary_share)
        self._serving: list[Serving] = []

    def serve(self, hosted: "HostedPlugin") -> None:
        """Offer the plugin's operations and take its events from the next connect on; a canary takes none."""
        if self.is_canary:
            self._serving.append(CanaryServer(hosted, self._connection))
            return
        self._serving.append(self._server(hosted))
        self._serving.append(EventSubscriber(hosted, self._connection))

    @property
    def is_canary(self) -> bool:
        return self._canary_share is not None

    def log(self, plugin: str) -> StreamLog:
        """The log of the plugin that keeps it."""
        return StreamLog(self._url, plugin)

    def pour(self, hosted: "HostedPlugin") -> None:
        """Move what is in the table of a log into its stream."""
        Pouring(hosted, self.courier, self.log(hosted.name)).run()

    def queued(self, plugin: str, handlers: list[Handler]) -> dict[str, int]:
        """How many events wait in the queue of each handler. Raises Unavailable."""
        queues = {handler.name: queue_of(plugin, handler) for handler in handlers}
        found = depths(self._url, list(queues.values()))
        return {name: found[queue].waiting for name, queue in queues.items()}

    def start(self) -> None:
        self._connection.start()
        self.presence.start()

    def stop_serving(self) -> None:
        """Take nothing new; replies and confirms still flow."""
        self.presence.stop()
        for serving in self._serving:
            serving.stop()

    def stop(self) -> None:
        self._connection.stop()

    def _wire(self) -> Wire:
        if self._rpc == "azora":
            return AmqpWire(self._connection)
        from azora.rpc.stock_wire import StockWire

        return StockWire(self._url, self._connection)

    def _server(self, hosted: "HostedPlugin") -> Serving:
        if self._rpc == "azora":
            return RpcServer(hosted, self._connection)
        from azora.rpc.stock_server import StockServer

        return StockServer(hosted, self._url, self._connection)

    @property
    def ready(self) -> bool:
        return self._connection.ready

    def wait_ready(self, timeout: float) -> bool:
        """Whether the broker is reached within `timeout` seconds."""
        return self._connection.wait_ready(timeout)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the broker in one sentence, or None."""
        if not self._connection.ready:
            return "the broker cannot be reached"
        return "the broker blocks publishers" if self._connection.blocked else None
