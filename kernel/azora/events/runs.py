"""Runs rows of the inbox that were claimed: one, or a batch, which is taken apart where it fails."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from eventlet.greenpool import GreenPool

from azora.contract import Handler
from azora.events.attempts import Attempts
from azora.events.claim import claim_of
from azora.events.inbox import Inbox
from azora.events.inbox_row import Delivery
from azora.events.pace import Pace

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

_suspect_running = False
"""Whether this process runs a delivery that was running when a process ended: one at a time, so that
the next crash blames the right one."""


class Runs:
    """What one plugin's handlers are doing; of one that takes batches, one batch at a time."""

    def __init__(
        self,
        hosted: "HostedPlugin",
        inbox: Inbox,
        attempts: Attempts,
        pace: Pace,
        ended: Callable[[], None],
    ) -> None:
        self._hosted = hosted
        self._inbox = inbox
        self._attempts = attempts
        self._pace = pace
        self._ended = ended
        self._pool = GreenPool(pace.width)
        self._in_hand: set[int] = set()
        self._in_batches: set[str] = set()

    @property
    def free(self) -> int:
        """How many more runs there is room for."""
        return max(self._pool.free(), 0)

    @property
    def any(self) -> bool:
        """Whether a handler runs, or its end is being recorded."""
        return bool(self._pool.running())

    @property
    def may_take_suspect(self) -> bool:
        return not _suspect_running

    def has(self, seq: int) -> bool:
        """Whether this row is being run here."""
        return seq in self._in_hand

    def has_batch_of(self, handler: Handler) -> bool:
        return handler.name in self._in_batches

    def start(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        """Run claimed rows of one handler: one, or a batch."""
        self._hosted.database.expect_writers(1)
        self._in_hand.update(delivery.seq for delivery in deliveries)
        if handler.batch:
            self._in_batches.add(handler.name)
        self._pool.spawn_n(self._run, handler, deliveries)

    def _run(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        global _suspect_running
        suspected = bool(deliveries[0].crashes)
        if suspected:
            _suspect_running = True
        try:
            self._settle(handler, deliveries)
        except Exception:  # the rows keep running until their time is up, and are then tried again
            self._hosted.log.exception(
                "an attempt was not recorded", event_id=deliveries[0].envelope.id
            )
        finally:
            self._hosted.database.expect_writers(-1)
            self._in_hand.difference_update(delivery.seq for delivery in deliveries)
            self._in_batches.discard(handler.name)
            if suspected:
                _suspect_running = False
            self._ended()

    def _settle(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        """One attempt of them all, and its consequence."""
        claim = claim_of(deliveries)
        failure = self._attempts.make(handler, claim)
        if claim.taken:
            return
        if len(deliveries) > 1:
            self._take_apart(handler, deliveries)
        elif failure is not None:
            (delivery,) = deliveries
            state, due = self._attempts.after(handler, delivery.attempts)
            self._attempts.record(
                lambda: self._inbox.mark_failed(delivery, state, failure, time.time(), due)
            )

    def _take_apart(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        """Each half for itself: in the end only what fails alone has failed, and the others are done."""
        half = len(deliveries) // 2
        for part in (deliveries[:half], deliveries[half:]):
            until = time.time() + handler.timeout + self._pace.grace
            self._attempts.record(partial(self._inbox.keep_running, deliveries, until))
            self._settle(handler, part)
