"""Runs event handlers: the first attempt and every later one, exactly once in effect."""

import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

import eventlet
from eventlet.semaphore import Semaphore

from azora.contract import Handler
from azora.data.liveness import Liveness
from azora.errors import ServiceError
from azora.events.attempts import Attempts
from azora.events.bell import Bell
from azora.events.claim import first_claim, settle_together
from azora.events.envelope import Envelope
from azora.events.inbox import Inbox, lane_of
from azora.events.inbox_row import Delivery
from azora.events.known import KnownEvents
from azora.events.pace import Pace
from azora.events.parking import ParkedEvent, Parking
from azora.events.pauses import FAR, Pauses
from azora.events.retelling import Retelling
from azora.events.retold import NewRow, Retold
from azora.events.runs import Runs

if TYPE_CHECKING:
    from azora.runtime import HostedPlugin

EVERYTHING = 1_000_000_000
Outcome = Literal["done", "duplicate", "stored"]


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
        self._attempts = Attempts(hosted, self.pace)
        self._retold = Retold(hosted.database, handlers)
        self.retelling = Retelling(hosted, self._attempts, self._retold)
        self._runs = Runs(hosted, self.inbox, self._attempts, self.pace, self.ring)
        self.handlers = {handler.name: handler for handler in handlers}
        self._sharings = {name: self.database.sharing(settle_together) for name in self.handlers}
        self._by_event: dict[str, list[Handler]] = {}
        for handler in handlers:
            self._by_event.setdefault(handler.event, []).append(handler)
        self._longest = max((handler.timeout for handler in handlers), default=0.0)
        self._bell = Bell()
        self._stopping = self._looking = False
        self._storing = Semaphore(1)
        self._looked_at_all = 0.0
        self._blocked = False
        self._cleaned = 0.0
        self._judged = 0.0

    @property
    def at_work(self) -> bool:
        """Whether a row is being claimed, a handler runs, or its end is being recorded."""
        return self._looking or self._runs.any

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
                self._insert(rows, crashes=int(crashed))
            self.ring()

    def deliver(self, handler: Handler, envelope: Envelope, redelivered: bool = False) -> Outcome:
        """Make the first attempt, straight from a queue; return once the message may be forgotten.

        An event that must keep its place, or that a process may have died of, is stored instead.
        Raises Unavailable where the outcome could not be stored: the queue then keeps the message.
        """
        if (lane := lane_of(handler, envelope)) or self.inbox.waits(handler.name):
            self._store_in_order([(envelope, handler.name, lane)])
            return "stored"
        if self._known.knows(envelope.id, handler.name):
            return "duplicate"
        if redelivered:
            with self.database.transaction():
                self._insert([(envelope, handler.name, None)], crashes=1)
            self.ring()
            return "stored"
        claim = first_claim(handler.name, [envelope])
        claim.sharing = self._sharings.get(handler.name)
        failure = self._attempts.make(handler, claim)
        if failure is None:
            return "done" if claim.taken else "duplicate"
        state, due = self._attempts.after(handler, 1)
        self._attempts.record(
            lambda: self.inbox.insert_failed(
                envelope, handler.name, state, failure, time.time(), due
            )
        )
        self.ring()
        return "stored"

    def deliver_batch(
        self, handler: Handler, envelopes: Sequence[Envelope], redelivered: Collection[str] = ()
    ) -> None:
        """Make the first attempt of many; return once their messages may be forgotten.

        Where they do not all succeed together they are stored, and tried in smaller batches from there.
        Raises Unavailable as `deliver`.
        """
        rows = [(one, handler.name, lane_of(handler, one)) for one in envelopes]
        if died := [row for row in rows if row[0].id in redelivered]:
            with self.database.transaction():
                self._insert(died, crashes=1)
            self.ring()
        if handler.ordered or self.inbox.waits(handler.name):
            self._store_in_order([row for row in rows if row not in died])
            return
        ids = {one.id for one in envelopes}
        had = self.inbox.states(handler.name, ids).keys() | self._retold.among(handler.name, ids)
        new = list({one.id: one for one in envelopes if one.id not in had}.values())
        if new:
            claim = first_claim(handler.name, new, self._retold)
            self._attempts.make(handler, claim)
            if not claim.taken:
                self._store_in_order([(one, handler.name, None) for one in new])

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

    def _store_in_order(self, rows: Sequence[NewRow]) -> None:
        """Store events before any that are brought later, however long the database is away."""
        with self._storing:
            self._attempts.record(lambda: self._insert(rows))
        self.ring()

    def _insert(self, rows: Sequence[NewRow], crashes: int = 0) -> None:
        self.inbox.insert(self._retold.left_of(rows), time.time(), crashes)

    def _start_due(self) -> int:
        """Start what is due as far as there is room; returns how many runs."""
        now = time.time()
        all_ = now - self._looked_at_all > self.pace.look_at_all and self._blocked
        due = self.inbox.due(now, EVERYTHING if all_ else self.pace.window)
        if not due:
            return 0
        started = self._start_batches(due, now)
        alone = [handler.name for handler in self.handlers.values() if not handler.batch]
        free = self._runs.free
        if free and due & set(alone):
            started += self._start_each(self._claim(alone, free, now))
        if self._runs.free and self._runs.may_take_suspect and self.inbox.suspected():
            names = list(self.handlers)
            started += self._start_each(self._claim(names, 1, now, suspects=True))
        self._blocked = not started
        return started

    def _start_batches(self, due: Collection[str], now: float) -> int:
        """Start what has piled up for each handler that takes batches and runs none."""
        started = 0
        for handler in self.handlers.values():
            busy = self._runs.has_batch_of(handler) or not self._runs.free
            if not handler.batch or handler.name not in due or busy:
                continue
            if found := self._claim([handler.name], handler.batch, now):
                self._runs.start(handler, found)
                started += 1
        return started

    def _start_each(self, deliveries: Sequence[Delivery]) -> int:
        for delivery in deliveries:
            self._runs.start(self.handlers[delivery.handler], [delivery])
        return len(deliveries)

    def _claim(
        self, handlers: list[str], limit: int, now: float, *, suspects: bool = False
    ) -> list[Delivery]:
        """Claim rows of a bounded window, then of all where those of the window wait for others."""
        until = now + self._longest + self.pace.grace
        windows = [max(self.pace.window, limit)]
        if suspects or now - self._looked_at_all > self.pace.look_at_all:
            windows.append(EVERYTHING)
        for window in windows:
            with self.database.transaction():
                found = self.inbox.claim(
                    handlers, limit, now, until, suspects=suspects, window=window
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
                if not self.inbox.clean(before) and not self._retold.forget(before):
                    return
            eventlet.sleep(0)

    def _recover(self, everything: bool) -> None:
        """Put rows back that were running when their process ended. On SQLite that was the last owner."""
        now = time.time()
        often = min(self.pace.judge_every, self.pace.lease / 4)
        if now - self._judged < often or not self._liveness.may_judge():
            return
        self._judged = now
        abandoned = self.inbox.abandoned(now + 1e9 if everything else now)
        for seq, name, attempts, crashes, lane in abandoned:
            handler = self.handlers.get(name)
            if handler is None or self._runs.has(seq):
                continue
            in_batch = handler.batch and not crashes
            state, due = ("pending", now) if in_batch else self._attempts.after(handler, attempts)
            with self.database.transaction():
                words = f"the process ended during attempt {attempts}"
                self.inbox.recover(seq, attempts, state, words, now, due)
                if lane:
                    self.inbox.defer_lane(lane, FAR if state == "parked" else due)
