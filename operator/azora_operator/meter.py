"""Rates from counters: RabbitMQ renews them every five seconds, and its own rates lag behind."""

from dataclasses import dataclass

from azora_operator.scaling import Load

_SILENCE = 7.0
"""Seconds after which counters that stand still say that nothing happens."""
_MOMENT = 0.5
"""Seconds of work that wait now and then by chance, though the consumers have time to spare."""


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
    behind: bool = False

    def read(self, now: float, seen: Queues) -> Load:
        """The load now, with rates since the counters last moved."""
        if self.last is None:
            self.at, self.last = now, seen
        elif self._moved(self.last, seen) or now - self.at > _SILENCE:
            passed = max(now - self.at, 0.001)
            self.arriving = max(0, seen.published - self.last.published) / passed
            self.done = max(0, seen.acknowledged - self.last.acknowledged) / passed
            self.behind = self._behind(self.last, seen)
            self.at, self.last = now, seen
        rates = self.arriving, self.done
        return Load(seen.waiting, seen.in_hand, *rates, seen.consumers, self.behind)

    def _behind(self, before: Queues, now: Queues) -> bool:
        """Whether more than a moment's work waited all along, for as many consumers."""
        waited = min(before.waiting, now.waiting)
        return before.consumers == now.consumers and waited >= max(1.0, self.done * _MOMENT)

    @staticmethod
    def _moved(before: Queues, now: Queues) -> bool:
        return (before.published, before.acknowledged) != (now.published, now.acknowledged)
