"""What is remembered of each plugin's load, so that pods come at once and go only after a while."""

from collections import deque
from dataclasses import dataclass, field

from azora_operator.durations import span
from azora_operator.meter import Meter, Queues
from azora_operator.parts import Scaling
from azora_operator.scaling import Load, capacity, needed, step

STALE = 30.0
"""Seconds after which a number says nothing any more."""


@dataclass
class Memory:
    """One plugin's load over time; `target` is the number of pods that it asks for.

    Pods that have not yet taken up their work count as busy: without them nobody knows its queues.
    """

    begun: float
    one: float | None = None
    busy_at: float = 0.0
    taken_at: float = 0.0
    target: int | None = None
    history: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, load: Load, now: float, current: int, scaling: Scaling) -> None:
        """Take in what was measured, and decide."""
        self.taken_at = now
        self.one = capacity(load, self.one)
        if not load.is_idle or (current and not load.consumers):
            self.busy_at = now
        wanted = needed(load, self.one, current, scaling)
        self.history.append((now, wanted))
        while self.history[0][0] < now - span(scaling.stabilization):
            self.history.popleft()
        self.target = self._target(load, now, current, wanted, scaling)

    def _target(self, load: Load, now: float, current: int, wanted: int, scaling: Scaling) -> int:
        if scaling.to_zero and load.is_idle:
            idle_since = max(self.busy_at, self.begun)
            if current == 0 or now - idle_since >= span(scaling.idle_after):
                return 0
        known_for_long = now - self.begun >= span(scaling.stabilization)
        lately = max(pods for _, pods in self.history) if known_for_long else None
        return step(current, wanted, lately)


class Loads:
    """The memories of all plugins."""

    def __init__(self) -> None:
        self._memories: dict[tuple[str, str], Memory] = {}
        self._meters: dict[tuple[str, str], Meter] = {}

    def take(
        self, plugin: tuple[str, str], seen: Queues, now: float, current: int, scaling: Scaling
    ) -> None:
        """Take in the queues of a plugin that has `current` pods."""
        load = self._meters.setdefault(plugin, Meter()).read(now, seen)
        self._memories.setdefault(plugin, Memory(now)).take(load, now, current, scaling)

    def forget_all_but(self, plugins: set[tuple[str, str]]) -> None:
        """Forget the plugins that are gone."""
        for gone in self._memories.keys() - plugins:
            del self._memories[gone], self._meters[gone]

    def target(self, plugin: tuple[str, str], now: float) -> int | None:
        """How many pods it should have; None where that is not known now."""
        memory = self._memories.get(plugin)
        return memory.target if memory and now - memory.taken_at < STALE else None
