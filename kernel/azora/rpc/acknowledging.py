"""Acknowledges what was settled on one channel: all of one turn of the hub by as few frames as can say it.

A quorum queue writes each acknowledgement into its log: one for many costs it as much as one for one.
"""

import eventlet

from azora.observe.logs import get_logger
from azora.rpc.frames import Delivery


class Acknowledging:
    """The deliveries of a channel that are in hand, in the order in which they came."""

    def __init__(self) -> None:
        self._in_hand: dict[int, Delivery] = {}
        self._settled: set[int] = set()
        self._writing = False

    def take(self, message: Delivery) -> None:
        """Hear of a delivery, in the order of the channel."""
        self._in_hand[message.tag] = message

    def acknowledge(self, message: Delivery) -> None:
        """Have it acknowledged with the others of this turn of the hub."""
        self._settled.add(message.tag)
        if not self._writing:
            self._writing = True
            eventlet.spawn_n(self._write)

    def reject(self, message: Delivery) -> None:
        """Send it to the dead letters. Raises ConnectionError."""
        del self._in_hand[message.tag]
        message.reject(requeue=False)

    def _write(self) -> None:
        self._writing = False
        last = self._take_first()
        others = [self._in_hand.pop(tag) for tag in sorted(self._settled)]
        self._settled.clear()
        try:
            if last is not None:
                last.acknowledge(multiple=True)
            for message in others:
                message.acknowledge()
        except ConnectionError:
            get_logger("kernel").info("events_come_again", events=len(others) + bool(last))

    def _take_first(self) -> Delivery | None:
        """Of those before which all are settled, the last."""
        last = None
        for tag in list(self._in_hand):
            if tag not in self._settled:
                break
            self._settled.remove(tag)
            last = self._in_hand.pop(tag)
        return last
