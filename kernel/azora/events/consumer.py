"""Runs event handlers: the first attempt and every later one, exactly once in effect."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import eventlet
from eventlet.greenpool import GreenPool
from eventlet.semaphore import Semaphore

from azora.contract import Handler
from azora.data.liveness import Liveness
from azora.errors import ServiceError
from azora.events.bell import Bell
from azora.events.claim import Claim, Duplicate
from azora.events.envelope import Envelope
from azora.events.failure import failure_of, starred
from azora.events.inbox import Delivery, Failure, Inbox, lane_of
from azora.events.known import KnownEvents
from azora.events.pace import Pace
from azora.events.parking import ParkedEvent, Parking
from azora.events.pauses import FAR, Pauses

if TYPE_CHECKING:
    from azora.runtime import HostedPlugin

EVERYTHING = 1_000_000_000
Outcome = Literal["done", "duplicate", "stored"]

_suspect_running = False
"""Whether this process runs a delivery that was running when a process ended: one at a time, so that
the next crash blames the right one."""


class Consumer:
    """One plugin's deliveries.

    Rows of ordered handlers run one at a time for each key, in the order of arrival; a failed one
    holds those behind it back until it succeeds, is driven again or discarded.
    """

    def __init__(
        self, hosted: "HostedPlugin", handlers: Sequence[Handler], pace: Pace | None = None
    ) -> None:
        self.hosted = hosted
        self.database = hosted.database
        self.pace = pace or Pace()
        self.pauses = Pauses(hosted.database)
        self.inbox = Inbox(hosted.database, self.pauses)
        self.parking = Parking(hosted.database)
        self._known = KnownEvents(self.inbox)
        self._liveness = Liveness(hosted.database, self.pace.lease)
        self._in_hand: set[int] = set()
        self.handlers = {handler.name: handler for handler in handlers}
        self._by_event: dict[str, list[Handler]] = {}
        for handler in handlers:
            self._by_event.setdefault(handler.event, []).append(handler)
        self._longest = max((handler.timeout for handler in handlers), default=0.0)
        self._bell = Bell()
        self._stopping = self._looking = False
        self._pool = GreenPool(self.pace.width)
        self._storing = Semaphore(1)
        self._looked_at_all = 0.0
        self._blocked = False
        self._cleaned = 0.0
        self._judged = 0.0

    @property
    def at_work(self) -> bool:
        """Whether a row is being claimed, a handler runs, or its end is being recorded."""
        return self._looking or bool(self._pool.running())

    def stop(self) -> None:
        """Claim nothing more. What runs goes on; see `at_work`."""
        self._stopping = True
        self._bell.ring()

    def ring(self) -> None:
        """Say that something is due."""
        self._bell.ring()

    def accept(self, envelopes: Sequence[Envelope], crashed: bool = False) -> None:
        """Store events for their handlers; `crashed` where a process ended while it handled them."""
        rows = [
            (envelope, handler.name, lane_of(handler, envelope))
            for envelope in envelopes
            for handler in self._by_event.get(envelope.type, ())
        ]
        if rows:
            with self.database.transaction():
                self.inbox.insert(rows, time.time(), crashes=int(crashed))
            self.ring()

    def deliver(self, handler: Handler, envelope: Envelope, redelivered: bool = False) -> Outcome:
        """Make the first attempt, straight from a queue; return once the message may be forgotten.

        An event that must keep its place, or that a process may have died of, is stored instead.
        Raises Unavailable where the outcome could not be stored: the queue then keeps the message.
        """
        if (lane := lane_of(handler, envelope)) or self.inbox.waits(handler.name):
            return self._store_in_order(handler, envelope, lane)
        if self._known.knows(envelope.id, handler.name):
            return "duplicate"
        if redelivered:
            with self.database.transaction():
                self.inbox.insert([(envelope, handler.name, None)], time.time(), crashes=1)
            self.ring()
            return "stored"
        claim = Claim(envelope, handler.name)
        failure = self._attempt(handler, claim)
        if failure is None:
            return "done" if claim.taken else "duplicate"
        state, due = self._after(handler, 1)
        self._record(
            lambda: self.inbox.insert_failed(
                envelope, handler.name, state, failure, time.time(), due
            )
        )
        return "stored"

    def run(self) -> None:
        """Run due rows until `stop`."""
        self._looking = bool(self.handlers)
        try:
            self._run_due()
        finally:
            self._looking = False

    def _run_due(self) -> None:
        first = True
        while self._looking and not self._stopping:
            try:
                self._liveness.show()
                self._recover(everything=first and self.database.dialect == "sqlite")
                first = False
                if not self._start_due():
                    self._rest()
                eventlet.sleep(0)
            except ServiceError as error:
                self.hosted.log.warning("event handlers wait for the database", error=str(error))
                eventlet.sleep(1.0)
            except Exception:  # whatever it is, the rows are safe and the consumer goes on
                self.hosted.log.exception("the event consumer failed")
                eventlet.sleep(1.0)

    def parked(self, limit: int = 100) -> list[ParkedEvent]:
        """The events that failed too often, oldest first."""
        return self.parking.events(limit)

    def redrive(self, ids: Sequence[str]) -> int:
        """Try parked events again from the beginning."""
        count = self.parking.redrive(ids)
        self.ring()
        return count

    def discard(self, ids: Sequence[str], reason: str) -> int:
        """Give parked events up."""
        count = self.parking.discard(ids, reason)
        self.ring()
        return count

    def _store_in_order(self, handler: Handler, envelope: Envelope, lane: str | None) -> Outcome:
        """Store the event before any that was brought later, however long the database is away."""
        with self._storing:
            self._record(lambda: self.inbox.insert([(envelope, handler.name, lane)], time.time()))
        return "stored"

    def _record(self, write: Callable[[], object]) -> None:
        """Write what became of an event, however long the database is away or full."""
        pause = 0.1
        while True:
            try:
                with self.database.transaction():
                    write()
                self.ring()
                return
            except ServiceError as error:
                self.hosted.log.warning("what became of an event waits", error=str(error))
            eventlet.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _start_due(self) -> int:
        """Start what is due as far as there is room; returns how many."""
        now = time.time()
        if not self.inbox.due(now):
            return 0
        free = max(self._pool.free(), 0)
        started = self._claim(free, now, suspects=False) if free else []
        if free > len(started) and not _suspect_running and self.inbox.suspected():
            started += self._claim(1, now, suspects=True)
        self._blocked = not started
        self.database.expect_writers(len(started))
        for delivery in started:
            self._in_hand.add(delivery.seq)
            self._pool.spawn_n(self._run, delivery)
        return len(started)

    def _claim(self, limit: int, now: float, *, suspects: bool) -> list[Delivery]:
        """Claim rows of a bounded window, then of all where those of the window wait for others."""
        until = now + self._longest + self.pace.grace
        windows = [self.pace.window]
        if suspects or now - self._looked_at_all > self.pace.look_at_all:
            windows.append(EVERYTHING)
        for window in windows:
            with self.database.transaction():
                found = self.inbox.claim(
                    list(self.handlers), limit, now, until, suspects=suspects, window=window
                )
            if found:
                break
            self._looked_at_all = now if window == EVERYTHING else self._looked_at_all
        return found

    def _rest(self) -> None:
        """Wait for a ring, for the next due row, or a little; clean up now and then."""
        now = time.time()
        if now - self._cleaned > self.pace.clean_every:
            self._cleaned = now
            self._clean(now - self.pace.keep_done)
        due = self.inbox.next_due(now)
        longest = self.pace.look_at_all if self._blocked else self.pace.idle
        self._blocked = False
        self._bell.wait(longest if due is None else min(longest, max(due - now, 0.001)))

    def _clean(self, before: float) -> None:
        with self.database.transaction():
            self._liveness.forget_others()
        while True:
            with self.database.transaction():
                if not self.inbox.clean(before):
                    return
            eventlet.sleep(0)

    def _run(self, delivery: Delivery) -> None:
        """One attempt of a claimed row, and its consequence."""
        global _suspect_running
        if delivery.crashes:
            _suspect_running = True
        try:
            handler = self.handlers[delivery.handler]
            failure = self._attempt(handler, Claim(delivery.envelope, handler.name, delivery))
            if failure is not None:
                state, due = self._after(handler, delivery.attempts)
                self._record(
                    lambda: self.inbox.mark_failed(delivery, state, failure, time.time(), due)
                )
        except Exception:  # the row keeps running until its time is up, and is then tried again
            self.hosted.log.exception("an attempt was not recorded", event_id=delivery.envelope.id)
        finally:
            self.database.expect_writers(-1)
            self._in_hand.discard(delivery.seq)
            if delivery.crashes:
                _suspect_running = False
            self.ring()

    def _attempt(self, handler: Handler, claim: Claim) -> Failure | None:
        """Run the handler under the claim; what went wrong, unless its effect stands or was there."""
        try:
            self.hosted.handle(handler, claim.envelope, claim)
            if not claim.taken:
                self._record(lambda: claim.take(self.database))
        except Duplicate:
            return None
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001 - a handler may raise anything
            if claim.taken:
                self.hosted.log.error(
                    "the handler failed after its commit; what it did stands",
                    handler=handler.name, event_id=claim.envelope.id, error=starred(repr(error), claim.hidden),
                )  # fmt: skip
                return None
            return failure_of(error, claim.hidden)
        return None

    def _after(self, handler: Handler, attempts: int) -> tuple[str, float]:
        """The state of a row after so many failed attempts, and when it is due."""
        if attempts >= handler.attempts:
            return "parked", time.time()
        pause = min(self.pace.first_pause * 2 ** (attempts - 1), self.pace.longest_pause)
        return "pending", time.time() + pause * random.uniform(0.5, 1.0)

    def _recover(self, everything: bool) -> None:
        """Put rows back that were running when their process ended. On SQLite that was the last owner."""
        now = time.time()
        often = min(self.pace.judge_every, self.pace.lease / 4)
        if now - self._judged < often or not self._liveness.may_judge():
            return
        self._judged = now
        abandoned = self.inbox.abandoned(now + 1e9 if everything else now)
        for seq, name, attempts, lane in abandoned:
            handler = self.handlers.get(name)
            if handler is None or seq in self._in_hand:
                continue
            state, due = self._after(handler, attempts)
            with self.database.transaction():
                words = f"the process ended during attempt {attempts}"
                self.inbox.recover(seq, attempts, state, words, now, due)
                if lane:
                    self.inbox.defer_lane(lane, FAR if state == "parked" else due)
