"""The base class of a plugin's services: everything that a method may reach for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from azora.context import current
from azora.errors import NotAuthenticated
from azora.messages import Event, Message, Request

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.files import FileStore
    from azora.hosted import HostedPlugin
    from azora.observe.logs import Logger
    from azora.outbound.fetch import Outbound


class Service:
    """One instance serves one call. Its public methods marked `@operation` and `@on_event` are served."""

    hosted: "HostedPlugin"

    def emit(self, event: Event) -> str:
        """Tell everybody who listens, once the open transaction commits; returns the event's id."""
        return self.hosted.emit(event)

    def transaction(self) -> AbstractContextManager[Any]:
        """A short write transaction of this plugin's database. Calls to other plugins are refused in it."""
        return self.hosted.transaction()

    def on_delivery(self, follow: Callable[[], None]) -> None:
        """Call `follow` when the file that this operation replies is sent over HTTP from its first byte.

        That is once for each download: HEAD, a later range and "not modified" are none.
        """
        current().on_delivery.append(follow)

    def call(self, target: str, request: Request, reply: type[Message] | None = None) -> Any:
        """Call `plugin.operation`; typed clients (`needs`) are the usual way."""
        return self.hosted.runtime.call(target, request, reply)

    @property
    def actor(self) -> "Actor":
        """Who calls. Raises NotAuthenticated where nobody is signed in."""
        actor = current().actor
        if actor is None:
            raise NotAuthenticated("sign in first")
        return actor

    @property
    def actor_or_none(self) -> "Actor | None":
        return current().actor

    def audit(
        self,
        on: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Tell the audit trail what this operation is done to, and which fields change from what to what.

        It goes on record by itself, with every row that changes: this is for what the rows do not say.
        """
        self.hosted.audit(current().operation or "", on, before, after)

    @property
    def settings(self) -> Any:
        """This plugin's settings, as its own class."""
        return self.hosted.settings

    @property
    def files(self) -> "FileStore":
        return self.hosted.files

    @property
    def outbound(self) -> "Outbound":
        """Asks machines outside of the campus, safely whoever named the address."""
        return self.hosted.outbound

    @property
    def log(self) -> "Logger":
        return self.hosted.log
