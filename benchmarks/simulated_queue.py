"""One plugin's queue and pods, simulated message by message, under a policy that chooses the number of pods.

A seed fixes when messages come and how long each takes, so that every policy meets the same.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from azora_operator.meter import Queues

WORKERS = 4
"""Messages that a pod has in hand at a time."""
START = 6.0
"""Seconds from the wish for a pod to its first message."""
RENEWAL = 5.0
"""Seconds between two statistics of RabbitMQ."""


class Policy(Protocol):
    """Asked every `period` seconds how many pods there should be.

    `rate` is what RabbitMQ says is published a second, in the five seconds of its last statistics.
    """

    period: float

    def pods(self, now: float, seen: Queues, rate: float, current: int) -> int: ...


@dataclass(frozen=True)
class Trace:
    """How many messages come a second at a time, and how many seconds each takes on average then."""

    name: str
    seconds: float
    rate: Callable[[float], float]
    work: Callable[[float], float]
    busiest: float

    def messages(self, seed: int) -> Iterator[tuple[float, float]]:
        """The moment of each message, and its seconds of work."""
        chance, now = random.Random(seed), 0.0
        while (now := now + chance.expovariate(self.busiest)) < self.seconds:
            thins, takes = chance.random(), chance.lognormvariate(-0.18, 0.6)
            if thins * self.busiest < self.rate(now):
                yield now, self.work(now) * takes


@dataclass
class Outcome:
    """How long each message waited, how many pods there were for how many seconds, and the most at once."""

    waits: list[float] = field(default_factory=list)
    pod_seconds: float = 0.0
    most: int = 0

    def kept(self, promise: float) -> float:
        """The share of the messages that waited no longer."""
        return sum(wait <= promise for wait in self.waits) / len(self.waits)

    def wait(self, share: float) -> float:
        """The wait that this share of the messages did not exceed."""
        return sorted(self.waits)[int(share * (len(self.waits) - 1))]


class Simulation:
    """Run once; what comes is a heap of moments."""

    def __init__(self, trace: Trace, seed: int, policy: Policy, pods: int = 1) -> None:
        self._policy, self.outcome = policy, Outcome()
        self._waiting: deque[tuple[float, float]] = deque()
        self._wanted = self._ready = pods
        self._busy = self._published = self._done = self._number = 0
        self._seen, self._rate, self._now = Queues(), 0.0, 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._messages = trace.messages(seed)
        self._end = trace.seconds

    def run(self) -> Outcome:
        """What became of all messages, the last of which may take longer than the trace."""
        self._next_message()
        self._at(0.0, self._renew)
        self._at(0.1, self._decide)
        while self._events:
            moment, _, event = heapq.heappop(self._events)
            present = max(self._ready + self._starting, -(-self._busy // WORKERS))
            self.outcome.pod_seconds += present * (moment - self._now)
            self._now = moment
            event()
        return self.outcome

    @property
    def _starting(self) -> int:
        return max(0, self._wanted - self._ready)

    @property
    def _goes_on(self) -> bool:
        return self._now < self._end or bool(self._waiting) or self._busy > 0

    def _at(self, moment: float, event: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, event))

    def _next_message(self) -> None:
        if message := next(self._messages, None):
            self._at(message[0], lambda: self._arrive(message))

    def _arrive(self, message: tuple[float, float]) -> None:
        self._published += 1
        self._waiting.append(message)
        self._take()
        self._next_message()

    def _take(self) -> None:
        while self._waiting and self._busy < self._ready * WORKERS:
            came, takes = self._waiting.popleft()
            self.outcome.waits.append(self._now - came)
            self._busy += 1
            self._at(self._now + takes, self._finish)

    def _finish(self) -> None:
        self._busy -= 1
        self._done += 1
        self._take()

    def _renew(self) -> None:
        """RabbitMQ counts anew."""
        self._rate = (self._published - self._seen.published) / RENEWAL
        self._seen = Queues(
            len(self._waiting), self._busy, self._published, self._done, self._ready
        )
        if self._goes_on:
            self._at(self._now + RENEWAL, self._renew)

    def _decide(self) -> None:
        wanted = self._policy.pods(self._now, self._seen, self._rate, self._wanted)
        for _ in range(wanted - self._wanted):
            self._at(self._now + START, self._come)
        self._wanted = wanted
        self._ready = min(self._ready, wanted)
        self.outcome.most = max(self.outcome.most, wanted)
        if self._goes_on:
            self._at(self._now + self._policy.period, self._decide)

    def _come(self) -> None:
        """A pod has started, unless it was taken back meanwhile."""
        if self._ready < self._wanted:
            self._ready += 1
            self._take()
