"""Moves a plugin's outbox to the courier: in batches, in order, again until it is durable there."""

from itertools import accumulate
from typing import TYPE_CHECKING

import eventlet

from azora.data.leases import Lease
from azora.errors import ServiceError
from azora.events.bell import Bell
from azora.events.courier import Courier
from azora.events.envelope import Envelope

if TYPE_CHECKING:
    from azora.runtime import HostedPlugin

IDLE = 2.0
"""Seconds after which the outbox is looked at unasked: rows of a replica that died wait there."""
BATCH_BYTES = 4_000_000
LEASE = 8.0
"""Seconds for which events may wait for a relay whose process was killed."""
PUBLISHING = 3.5
"""Seconds that one batch may take; less than half the lease, so that two relays never overlap."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
SMALLEST_PART = 32
"""What cannot be handed over is tried again in parts of a batch, at last as small as this one of it."""


class Relay:
    """One greenlet for each plugin. Of several replicas one relays at a time, which keeps order.

    What cannot be handed over in time is tried again in smaller batches, so that a slow broker gets there too.
    """

    def __init__(self, hosted: "HostedPlugin", courier: Courier, lease: float = LEASE) -> None:
        self.hosted = hosted
        self.courier = courier
        self._bell = Bell()
        self._lease = Lease(hosted.database, "relay", lease)
        self._part = 1
        self._pause = FIRST_PAUSE

    def ring(self) -> None:
        """Say that something was emitted."""
        self._bell.ring()

    def run(self) -> None:
        """Relay for ever."""
        while True:
            try:
                self.relay_all()
                self._bell.wait(IDLE)
            except (ServiceError, eventlet.Timeout) as error:
                self.hosted.log.warning(
                    "events wait in the outbox", error=str(error), retry_in=round(self._pause, 2)
                )
                eventlet.sleep(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            except (
                Exception
            ):  # whatever it is, the events are safe in the outbox and the relay goes on
                self.hosted.log.exception("the relay failed")
                eventlet.sleep(LONGEST_PAUSE)

    def relay_all(self) -> int:
        """Hand over what waits, and return how many events that were."""
        database, outbox = self.hosted.database, self.hosted.outbox
        done = 0
        try:
            while outbox.waiting(database) and self._lease.take():
                rows = _one_batch(
                    outbox.oldest(database, max(1, self.courier.at_once // self._part))
                )
                self._publish([envelope for _, envelope in rows])
                outbox.remove(database, [seq for seq, _ in rows])
                done += len(rows)
                eventlet.sleep(0)
        finally:
            self._lease.release()
        return done

    def _publish(self, envelopes: list[Envelope]) -> None:
        try:
            with eventlet.Timeout(PUBLISHING):
                self.courier.publish(envelopes)
        except (ServiceError, eventlet.Timeout):
            self._part = min(2 * self._part, SMALLEST_PART)
            raise
        self._part = max(1, self._part - 1)
        self._pause = FIRST_PAUSE


def _one_batch(rows: list[tuple[int, Envelope]]) -> list[tuple[int, Envelope]]:
    """As many as fit into one batch, and one at least."""
    sizes = accumulate(len(envelope.data) for _, envelope in rows)
    return rows[: max(1, sum(size <= BATCH_BYTES for size in sizes))]
