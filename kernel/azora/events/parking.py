"""Parked events: those that failed too often, for somebody to look at, drive again or discard."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from azora.data.database import PluginDatabase
from azora.errors import NotFound
from azora.events.inbox import PARKED, PENDING_IN_LANE

_EVENTS = f"""SELECT event, handler, type, key, attempts, changed, error, stack, traceparent, data,
    (SELECT count(*) FROM azora_inbox AS behind WHERE behind.lane = parked.lane AND {PENDING_IN_LANE}),
    version, time, cause
    FROM azora_inbox AS parked WHERE {PARKED}{{narrowed}} ORDER BY seq LIMIT ?"""  # noqa: S608 – constants and placeholders


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that its handler could not handle; `behind` counts later ones of its key that wait for it.

    `since` is when it was parked and `told` when it was emitted, in seconds since 1970.
    """

    id: str
    handler: str
    type: str
    key: str | None
    attempts: int
    since: float
    error: str
    stack: str
    traceparent: str | None
    data: bytes
    behind: int
    version: int
    told: float
    cause: str | None


class Parking:
    """The parked rows of one plugin's inbox. `ids` None means all; `handler` narrows them to one."""

    def __init__(self, database: PluginDatabase) -> None:
        self.database = database

    def events(
        self, limit: int = 100, ids: Sequence[str] | None = None, handler: str = ""
    ) -> list[ParkedEvent]:
        """The parked events, oldest first."""
        narrowed, given = _narrowed(ids, handler)
        rows = self.database.execute(_EVENTS.format(narrowed=narrowed), *given, limit)
        return [_parked_event(*row) for row in rows]

    def redrive(self, ids: Sequence[str] | None, handler: str = "") -> int:
        """Give these events all their attempts again; returns how many rows that were."""
        again = "state = 'pending', attempts = 0, crashes = 0, due = ?"
        return self._release(ids, handler, again, time.time())

    def edit(self, id_: str, handler: str, data: bytes) -> None:
        """Let a parked event tell something else, in the open transaction."""
        changed = self.database.execute(
            "UPDATE azora_inbox SET data = ? WHERE state = 'parked' AND event = ? AND handler = ?"
            " RETURNING event",
            *(data, id_, handler),
        )
        if not changed:
            raise _none_parked()

    def discard(self, ids: Sequence[str] | None, reason: str, handler: str = "") -> int:
        """Give these events up, for a reason that is kept; those behind them go on."""
        given_up = "state = 'discarded', data = NULL, error = ?"
        return self._release(ids, handler, given_up, f"discarded: {reason}")

    def _release(
        self, ids: Sequence[str] | None, handler: str, assignments: str, value: object
    ) -> int:
        """Change parked rows and let their lanes go on. Raises NotFound where none of them is parked."""
        if ids is not None and not ids:
            return 0
        now = time.time()
        narrowed, given = _narrowed(ids, handler)
        with self.database.transaction():
            lanes = self.database.execute(
                f"UPDATE azora_inbox SET {assignments}, changed = ? WHERE {PARKED}{narrowed} RETURNING lane",  # noqa: S608 – constants and placeholders
                *(value, now, *given),
            )
            if not lanes:
                raise _none_parked()
            for lane in {lane for (lane,) in lanes if lane}:
                self.database.execute(
                    f"UPDATE azora_inbox SET due = ? WHERE lane = ? AND {PENDING_IN_LANE}",  # noqa: S608 – constants and placeholders
                    *(now, lane),
                )
        return len(lanes)


def _parked_event(*values: Any) -> ParkedEvent:
    given = list(values)
    given[6:8] = [words or "" for words in given[6:8]]
    given[9] = bytes(given[9])
    return ParkedEvent(*given)


def _narrowed(ids: Sequence[str] | None, handler: str) -> tuple[str, list[object]]:
    """Further conditions, and their values."""
    words, given = "", list[object]()
    if ids is not None:
        words += f" AND event IN ({', '.join('?' * len(ids))})"
        given += ids
    if handler:
        words += " AND handler = ?"
        given.append(handler)
    return words, given


def _none_parked() -> NotFound:
    return NotFound("none of these events is parked", code="events.not_parked")
