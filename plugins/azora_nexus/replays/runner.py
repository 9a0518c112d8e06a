"""Runs replays: reads on in the log, gives what is wanted to the handler, and notes how far it has come."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora.data.leases import Lease
from azora.errors import RequestError, ServiceError
from azora.events import desk_contracts as desk
from azora.events.log import EventLog, Logged, LogReader
from azora_nexus.desks import Desks
from azora_nexus.filters.cesql import filter_of
from azora_nexus.journal.positions import end_of_log
from azora_nexus.journal.retention import Retention
from azora_nexus.replays.models import ReplayRow
from azora_nexus.replays.pacing import Clock, Pacing

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

BATCH = 500
IDLE = 0.5
LEASE = 8.0
CROWD = 2000
"""Events that may wait for the handler; beyond, it is given time."""
PATIENCE = 2.0
"""Seconds for which one replay waits for the log, before others have their turn."""
_LONGEST_WAIT = 1.0


class Runner:
    """One of several replicas runs replays at a time; replays take turns."""

    def __init__(self, plugin: "HostedPlugin", log: EventLog, clock: Clock = time.time) -> None:
        self._plugin = plugin
        self._log = log
        self._desks = Desks(plugin)
        self._lease = Lease(plugin.database, "nexus replays", LEASE)
        self._readers: dict[str, tuple[int, LogReader]] = {}
        self._pacing = Pacing(clock)
        self._waiting: dict[str, int] = {}

    def round(self) -> None:
        """One batch of every replay that runs, or a little rest."""
        rows = list(ReplayRow.select().where(ReplayRow.state == "running"))
        self._let_go(keep={row.id for row in rows})
        if not rows or not self._lease.take():
            time.sleep(IDLE)
            return
        moved = [self._step(row) for row in rows]
        if not any(moved):
            time.sleep(IDLE / 10)

    def _step(self, row: ReplayRow) -> bool:
        """One batch of one replay; whether anything was done."""
        try:
            if row.place >= row.until:
                self._finish(row)
                return True
            if self._is_crowded(row):
                return False
            batch = self._due(row, self._read(row))
            if not batch:
                return False
            self._give(row, batch)
        except RequestError as error:
            self._note(row, state="failed", error=str(error))
        except ServiceError as error:  # whoever is away comes back; other replays go on
            self._close(row.id)
            self._plugin.log.warning("replay_waits", replay=row.id, error=str(error))
            return False
        return True

    def _read(self, row: ReplayRow) -> list[Logged]:
        """The next events of the stretch; where what comes is beyond its end, it is at its end."""
        place, reader = self._readers.get(row.id, (-1, None))
        if reader is None or place != row.place:
            self._close(row.id)
            reader = self._log.reader(row.place)
            self._readers[row.id] = (row.place, reader)
        taken = reader.take(BATCH, PATIENCE)
        found = [one for one in taken if one.offset < row.until]
        if found:
            self._readers[row.id] = (found[-1].offset + 1, reader)
        elif taken or row.place >= end_of_log():
            self._close(row.id)
            self._note(row, place=row.until)
        return found

    def _due(self, row: ReplayRow, found: list[Logged]) -> list[Logged]:
        """What is due now, at the pace of the replay: at full speed all of it."""
        due, wait = self._pacing.due(row.id, row.pace, found)
        if not due:
            time.sleep(min(wait, _LONGEST_WAIT))
        if len(due) < len(found):
            self._close(row.id)
        return due

    def _give(self, row: ReplayRow, batch: Sequence[Logged]) -> None:
        handler = self._desks.handler(row.plugin, row.handler)
        oldest, filter_ = Retention(self._plugin).oldest(handler.event), filter_of(row.expression)
        wanted = [
            one
            for one in batch
            if one.envelope.type == handler.event
            and one.envelope.time >= oldest
            and (filter_ is None or filter_.wants(one.envelope))
        ]
        at_once = handler.batch or BATCH
        for first in range(0, len(wanted), at_once):
            self._give_at_once(row, wanted[first : first + at_once])
        seen = sum(one.envelope.type == handler.event for one in batch)
        place = batch[-1].offset + 1
        self._note(row, place=place, given=row.given + len(wanted), passed=row.passed + seen)

    def _give_at_once(self, row: ReplayRow, wanted: Sequence[Logged]) -> None:
        """What the handler takes at once; whoever is given the same part again knows it by its place."""
        given = [desk.GivenEvent(**_fields(one.envelope)) for one in wanted]
        place = wanted[-1].offset + 1
        asked = desk.GiveEvents(
            handler=row.handler, events=given, replay=row.id, place=place, again=row.again
        )
        self._waiting[row.id] = self._desks.ask(row.plugin, "give", asked, desk.Waiting).count

    def _is_crowded(self, row: ReplayRow) -> bool:
        """Whether so much waits for the handler that it is given time first."""
        if self._waiting.get(row.id, CROWD + 1) > CROWD:
            self._waiting[row.id] = self._how_many_wait(row)
        return self._waiting[row.id] > CROWD

    def _how_many_wait(self, row: ReplayRow) -> int:
        nothing = desk.GiveEvents(handler=row.handler, events=[])
        return self._desks.ask(row.plugin, "give", nothing, desk.Waiting).count

    def _finish(self, row: ReplayRow) -> None:
        """At the end of a stretch: a handler that was held goes live once it has done what it was given."""
        if row.hold:
            if self._how_many_wait(row):
                time.sleep(IDLE / 10)
                return
            self._desks.tell(row.plugin, "resume", desk.ResumeHandler(handler=row.handler))
        self._note(row, state="done")

    def _note(self, row: ReplayRow, **facts: object) -> None:
        """Write how far it is, unless somebody has ended it meanwhile."""
        with self._plugin.database.transaction():
            running = (ReplayRow.id == row.id) & (ReplayRow.state == "running")
            ReplayRow.update(changed=datetime.now(UTC), **facts).where(running).execute()

    def _let_go(self, keep: set[str]) -> None:
        for id_ in self._readers.keys() - keep:
            self._close(id_)
            self._pacing.forget(id_)
            self._waiting.pop(id_, None)

    def _close(self, id_: str) -> None:
        _, reader = self._readers.pop(id_, (0, None))
        if reader is not None:
            reader.close()


def _fields(envelope: object) -> dict[str, object]:
    found = {name: getattr(envelope, name) for name in desk.GivenEvent.model_fields}
    return found | {"data": bytes(found["data"]).decode()}
