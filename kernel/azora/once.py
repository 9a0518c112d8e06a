"""A call that carries an idempotency key takes effect once, however often it is repeated.

Event handlers call out before their transaction, so a retried handler repeats its calls; the kernel
gives each the key (event, subscription, operation, ordinal). The key is recorded in the transaction
of the operation itself, its answer afterwards.
"""

import time
from typing import TYPE_CHECKING, Any

from azora.context import Context
from azora.errors import Conflict
from azora.messages import Message, Request

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase
    from azora.data.transaction import Step, Transaction
    from azora.dispatch import BoundOperation

KEPT = 14 * 86_400.0
"""Seconds for which a key is remembered: longer than any event is tried again."""


class AlreadyDone(Conflict):
    """The keyed call has committed before."""

    code = "call_already_done"


class CallClaim:
    """The key of one call, recorded with what the call changes; `taken` says that it is."""

    __slots__ = ("key", "scope", "taken")

    def __init__(self, scope: str, key: str) -> None:
        self.scope = scope
        self.key = key
        self.taken = False

    def transaction(self, database: "PluginDatabase", last: "Step | None") -> "Transaction":
        """A transaction that records the key with its effect."""
        return database.transaction(self.take, last)

    def take(self, database: "PluginDatabase") -> None:
        """Record the key in the open transaction. Raises AlreadyDone where it is recorded."""
        if self.taken:
            return
        rows = database.execute(
            "INSERT INTO azora_idempotency (scope, key, request, until) VALUES (?, ?, '', ?) "
            "ON CONFLICT DO NOTHING RETURNING key",
            self.scope,
            self.key,
            time.time() + KEPT,
        )
        if not rows:
            raise AlreadyDone("this call was carried out before")
        self.taken = True
        database.after_rollback(self._reset)

    def _reset(self) -> None:
        self.taken = False


def once(bound: "BoundOperation", request: Request, context: Context) -> Any:
    """Run a keyed call, or answer as it was answered before."""
    database = bound.hosted.database
    claim = context.claim = CallClaim(f"call:{bound.full}", str(context.key))
    before = _answer(bound, claim)
    if before is not None:
        return before[0]
    try:
        reply = bound.run(request, context)
    except AlreadyDone:
        before = _answer(bound, claim)
        if before is None or before[0] is None:
            raise
        return before[0]
    context.claim = None
    with database.transaction():
        claim.take(database)
        database.execute(
            "UPDATE azora_idempotency SET status = 200, body = ? WHERE scope = ? AND key = ?",
            _encode(reply),
            claim.scope,
            claim.key,
        )
    return reply


def _answer(bound: "BoundOperation", claim: CallClaim) -> tuple[Any] | None:
    """The recorded answer in a tuple, or None where none is recorded."""
    rows = bound.hosted.database.execute(
        "SELECT body FROM azora_idempotency WHERE scope = ? AND key = ? AND status IS NOT NULL",
        claim.scope,
        claim.key,
    )
    if not rows:
        return None
    body = rows[0][0]
    model = bound.operation.reply
    return (None if body is None or model is None else model.model_validate_json(bytes(body)),)


def _encode(reply: Message | None) -> bytes | None:
    return reply.model_dump_json().encode() if reply is not None else None
