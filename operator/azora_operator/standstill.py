"""For how long each pod has held messages and finished none of them, from counters of its channels."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hand:
    """What a pod has of the broker's: messages in hand, and how many it has ever acknowledged."""

    held: int = 0
    acknowledged: int = 0

    def __add__(self, other: "Hand") -> "Hand":
        return Hand(self.held + other.held, self.acknowledged + other.acknowledged)


class Standstill:
    """Fed again and again with what every pod of one broker has in hand."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[int, float]] = {}

    def take(self, hands: Mapping[str, Hand], now: float) -> None:
        """Take in what was counted; a pod of which nothing was counted holds nothing."""
        before, self._since = self._since, {}
        for pod, hand in hands.items():
            if hand.held:
                known = before.get(pod)
                same = known is not None and known[0] == hand.acknowledged
                self._since[pod] = known if known and same else (hand.acknowledged, now)

    def forget(self, pod: str) -> None:
        """Nothing is known of this pod any more: it is on its way out."""
        self._since.pop(pod, None)

    def all(self, now: float) -> dict[str, float]:
        """For how many seconds each pod has stood still; those that hold nothing are left out."""
        return {pod: now - since for pod, (_, since) in self._since.items()}
