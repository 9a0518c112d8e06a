"""Parked events: those that failed too often, for somebody to look at, drive again or discard."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from azora.data.database import PluginDatabase
from azora.errors import NotFound
from azora.events.inbox import PARKED, PENDING_IN_LANE

_EVENTS = f"""SELECT event, handler, type, key, attempts, changed, error, stack, traceparent, data,
    (SELECT count(*) FROM azora_inbox AS behind WHERE behind.lane = parked.lane AND {PENDING_IN_LANE})
    FROM azora_inbox AS parked WHERE {PARKED} ORDER BY seq LIMIT ?"""  # noqa: S608 – constants and placeholders


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that its handler could not handle; `behind` counts later ones of its key that wait for it."""

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


class Parking:
    """The parked rows of one plugin's inbox."""

    def __init__(self, database: PluginDatabase) -> None:
        self.database = database

    def events(self, limit: int = 100) -> list[ParkedEvent]:
        """The parked events, oldest first."""
        rows = self.database.execute(_EVENTS, limit)
        return [
            ParkedEvent(
                id_,
                handler,
                kind,
                key,
                tries,
                at,
                error or "",
                stack or "",
                trace,
                bytes(data),
                behind,
            )
            for id_, handler, kind, key, tries, at, error, stack, trace, data, behind in rows
        ]

    def redrive(self, ids: Sequence[str]) -> int:
        """Give these events all their attempts again; returns how many rows that were."""
        return self._release(
            ids, "state = 'pending', attempts = 0, crashes = 0, due = ?", time.time()
        )

    def discard(self, ids: Sequence[str], reason: str) -> int:
        """Give these events up, for a reason that is kept; those behind them go on."""
        return self._release(
            ids, "state = 'discarded', data = NULL, error = ?", f"discarded: {reason}"
        )

    def _release(self, ids: Sequence[str], assignments: str, value: object) -> int:
        """Change parked rows and let their lanes go on. Raises NotFound where none of them is parked."""
        if not ids:
            return 0
        now = time.time()
        marks = ", ".join("?" * len(ids))
        with self.database.transaction():
            lanes = self.database.execute(
                f"UPDATE azora_inbox SET {assignments}, changed = ? WHERE state = 'parked' AND event IN ({marks})"  # noqa: S608 – constants and placeholders
                " RETURNING lane",
                *(value, now, *ids),
            )
            if not lanes:
                raise NotFound("none of these events is parked", code="events.not_parked")
            for lane in {lane for (lane,) in lanes if lane}:
                self.database.execute(
                    f"UPDATE azora_inbox SET due = ? WHERE lane = ? AND {PENDING_IN_LANE}",  # noqa: S608 – constants and placeholders
                    *(now, lane),
                )
        return len(lanes)
