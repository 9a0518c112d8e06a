"""Policies that choose a number of pods: the operator's own code, and KEDA's triggers behind an autoscaler."""

import math
from collections import deque
from dataclasses import dataclass, field

from azora_operator.loads import Loads
from azora_operator.meter import Queues
from azora_operator.parts import Scaling

_PLUGIN = ("campus", "plugin")


class PromisedWait:
    """`spec.scaling` with a targetLatency, decided by the code that the operator runs."""

    period = 2.0

    def __init__(self, scaling: Scaling) -> None:
        self._scaling, self._loads = scaling, Loads()

    def pods(self, now: float, seen: Queues, rate: float, current: int) -> int:
        """As the operator does every two seconds."""
        self._loads.take(_PLUGIN, seen, now, current, self._scaling)
        target = self._loads.target(_PLUGIN, now)
        return current if target is None else target


@dataclass
class Keda:
    """A ScaledObject with a trigger by queue length, by rate of messages, or both, of which the larger wins.

    KEDA hands the numbers to a HorizontalPodAutoscaler, whose defaults these are: every 15 s; no change within
    a tenth; at most twice as many or four more pods; down to the most that was wanted in the last
    `stabilization` seconds.
    """

    most: int
    length: float | None = None
    rate: float | None = None
    stabilization: float = 300.0
    period: float = 15.0
    _wanted: deque[tuple[float, int]] = field(default_factory=deque)

    def pods(self, now: float, seen: Queues, rate: float, current: int) -> int:
        """As the autoscaler does."""
        proposals = [
            self._proposal(total, each, current)
            for total, each in ((seen.waiting + seen.in_hand, self.length), (rate, self.rate))
            if each is not None
        ]
        wanted = max(1, min(self.most, *[max(proposals)]))
        self._wanted.append((now, wanted))
        while self._wanted[0][0] < now - self.stabilization:
            self._wanted.popleft()
        if wanted >= current:
            return min(wanted, max(2 * current, current + 4))
        return min(current, max(pods for _, pods in self._wanted))

    @staticmethod
    def _proposal(total: float, each: float, current: int) -> int:
        if current and abs(total / (each * current) - 1) <= 0.1:
            return current
        return math.ceil(total / each)
