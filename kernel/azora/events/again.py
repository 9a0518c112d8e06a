"""Events that are given to a handler from the log: those that it never had, or all of them again."""

import time
from collections.abc import Sequence

from azora.contract import Handler
from azora.data.database import PluginDatabase
from azora.events.envelope import Envelope
from azora.events.inbox import lane_of
from azora.events.inbox_row import INSERT, values_of
from azora.events.pauses import FAR

_PLAIN = INSERT.removesuffix(" DO NOTHING")
_ONCE = f"""{_PLAIN} DO UPDATE SET due = excluded.due
    WHERE azora_inbox.state = 'pending' AND azora_inbox.due >= {FAR:.0f}"""
_AGAIN = f"""{_PLAIN} DO UPDATE SET
    state = 'pending', attempts = 0, crashes = 0, due = excluded.due, changed = excluded.changed,
    data = excluded.data, error = NULL, stack = NULL
    WHERE azora_inbox.state IN ('done', 'discarded', 'parked')
    OR azora_inbox.state = 'pending' AND azora_inbox.due >= {FAR:.0f}"""


_REACH = """INSERT INTO azora_replays (replay, place, changed) VALUES (?, ?, ?)
    ON CONFLICT (replay) DO UPDATE SET place = excluded.place, changed = excluded.changed
    WHERE azora_replays.place < excluded.place RETURNING place"""
_TRY = """INSERT INTO azora_replays (replay, place, tried, changed) VALUES (?, -1, ?, ?)
    ON CONFLICT (replay) DO UPDATE SET tried = excluded.tried, changed = excluded.changed
    WHERE COALESCE(azora_replays.tried, -1) < excluded.tried RETURNING tried"""
_KEEP = 30 * 86_400.0


def reaches_further(database: PluginDatabase, replay: str, place: int) -> bool:
    """Whether a batch of a replay is new here; what is noted of it stands with it in the open transaction."""
    if not replay:
        return True
    now = time.time()
    database.execute("DELETE FROM azora_replays WHERE changed < ?", now - _KEEP)
    return bool(database.execute(_REACH, replay, place, now))


def is_first_try(database: PluginDatabase, replay: str, place: int) -> bool:
    """Whether nobody has begun with this batch of a replay before; noted in a transaction of its own."""
    with database.transaction():
        return bool(database.execute(_TRY, replay, place, time.time()))


def store(
    database: PluginDatabase,
    handler: Handler,
    events: Sequence[Envelope],
    now: float,
    *,
    again: bool,
) -> None:
    """Store events for a handler as due now, in the open transaction.

    One that waits because its handler is held runs now. One that was settled runs only with `again`.
    """
    database.execute_many(
        _AGAIN if again else _ONCE,
        [
            values_of(one, handler.name, lane_of(handler, one), "pending", 0, 0, now, now)
            for one in events
        ],
    )


def waiting(database: PluginDatabase, handler: str) -> int:
    """How many events a handler is still to take, held ones left out."""
    ((count,),) = database.execute(
        "SELECT count(*) FROM azora_inbox WHERE state = 'pending' AND due < ? AND handler = ?",
        *(FAR, handler),
    )
    return int(count)
