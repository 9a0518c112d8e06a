"""Rates from counters: RabbitMQ renews them every five seconds, and its own rates lag behind."""

from dataclasses import dataclass

from azora_operator.scaling import Load

_SILENCE = 7.0
"""Seconds after which counters that stand still say that nothing happens."""


@dataclass(frozen=True)
class Queues:
    """A plugin's queues together: messages that wait and are in hand, counters, consumers."""

    waiting: int = 0
    in_hand: int = 0
    published: int = 0
    acknowledged: int = 0
    consumers: int = 0


@dataclass
class Meter:
    """Fed again and again with what the counters say."""

    at: float = 0.0
    last: Queues | None = None
    arriving: float = 0.0
    done: float = 0.0

    def read(self, now: float, seen: Queues) -> Load:
        """The load now, with rates since the counters last moved."""
        if self.last is None:
            self.at, self.last = now, seen
        elif self._moved(self.last, seen) or now - self.at > _SILENCE:
            passed = max(now - self.at, 0.001)
            self.arriving = max(0, seen.published - self.last.published) / passed
            self.done = max(0, seen.acknowledged - self.last.acknowledged) / passed
            self.at, self.last = now, seen
        return Load(seen.waiting, seen.in_hand, self.arriving, self.done, seen.consumers)

    @staticmethod
    def _moved(before: Queues, now: Queues) -> bool:
        return (before.published, before.acknowledged) != (now.published, now.acknowledged)
