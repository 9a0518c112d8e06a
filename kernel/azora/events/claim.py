"""The inbox row that makes a delivery count once: taken in the same transaction as its effect."""

import time
from collections import deque

from azora.context import HIDDEN
from azora.data.database import PluginDatabase
from azora.data.failures import InTransaction
from azora.events.envelope import Envelope
from azora.events.inbox import Delivery, Inbox


class Duplicate(Exception):
    """Somebody else has settled this delivery already: nothing is to be done."""


class Claim:
    """The right of one attempt to have its effect.

    `HostedPlugin.transaction()` calls `take` right after BEGIN. `taken` says whether the effect is,
    or is about to be, committed; a rollback resets it, so that the attempt may count as failed.
    `hidden` are the personal values of the event, which nobody may read in what went wrong.
    """

    def __init__(self, envelope: Envelope, handler: str, delivery: Delivery | None = None) -> None:
        self.envelope = envelope
        self.handler = handler
        self.delivery = delivery
        self.taken = False
        self.hidden: deque[str] = deque(maxlen=HIDDEN)

    def take(self, database: PluginDatabase) -> None:
        """Mark the delivery done within the open transaction.

        Raises Duplicate where it is settled, and InTransaction where this attempt took it before:
        the effects of two transactions could not be made one.
        """
        if self.taken:
            raise InTransaction(
                f"{self.handler} opens a second transaction. An event handler has one: put all its writes "
                "and emits into a single `with self.transaction():`.",
                code="second_transaction",
            )
        inbox = Inbox(database)
        if self.delivery is None:
            won = inbox.insert_done(self.envelope, self.handler, time.time())
        else:
            won = inbox.mark_done(self.delivery, time.time())
        if not won:
            raise Duplicate(self.envelope.id)
        self.taken = True
        database.after_rollback(self._reset)

    def settle(self, database: PluginDatabase) -> None:
        """Take it in a transaction of its own, for a handler that opened none."""
        with database.transaction():
            self.take(database)

    def _reset(self) -> None:
        self.taken = False
