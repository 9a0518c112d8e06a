"""Makes one attempt of a handler, and says what became of it."""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import eventlet

from azora.contract import Handler
from azora.data.sharing import Alone
from azora.errors import ServiceError
from azora.events.claim import Claim, Duplicate
from azora.events.failure import failure_of, starred
from azora.events.inbox_row import Failure
from azora.events.pace import Pace

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


class Attempts:
    """The attempts of one plugin's handlers."""

    def __init__(self, hosted: "HostedPlugin", pace: Pace) -> None:
        self._hosted = hosted
        self._pace = pace

    def make(self, handler: Handler, claim: Claim) -> Failure | None:
        """Run the handler under the claim; what went wrong, unless its effect stands or was there.

        Where its transaction was shared, and that came to nothing, the attempt begins anew alone.
        """
        sharing = claim.sharing
        if sharing is None:
            return self._make(handler, claim)
        sharing.near += 1
        try:
            return self._make(handler, claim)
        except Alone:
            claim.sharing = None
            return self._make(handler, claim)
        finally:
            sharing.near -= 1

    def _make(self, handler: Handler, claim: Claim) -> Failure | None:
        try:
            self._hosted.handle(handler, claim)
            if not claim.taken:
                self.record(lambda: claim.take(self._hosted.database))
        except Duplicate:
            return None
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001 - a handler may raise anything
            if claim.taken:
                self._hosted.log.error(
                    "the handler failed after its commit; what it did stands",
                    handler=handler.name,
                    event_id=claim.envelopes[0].id,
                    events=len(claim.envelopes),
                    error=starred(repr(error), claim.hidden),
                )
                return None
            return failure_of(error, claim.hidden)
        return None

    def after(self, handler: Handler, attempts: int) -> tuple[str, float]:
        """The state of a row after so many failed attempts, and when it is due."""
        if attempts >= handler.attempts:
            return "parked", time.time()
        pause = min(self._pace.first_pause * 2 ** (attempts - 1), self._pace.longest_pause)
        return "pending", time.time() + pause * random.uniform(0.5, 1.0)

    def record(self, write: Callable[[], object]) -> None:
        """Write what became of an event, however long the database is away or full."""
        pause = 0.1
        while True:
            try:
                with self._hosted.database.transaction():
                    write()
                return
            except ServiceError as error:
                self._hosted.log.warning("what became of an event waits", error=str(error))
            eventlet.sleep(pause)
            pause = min(pause * 2, 5.0)
