"""How many pods keep the promise of a waiting time, pure: Little's law, and a term that drains what waits.

What one pod can do is not asked for but seen: at least what it does, and no more than that while messages
wait all along.
"""

import math
from dataclasses import dataclass

from azora_operator.durations import span
from azora_operator.parts import Scaling

UTILISATION = 0.7
"""How busy pods may be in the long run: beyond it waiting grows out of all proportion."""
_DRAIN_TIMES, _SHORTEST_DRAIN = 10.0, 5.0
"""What waits too long is to be gone within so many waiting times, but never within fewer seconds."""


@dataclass(frozen=True)
class Load:
    """The queues of a plugin now: messages that wait and that are in hand, rates a second, consumers.

    `behind` tells that for as long as these rates are about, all consumers had more than enough to do.
    """

    waiting: int
    in_hand: int
    arriving: float
    done: float
    consumers: int
    behind: bool = False

    @property
    def is_idle(self) -> bool:
        return not (self.waiting or self.in_hand or self.arriving)


def capacity(load: Load, known: float | None) -> float | None:
    """What one pod can do in a second, as far as that is known."""
    if not (load.done and load.consumers):
        return known
    seen = load.done / load.consumers
    if load.behind:
        return seen if known is None else (known + seen) / 2
    return known if known is None else max(known, seen)


def needed(load: Load, one: float | None, current: int, scaling: Scaling) -> int:
    """How many pods this load needs, of which each does `one` message a second."""
    if load.is_idle:
        return scaling.min
    if one is None:
        fewer = current if load.waiting or load.in_hand else current - 1
        return _within(fewer, scaling)
    latency = span(scaling.target_latency)
    late = max(0.0, load.waiting + load.in_hand - load.arriving * latency)
    drain = late / max(_DRAIN_TIMES * latency, _SHORTEST_DRAIN)
    steady = load.arriving / (one * UTILISATION)
    return _within(math.ceil(max(steady, (load.arriving + drain) / one)), scaling)


def step(current: int, wanted: int, lately: int | None) -> int:
    """The next number of pods: up at once but not by leaps, down to what was needed lately.

    `lately` is the most that was needed within the stabilisation time; None while that is not known.
    """
    if wanted > current:
        return min(wanted, 2 * current + 4)
    if lately is None:
        return current
    return min(current, max(wanted, lately))


def _within(pods: int, scaling: Scaling) -> int:
    return max(scaling.min, min(scaling.max, pods))
