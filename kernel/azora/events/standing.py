"""How the deliveries of one plugin stand: what waits, what is tried again, what was done of late."""

import time
from collections.abc import Collection
from dataclasses import dataclass

from azora.data.database import PluginDatabase
from azora.events.inbox import PARKED, RUNNING

_STATES = f"""SELECT handler, state, count(*), min(time), sum(CASE WHEN attempts > 0 THEN 1 ELSE 0 END)
    FROM azora_inbox WHERE state = 'pending' GROUP BY handler, state
    UNION ALL SELECT handler, state, count(*), min(time), 0 FROM azora_inbox WHERE {RUNNING} GROUP BY handler, state
    UNION ALL SELECT handler, state, count(*), min(time), 0 FROM azora_inbox WHERE {PARKED} GROUP BY handler, state"""  # noqa: S608 – constants
_DONE = """SELECT handler, count(*) FROM azora_inbox
    WHERE state IN ('done', 'discarded') AND changed >= ? GROUP BY handler"""
_OUTBOX = "SELECT count(*), min(time) FROM azora_outbox"
MINUTE = 60.0


@dataclass
class Standing:
    """One handler. `oldest` is when the oldest event that waits was told, in seconds since 1970."""

    waiting: int = 0
    retrying: int = 0
    running: int = 0
    parked: int = 0
    done: int = 0
    oldest: float | None = None


def standings(database: PluginDatabase) -> dict[str, Standing]:
    """Every handler for which something waits or was done within a minute."""
    found: dict[str, Standing] = {}
    for handler, state, count, oldest, retried in database.execute(_STATES):
        one = found.setdefault(handler, Standing())
        if state == "pending":
            one.waiting, one.retrying = count, int(retried or 0)
        elif state == "running":
            one.running = count
        else:
            one.parked = count
        if state != "parked":
            one.oldest = min(oldest, one.oldest or oldest)
    for handler, count in database.execute(_DONE, time.time() - MINUTE):
        found.setdefault(handler, Standing()).done = count
    return found


def unsent(database: PluginDatabase) -> tuple[int, float | None]:
    """How many events wait in the outbox, and since when the oldest does."""
    ((count, oldest),) = database.execute(_OUTBOX)
    return count, oldest


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one event in one handler; `changed` is when that was last so."""

    event: str
    handler: str
    state: str
    attempts: int
    told: float
    changed: float
    error: str | None


def settled(database: PluginDatabase, events: Collection[str]) -> list[Settled]:
    """What became of these events here, as far as it is still known."""
    if not events:
        return []
    marks = ", ".join("?" * len(events))
    rows = database.execute(
        "SELECT event, handler, state, attempts, time, changed, error FROM azora_inbox"  # noqa: S608 – placeholders
        f" WHERE event IN ({marks}) ORDER BY seq",
        *events,
    )
    return [Settled(*row) for row in rows]
