"""Which queues and bindings a plugin must have, from the names that Nameko gives them; pure.

A process that runs notices that its queue is gone, and declares it anew. It does not notice a binding that is
gone; and where there is no process, nobody notices a queue, without which no call can wake the plugin.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CALLS = "nameko-rpc"
_EVENTS = re.compile(r"evt-(?P<source>[a-z0-9_]+)-(?P<event>[A-Za-z0-9_]+)--")


@dataclass(frozen=True, order=True)
class Binding:
    """An exchange gives messages with this key to a queue."""

    exchange: str
    queue: str
    key: str


@dataclass
class Missing:
    """What has to be declared again: queues with their arguments, and bindings."""

    queues: dict[str, dict[str, Any]] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.queues or self.bindings)

    def __str__(self) -> str:
        bound = [f"{each.exchange} → {each.queue}" for each in self.bindings]
        return ", ".join([*sorted(self.queues), *bound])


def missing(
    plugin: str,
    queues: Mapping[str, Mapping[str, Any]],
    bindings: set[Binding],
    known: Mapping[str, Mapping[str, Any]],
    *,
    asleep: bool,
) -> Missing:
    """What a plugin lacks of what it must have.

    `queues` are those of the plugin that are there, with their arguments; `known` those that were there
    when it last ran. They are declared again only while it has no pods.
    """
    gone = {name: dict(args) for name, args in known.items() if name not in queues and asleep}
    wanted = _bindings(plugin, [*queues, *gone])
    return Missing(gone, sorted(set(wanted) - bindings))


def _bindings(plugin: str, queues: list[str]) -> Iterator[Binding]:
    for queue in queues:
        if queue == f"rpc-{plugin}":
            yield Binding(CALLS, queue, f"{plugin}.*")
        elif parts := _EVENTS.match(queue):
            yield Binding(f"{parts['source']}.events", queue, parts["event"])
