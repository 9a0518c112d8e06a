"""Replays: begin one, watch it, let it rest, end it."""

from datetime import UTC, datetime, timedelta

import peewee

from azora import Conflict, NotFound, Request, Service, operation
from azora.data.keyset import paginate
from azora.events import desk_contracts as desk
from azora_nexus.desks import Desks
from azora_nexus.filters.cesql import filter_of
from azora_nexus.handlers.contracts import MANAGE
from azora_nexus.journal.contracts import KEEP, READ
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.positions import end_of_log
from azora_nexus.replays import contracts
from azora_nexus.replays.models import ReplayRow

_KEPT = timedelta(days=90)
_OPEN = ("running", "paused")


class Replays(Service):
    """What somebody asked to be told again; `Runner` does it."""

    @operation("POST /replays", permission=MANAGE)
    def start_replay(self, request: contracts.StartReplay) -> contracts.Replay:
        """Give a stretch of the log to one handler; the others see nothing of it."""
        event = Desks(self.hosted).event_of(request.plugin, request.handler)
        filter_of(request.filter)
        since, until = _bounds(request)
        self.audit(on=f"{request.plugin}.{request.handler}", after={"since": since, "until": until})
        if request.hold:
            stop = desk.StopHandler(handler=request.handler, mode="held")
            Desks(self.hosted).tell(request.plugin, "stop", stop)
        total = EventRow.select().where(_stretch(event, since, until)).count()
        now = datetime.now(UTC)
        with self.transaction():
            row = ReplayRow.create(
                plugin=request.plugin,
                handler=request.handler,
                since=since,
                place=since,
                until=until,
                expression=request.filter,
                pace=request.pace,
                again=request.again,
                hold=request.hold,
                state="running",
                given=0,
                passed=0,
                total=total,
                asked_by=self.actor.id,
                asked=now,
                changed=now,
            )
        return self._shown(row)

    @operation("GET /replays", permission=READ)
    def list_replays(self, request: contracts.ListReplays) -> contracts.Replays:
        """List replays, the newest first."""
        rows, following = paginate(ReplayRow.select(), request, [ReplayRow.asked.desc()])
        return contracts.Replays(items=[self._shown(row) for row in rows], next=following)

    @operation("GET /replays/{id}", permission=READ)
    def read_replay(self, request: contracts.ReplayRef) -> contracts.Replay:
        """Say how far a replay has come."""
        return self._shown(_row(request.id))

    @operation("POST /replays/{id}/pause", permission=MANAGE, idempotent=True)
    def pause_replay(self, request: contracts.ReplayRef) -> contracts.Replay:
        """Let a replay rest where it is."""
        return self._move(request.id, "paused", _OPEN)

    @operation("POST /replays/{id}/resume", permission=MANAGE, idempotent=True)
    def resume_replay(self, request: contracts.ReplayRef) -> contracts.Replay:
        """Let a replay go on; also one that failed, from where it failed."""
        return self._move(request.id, "running", (*_OPEN, "failed"))

    @operation("POST /replays/{id}/cancel", permission=MANAGE, idempotent=True)
    def cancel_replay(self, request: contracts.ReplayRef) -> contracts.Replay:
        """End a replay. What was given stays given; a handler that it held goes on."""
        shown = self._move(request.id, "cancelled", (*_OPEN, "failed", "cancelled"))
        if shown.hold:
            asked = desk.ResumeHandler(handler=shown.handler)
            Desks(self.hosted).tell(shown.plugin, "resume", asked)
        return shown

    @operation("POST /replays/forgetting", permission=KEEP, http=False, idempotent=True)
    def forget_replays(self, request: Request) -> None:
        """Forget replays that ended long ago; a job, each night"""
        with self.transaction():
            ReplayRow.delete().where(
                ReplayRow.state.not_in(_OPEN), ReplayRow.changed < datetime.now(UTC) - _KEPT
            ).execute()

    def _move(self, id_: str, state: str, allowed: tuple[str, ...]) -> contracts.Replay:
        """Change the state of a replay. Raises Conflict where it has ended."""
        self.audit(on=id_, after={"state": state})
        with self.transaction():
            moved = (
                ReplayRow.update(state=state, error=None, changed=datetime.now(UTC))
                .where(ReplayRow.id == id_, ReplayRow.state.in_(allowed))
                .execute()
            )
        row = _row(id_)
        if not moved:
            raise Conflict(f"This replay is {row.state}.", code="nexus.replay_ended")
        return self._shown(row)

    def _shown(self, row: ReplayRow) -> contracts.Replay:
        return contracts.Replay(
            id=row.id,
            plugin=row.plugin,
            handler=row.handler,
            event=_event(self, row),
            since_offset=row.since,
            offset=row.place,
            until_offset=row.until,
            filter=row.expression,
            pace=row.pace,
            again=row.again,
            hold=row.hold,
            state=row.state,
            passed=row.passed,
            given=row.given,
            total=row.total,
            error=row.error,
            asked_by=row.asked_by,
            asked=row.asked,
            changed=row.changed,
        )


def _event(service: Service, row: ReplayRow) -> str:
    try:
        return Desks(service.hosted).event_of(row.plugin, row.handler)
    except NotFound:  # the plugin was taken away since
        return ""


def _row(id_: str) -> ReplayRow:
    row: ReplayRow | None = ReplayRow.get_or_none(ReplayRow.id == id_)
    if row is None:
        raise NotFound("There is no such replay.", code="nexus.replay_not_found")
    return row


def _bounds(request: contracts.StartReplay) -> tuple[int, int]:
    """The first offset, and the first that is left out: by default behind what the log has now."""
    since = request.since_offset or 0
    if request.since:
        since = max(since, _place_at(request.since))
    until = end_of_log()
    if request.until_offset is not None:
        until = min(until, request.until_offset)
    if request.until:
        until = min(until, _place_at(request.until))
    return since, max(since, until)


def _place_at(moment: datetime) -> int:
    """The offset of the first event that was told at or after a moment."""
    first = (
        EventRow.select(peewee.fn.MIN(EventRow.place))
        .where(EventRow.at >= moment.timestamp())
        .scalar()
    )
    return int(first) if first is not None else 2**62


def _stretch(event: str, since: int, until: int) -> peewee.Expression:
    return (EventRow.type == event) & (EventRow.place >= since) & (EventRow.place < until)
