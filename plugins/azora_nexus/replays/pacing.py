"""When each event of a replay is due, where it is to go at the pace at which the events were told."""

import time
from collections.abc import Callable, Sequence
from itertools import takewhile

from azora.events.log import Logged

Clock = Callable[[], float]
"""Seconds since 1970."""


class Pacing:
    """The beginnings of replays: by the clock, and in the time of their events."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._began: dict[str, tuple[float, float]] = {}

    def due(self, replay: str, pace: float, found: Sequence[Logged]) -> tuple[list[Logged], float]:
        """What of the next events is due, and seconds until one is where none is. Their order stays.

        An event that was told before one that stands in front of it in the log waits for that.
        """
        if not pace or not found:
            return list(found), 0.0
        now = self._clock()
        began, first = self._began.setdefault(replay, (now, found[0].envelope.time))
        waits = [(one.envelope.time - first) / pace - (now - began) for one in found]
        due = list(takewhile(lambda pair: pair[1] <= 0, zip(found, waits, strict=True)))
        return [one for one, _ in due], 0.0 if due else waits[0]

    def forget(self, replay: str) -> None:
        """It begins anew when it goes on."""
        self._began.pop(replay, None)
