"""What makes deliveries count once: they are settled in the same transaction as their effect."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from azora.context import HIDDEN
from azora.data.database import PluginDatabase
from azora.data.failures import InTransaction
from azora.data.sharing import Body, Sharing
from azora.data.transaction import Step, Transaction
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

    `transaction()` takes it right after BEGIN, or, in a transaction that others share by `sharing`, before
    COMMIT, together with theirs. `taken` says whether the effect is, or is about to be, committed; a rollback
    resets it, so that the attempt may count as failed.
    `hidden` are the personal values of the events, which nobody may read in what went wrong.
    """

    def __init__(self, handler: str, envelopes: Sequence[Envelope], win: Win) -> None:
        self.handler = handler
        self.envelopes = envelopes
        self.taken = False
        self.sharing: Sharing | None = None
        self.hidden: deque[str] = deque(maxlen=HIDDEN * len(envelopes))
        self._win = win

    def transaction(self, database: PluginDatabase, last: Step | None = None) -> Transaction:
        """The one transaction of the attempt, which settles the deliveries with its effect."""
        if self.sharing is None:
            return Transaction(database, self.take, last)
        body = Body(self.sharing, self)
        return Transaction(database, partial(self.take, by=body), last, keeper=body)

    def take(self, database: PluginDatabase, by: Body | None = None) -> None:
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
        if not (by and by.joined) and not self._win(database):
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


def settle_together(database: PluginDatabase, claims: Sequence[Claim]) -> bool:
    """Settle the first attempts of events of one handler; False where one is settled already."""
    envelopes = [claim.envelopes[0] for claim in claims]
    return Inbox(database).insert_done(envelopes, claims[0].handler, time.time())


def claim_of(deliveries: Sequence[Delivery]) -> Claim:
    """The claim of rows of one handler that run."""
    return Claim(
        deliveries[0].handler,
        [delivery.envelope for delivery in deliveries],
        lambda database: Inbox(database).mark_done(deliveries, time.time()),
    )
