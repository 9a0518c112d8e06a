"""The table `azora_inbox`: each event for each handler, and how far it has come.

pending → running → done, or back to pending after a failure, or parked after too many. The number
of attempts is raised when a row starts to run, so that an attempt that ends the process counts.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any

from azora.contract import Handler
from azora.data.database import PluginDatabase, Row
from azora.data.leases import this_process
from azora.data.liveness import LEASE_NAME
from azora.events.envelope import Envelope
from azora.events.inbox_row import FIELDS, INSERT, MARKS, Delivery, Failure, delivery_of, values_of
from azora.events.pauses import FAR, Pauses

PENDING_IN_LANE = "state IN ('pending', 'running', 'parked') AND state = 'pending'"
RUNNING = "state IN ('running', 'parked') AND state = 'running'"
PARKED = "state IN ('running', 'parked') AND state = 'parked'"
"""Conditions that begin as their partial index's does: SQLite would read the whole table otherwise."""

SETTLED = ("done", "discarded")
UNSETTLED = ("pending", "running", "parked")

LAST = "\U0010ffff"
"""Sorts after every id; what has it stays in the order in which it came."""

_CLAIM = f"""UPDATE azora_inbox SET state = 'running', attempts = attempts + 1, owner = ?, due = ?, changed = ?
    WHERE seq IN (
        SELECT seq FROM (
            SELECT seq, lane FROM azora_inbox
            WHERE state = 'pending' AND due <= ? AND handler IN ({{handlers}}) AND crashes {{crashes}}
            ORDER BY due, seq LIMIT ? {{locking}}) AS candidate
        WHERE lane IS NULL OR NOT EXISTS (
            SELECT 1 FROM azora_inbox AS earlier
            WHERE earlier.lane = candidate.lane AND earlier.seq < candidate.seq
                AND earlier.state IN ('pending', 'running', 'parked'))
        ORDER BY seq LIMIT ?)
    RETURNING seq, event, handler, attempts, crashes, lane, {FIELDS}"""  # noqa: S608 – constants and placeholders
_SUSPECTED = "SELECT 1 FROM azora_inbox WHERE state = 'pending' AND crashes > 0 LIMIT 1"
_DUE = """SELECT DISTINCT handler FROM (
    SELECT handler FROM azora_inbox WHERE state = 'pending' AND due <= ? ORDER BY due, seq LIMIT ?) AS first"""
_ABANDONED = f"""SELECT seq, handler, attempts, crashes, lane FROM azora_inbox WHERE {RUNNING} AND (
    due <= ? OR owner <> ? AND NOT EXISTS (
        SELECT 1 FROM azora_leases AS lease
        WHERE lease.name = '{LEASE_NAME}' || azora_inbox.owner AND lease.until > ?))"""  # noqa: S608 – constants and placeholders


class Inbox:
    """The rows of one plugin. Methods that write run in the open transaction.

    Where its handlers may be stopped, `pauses` knows which are.
    """

    def __init__(self, database: PluginDatabase, pauses: Pauses | None = None) -> None:
        self.database = database
        self.pauses = pauses

    def insert(
        self, rows: Iterable[tuple[Envelope, str, str | None]], now: float, crashes: int = 0
    ) -> None:
        """Store events as pending, each for a handler and in a lane; known ones are left as they are.

        Those in no lane go first and in one order: two replicas that store the same events at once
        would wait for each other.
        """
        self.database.execute_many(
            INSERT,
            [
                values_of(
                    envelope,
                    handler,
                    lane,
                    "pending",
                    crashes,
                    crashes,
                    self._due(handler, now),
                    now,
                )
                for envelope, handler, lane in sorted(rows, key=_turn)
            ],
        )

    def waits(self, handler: str) -> bool:
        """Whether what arrives for a handler waits, because somebody stopped it."""
        return self.pauses is not None and self.pauses.waits(handler)

    def insert_done(self, envelopes: Sequence[Envelope], handler: str, now: float) -> bool:
        """Store events as done; False where one is here already. In one order, as `insert`."""
        values: list[object] = []
        for envelope in sorted(envelopes, key=attrgetter("id")):
            row = values_of(envelope, handler, None, "done", 1, 0, now, now)
            values += (*row[:15], None, *row[16:])
        more = f", {MARKS}" * (len(envelopes) - 1)
        sql = INSERT.replace(MARKS, MARKS + more) + " RETURNING seq"
        return len(self.database.execute(sql, *values)) == len(envelopes)

    def insert_failed(
        self, envelope: Envelope, handler: str, state: str, failure: Failure, now: float, due: float
    ) -> None:
        """Store an event whose first attempt, straight from a queue, has failed."""
        values = values_of(envelope, handler, None, state, 1, 0, due, now, failure)
        self.database.execute(INSERT, *values)

    def known(self, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of (event, handler) that are here, in whatever state."""
        marks = ", ".join("?" * len(pairs))
        rows = self.database.execute(
            f"SELECT event, handler FROM azora_inbox WHERE event IN ({marks})",  # noqa: S608 – placeholders
            *(event for event, _ in pairs),
        )
        return {(event, handler) for event, handler in rows} & set(pairs)

    def states(self, handler: str, events: Collection[str]) -> dict[str, str]:
        """The state of each of these events that is here for a handler."""
        marks = ", ".join("?" * len(events))
        rows: Any = self.database.execute(
            f"SELECT event, state FROM azora_inbox WHERE event IN ({marks}) AND handler = ?",  # noqa: S608 – placeholders
            *(*events, handler),
        )
        return dict(rows)

    def waiting_lanes(self, lanes: Collection[str]) -> set[str]:
        """Those of these lanes in which something waits, runs or is parked."""
        if not lanes:
            return set()
        marks = ", ".join("?" * len(lanes))
        rows = self.database.execute(
            f"SELECT DISTINCT lane FROM azora_inbox WHERE lane IN ({marks}) AND lane IS NOT NULL"  # noqa: S608 – placeholders
            " AND state IN ('pending', 'running', 'parked')",
            *lanes,
        )
        return {lane for (lane,) in rows}

    def due(self, now: float, window: int) -> set[str]:
        """The handlers for which pending rows might run now, as the first `window` of them say."""
        return {handler for (handler,) in self.database.execute(_DUE, now, window)}

    def suspected(self) -> bool:
        """Whether any pending row was running when a process ended."""
        return bool(self.database.execute(_SUSPECTED))

    def next_due(self, now: float) -> float | None:
        """When the next pending row is due that is not due yet."""
        found = self.database.execute(
            "SELECT due FROM azora_inbox WHERE state = 'pending' AND due > ? ORDER BY due LIMIT 1",
            now,
        )
        return found[0][0] if found else None

    def claim(
        self,
        handlers: Sequence[str],
        limit: int,
        now: float,
        until: float,
        *,
        suspects: bool,
        window: int,
    ) -> list[Delivery]:
        """Start up to `limit` due rows and return them in order; within a lane only the first.

        Suspects are rows that were running when a process ended. At most `window` rows are looked at.
        """
        handlers = [name for name in handlers if not (self.pauses and self.pauses.is_paused(name))]
        if not handlers:
            return []
        sql = _CLAIM.format(
            handlers=", ".join("?" * len(handlers)),
            crashes="> 0" if suspects else "= 0",
            locking="FOR UPDATE SKIP LOCKED" if self.database.dialect == "postgresql" else "",
        )
        given = (this_process(), until, now, now, *handlers, window, limit)
        rows = self.database.execute(sql, *given)
        return sorted(map(delivery_of, rows), key=lambda delivery: delivery.seq)

    def mark_done(self, deliveries: Sequence[Delivery], now: float) -> bool:
        """Settle running rows; False where this attempt is not the one that may, of any."""
        done = "state = 'done', data = NULL, error = NULL, stack = NULL, due = ?"
        return self._change(deliveries, done, now, now)

    def keep_running(self, deliveries: Sequence[Delivery], until: float) -> None:
        """Say that these rows, which run, take longer."""
        self._change(deliveries, "due = ?", time.time(), until)

    def mark_failed(
        self, delivery: Delivery, state: str, failure: Failure, now: float, due: float
    ) -> None:
        """Put a row back as pending, or park it; what follows in its lane waits as long."""
        error = "state = ?, error = ?, stack = ?, due = ?"
        if (
            self._change([delivery], error, now, state, failure.error, failure.stack, due)
            and delivery.lane
        ):
            self.defer_lane(delivery.lane, FAR if state == "parked" else due)

    def defer_lane(self, lane: str, due: float) -> None:
        """Let the pending rows of a lane wait until then."""
        self.database.execute(
            f"UPDATE azora_inbox SET due = ? WHERE lane = ? AND {PENDING_IN_LANE}",  # noqa: S608 – constants and placeholders
            *(due, lane),
        )

    def abandoned(self, now: float) -> list[Row]:
        """(seq, handler, attempts, crashes, lane) of rows that run too long, or whose process lives no more."""
        return self.database.execute(_ABANDONED, now, this_process(), now)

    def recover(
        self, seq: int, attempts: int, state: str, error: str, now: float, due: float
    ) -> None:
        """Put an abandoned row back as a suspect, or park it."""
        self.database.execute(
            "UPDATE azora_inbox SET state = ?, crashes = crashes + 1, error = ?, due = ?, changed = ? "
            "WHERE seq = ? AND attempts = ? AND state = 'running'",
            *(state, error, due, now, seq, attempts),
        )

    def clean(self, before: float, limit: int = 1000) -> int:
        """Forget up to `limit` settled rows that last changed before then; returns how many."""
        gone = self.database.execute(
            "DELETE FROM azora_inbox WHERE seq IN (SELECT seq FROM azora_inbox "
            "WHERE state IN ('done', 'discarded') AND changed < ? LIMIT ?) RETURNING seq",
            *(before, limit),
        )
        return len(gone)

    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        return dict(self.database.execute("SELECT state, count(*) FROM azora_inbox GROUP BY state"))  # type: ignore[arg-type]

    def _due(self, handler: str, now: float) -> float:
        return FAR if self.waits(handler) else now

    def _change(
        self, deliveries: Sequence[Delivery], assignments: str, now: float, *values: object
    ) -> bool:
        """Change rows that run; whether all of them still belonged to these attempts."""
        by_attempts: dict[int, list[int]] = {}
        for delivery in deliveries:
            by_attempts.setdefault(delivery.attempts, []).append(delivery.seq)
        changed = 0
        for attempts, seqs in by_attempts.items():
            marks = ", ".join("?" * len(seqs))
            rows = self.database.execute(
                f"UPDATE azora_inbox SET {assignments}, changed = ? WHERE seq IN ({marks}) "  # noqa: S608 – constants and placeholders
                "AND attempts = ? AND state = 'running' RETURNING seq",
                *(*values, now, *seqs, attempts),
            )
            changed += len(rows)
        return changed == len(deliveries)


def lane_of(handler: Handler, envelope: Envelope) -> str | None:
    """What must run one at a time: equal for events of one key of an ordered handler."""
    if not handler.ordered or envelope.key is None:
        return None
    return f"{handler.name} {envelope.source} {envelope.key}"


def _turn(row: tuple[Envelope, str, str | None]) -> tuple[str, str]:
    envelope, handler, lane = row
    return (envelope.id, handler) if lane is None else (LAST, "")
