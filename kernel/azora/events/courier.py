"""Couriers carry emitted events to whoever listens; this one stays in the process."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from azora.events.envelope import Envelope
from azora.events.log import TableLog

if TYPE_CHECKING:
    from azora.runtime import Runtime


class Courier(Protocol):
    """How the relay hands events over."""

    at_once: int
    """Events that it takes in one batch."""

    def publish(self, envelopes: list[Envelope]) -> None:
        """Return once all are durable elsewhere. Raises Unavailable where that is not sure."""


class LocalCourier:
    """Hands events into the logs that are kept, and then into the inboxes of this process's plugins.

    `keepers` take them for plugins that are switched off. A larger batch would hold up the process, which
    is also the one that answers calls.
    """

    at_once = 200

    def __init__(
        self, runtime: "Runtime", keepers: Sequence[Callable[[list[Envelope]], None]] = ()
    ) -> None:
        self.runtime = runtime
        self._keepers = keepers

    def publish(self, envelopes: list[Envelope]) -> None:
        plugins = list(self.runtime.hosted.values())
        for hosted in plugins:
            if isinstance(hosted.event_log, TableLog):
                hosted.event_log.append(envelopes)
        for hosted in plugins:
            hosted.consumer.accept(envelopes)
        for keep in self._keepers:
            keep(envelopes)
