"""Asks every plugin about its deliveries, as nexus itself: each answers for its own, and here they become one list."""

from typing import TYPE_CHECKING, Any, TypeVar

from azora import NotFound
from azora.context import current_or_none
from azora.errors import ServiceError
from azora.messages import Message, Request

if TYPE_CHECKING:
    from azora.contract import Handler
    from azora.hosted import HostedPlugin

R = TypeVar("R", bound=Message)


class Desks:
    """The plugins that have handlers."""

    def __init__(self, plugin: "HostedPlugin") -> None:
        self._plugin = plugin

    def listeners(self) -> list[str]:
        """Their names."""
        known = self._plugin.runtime.registry.plugins
        return sorted(name for name, loaded in known.items() if loaded.handlers)

    def handlers(self, plugin: str) -> list[str]:
        """The handlers of one. Raises NotFound where it has none."""
        if plugin not in self.listeners():
            raise NotFound(f"No plugin {plugin} listens to events.", code="nexus.no_listener")
        return sorted(self._plugin.runtime.registry.plugins[plugin].handlers)

    def handler(self, plugin: str, handler: str) -> "Handler":
        """What a handler takes, and how many at once. Raises NotFound where there is no such handler."""
        if handler not in self.handlers(plugin):
            raise NotFound(f"{plugin} has no handler {handler}.", code="nexus.no_listener")
        return self._plugin.runtime.registry.plugins[plugin].handlers[handler][2]

    def event_of(self, plugin: str, handler: str) -> str:
        """The type of event that a handler takes. Raises NotFound where there is no such handler."""
        return self.handler(plugin, handler).event

    def ask(self, plugin: str, operation: str, request: Request, reply: type[R]) -> R:
        """What one plugin answers. Raises what it raises."""
        answer: R = self._call(plugin, operation, request, reply)
        return answer

    def tell(self, plugin: str, operation: str, request: Request) -> None:
        """The same where nothing is answered."""
        self._call(plugin, operation, request, None)

    def ask_all(
        self, operation: str, request: Request, reply: type[R], only: str = ""
    ) -> tuple[list[R], list[str]]:
        """What every plugin answers, or one alone, and the names of those that did not answer."""
        found, missing = [], []
        for name in [only] if only else self.listeners():
            try:
                found.append(self.ask(name, operation, request, reply))
            except ServiceError:
                missing.append(name)
        return found, missing

    def _call(
        self, plugin: str, operation: str, request: Request, reply: type[Message] | None
    ) -> Any:
        self.handlers(plugin)
        here, context = current_or_none(), self._plugin.as_itself()
        if here is not None:
            context.trace_id, context.sampled = here.trace_id, here.sampled
        target = f"{plugin}.events_{operation}"
        return self._plugin.runtime.call(target, request, reply, context=context)
