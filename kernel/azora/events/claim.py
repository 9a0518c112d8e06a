"""What makes deliveries count once: they are settled in the same transaction as their effect."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from azora.context import HIDDEN
from azora.data.database import PluginDatabase
from azora.data.failures import InTransaction
from azora.events.envelope import Envelope
from azora.events.inbox import Inbox
from azora.events.inbox_row import Delivery
from azora.events.retold import Retold

Win = Callable[[PluginDatabase], bool]
"""Settles all deliveries of a claim in the open transaction; False where any is settled already."""


class Duplicate(Exception):
    """Somebody else has settled one of these deliveries already: nothing is to be done here."""


class Claim:
    """The right of one attempt to have its effect, of one event or of a batch.

    `HostedPlugin.transaction()` calls `take` right after BEGIN. `taken` says whether the effect is,
    or is about to be, committed; a rollback resets it, so that the attempt may count as failed.
    `hidden` are the personal values of the events, which nobody may read in what went wrong.
    """

    def __init__(self, handler: str, envelopes: Sequence[Envelope], win: Win) -> None:
        self.handler = handler
        self.envelopes = envelopes
        self.taken = False
        self.hidden: deque[str] = deque(maxlen=HIDDEN * len(envelopes))
        self._win = win

    def take(self, database: PluginDatabase) -> None:
        """Settle the deliveries within the open transaction.

        Raises Duplicate where one is settled, and InTransaction where this attempt took them before:
        the effects of two transactions could not be made one.
        """
        if self.taken:
            raise InTransaction(
                f"{self.handler} opens a second transaction. An event handler has one: put all its writes "
                "and emits into a single `with self.transaction():`.",
                code="second_transaction",
            )
        if not self._win(database):
            raise Duplicate(self.envelopes[0].id)
        self.taken = True
        database.after_rollback(self._reset)

    def settle(self, database: PluginDatabase) -> None:
        """Take it in a transaction of its own, for a handler that opened none."""
        with database.transaction():
            self.take(database)

    def _reset(self) -> None:
        self.taken = False


def first_claim(handler: str, envelopes: Sequence[Envelope], retold: Retold | None = None) -> Claim:
    """The claim of a first attempt, whose events have no rows yet; of a batch, also none in `retold`."""

    def win(database: PluginDatabase) -> bool:
        if retold is not None:
            retold.beside(handler)
            if retold.among(handler, {envelope.id for envelope in envelopes}):
                return False
        return Inbox(database).insert_done(envelopes, handler, time.time())

    return Claim(handler, envelopes, win)


def claim_of(deliveries: Sequence[Delivery]) -> Claim:
    """The claim of rows of one handler that run."""
    return Claim(
        deliveries[0].handler,
        [delivery.envelope for delivery in deliveries],
        lambda database: Inbox(database).mark_done(deliveries, time.time()),
    )
