"""Makes one Nameko service of a plugin's Service classes, and the container that runs it.

Each operation becomes one delegating method: with plain multiple inheritance, helpers of the same
name in two classes would shadow one another.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nameko.containers import ServiceContainer, WorkerContext
from nameko.extensions import DependencyProvider, Entrypoint, register_entrypoint

from azora.errors import AzoraError, Unavailable
from azora.registry import LoadedPlugin
from azora.service import Service

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


class Hosted(DependencyProvider):
    """Gives each worker its plugin: database, settings, files, log and the way out."""

    def get_dependency(self, worker_ctx: WorkerContext) -> "HostedPlugin":
        return self.container.config["hosted"]


class Method(Entrypoint):
    """An operation or an event handler. Who calls it runs the worker in its own greenlet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(expected_exceptions=(AzoraError,), **kwargs)


class PluginContainer(ServiceContainer):
    """Nameko's worker life-cycle in the caller's greenlet, without the hooks that no provider overrides."""

    def __init__(self, service_cls: type, config: dict[str, Any]) -> None:
        super().__init__(service_cls, config)
        self.methods: dict[str, Method] = {entry.method_name: entry for entry in self.entrypoints}
        self._setups = self._overriders("worker_setup")
        self._results = self._overriders("worker_result")
        self._teardowns = self._overriders("worker_teardown")

    def run(self, method_name: str, argument: Any) -> Any:
        """Run one method to its end and return what it returns, or raise what it raises."""
        if self._being_killed or not self.started:
            raise Unavailable(f"{self.service_name} is being started or stopped")
        worker = WorkerContext(
            self, self.service_cls(), self.methods[method_name], (argument,), {}, {}
        )
        service = worker.service
        for provider in self.dependencies:
            setattr(service, provider.attr_name, provider.get_dependency(worker))
        for provider in self._setups:
            provider.worker_setup(worker)
        result, error = None, None
        try:
            result = getattr(service, method_name)(argument)
            return result
        except Exception as raised:
            error = (type(raised), raised, raised.__traceback__)
            raise
        finally:
            for provider in self._results:
                provider.worker_result(worker, result, error)
            del error
            for provider in self._teardowns:
                provider.worker_teardown(worker)

    def _overriders(self, hook: str) -> list[DependencyProvider]:
        stock = getattr(DependencyProvider, hook)
        return [
            provider for provider in self.dependencies if getattr(type(provider), hook) is not stock
        ]


def compose(loaded: LoadedPlugin) -> type:
    """The Nameko service class of a plugin: its name, its methods, and `hosted`."""
    body: dict[str, Any] = {"name": loaded.name, "hosted": Hosted()}
    for name, (service, method, _) in {**loaded.operations, **loaded.handlers}.items():
        body[name] = _delegated(service, method)
    return type(loaded.name, (Service,), body)


def _delegated(service: type, method: Callable[..., Any]) -> Callable[..., Any]:
    def run(self: Any, argument: Any) -> Any:
        instance: Any = object.__new__(service)
        instance.__dict__ = self.__dict__
        return method(instance, argument)

    run.__name__ = method.__name__
    register_entrypoint(run, Method())
    return run
