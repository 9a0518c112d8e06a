"""The status of the campus: what works now, since when, and what did not lately."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from azora import Request, Service, operation
from azora_web import contracts
from azora_web.condition import CAMPUS, Judged, judge, overall
from azora_web.models import StatusRow, WatchRow

SEE, WATCH = "web.see_processes", "web.watch_status"
KEPT = timedelta(days=30)
SILENCE = timedelta(minutes=5)
"""Longer than this between two looks, and nothing ran."""
SHOWN = 20


class Status(Service):
    """Learners see that something does not work; keepers see why."""

    @operation("GET /status", public=True)
    def read_status(self, request: Request) -> contracts.CampusStatus:
        """Say what works, what does not, and since when."""
        now = datetime.now(UTC)
        judged = self._judged()
        rows = {row.part: row for row in StatusRow.select().where(StatusRow.ended.is_null())}
        return contracts.CampusStatus(
            state=overall(judged),
            checked=now,
            parts=[self._shown(one, rows.get(one.part), now) for one in judged],
            history=[self._past(row) for row in _troubles()],
        )

    @operation("GET /processes", permission=SEE)
    def read_processes(self, request: Request) -> contracts.Processes:
        """List the processes that are heard of, what troubles them, and what to see to."""
        nodes = self.hosted.runtime.nodes()
        return contracts.Processes(
            items=[
                contracts.Process(
                    name=node.name,
                    plugins=node.plugins,
                    since=datetime.fromtimestamp(node.since, UTC),
                    troubles=node.troubles,
                )
                for node in nodes
            ],
            notices={name: words for node in nodes for name, words in node.notices.items()},
            reasons={one.part: one.reason for one in self._judged() if one.reason},
        )

    @operation("POST /status", permission=WATCH, idempotent=True, http=False)
    def watch_status(self, request: Request) -> None:
        """Note what has changed since the last look; a job, each minute."""
        now = datetime.now(UTC)
        judged = self._judged()
        with self.transaction():
            _note_silence(now)
            for one in judged:
                _note(one, now)
            StatusRow.delete().where(StatusRow.ended < now - KEPT).execute()

    def _judged(self) -> list[Judged]:
        runtime = self.hosted.runtime
        cut_off = "broker" in runtime.condition.troubles
        registry = runtime.registry
        return judge(registry.plugins, registry.refused, runtime.nodes(), cut_off=cut_off)

    def _shown(self, one: Judged, row: StatusRow | None, now: datetime) -> contracts.PartStatus:
        since = row.began if row and row.state == one.state else now
        summary = self._summary(one.part)
        return contracts.PartStatus(name=one.part, summary=summary, state=one.state, since=since)

    def _past(self, row: StatusRow) -> contracts.PastTrouble:
        return contracts.PastTrouble(
            name=row.part,
            summary=self._summary(row.part),
            state=row.state,
            began=row.began,
            ended=row.ended,
            minutes=max(1, round((row.ended - row.began).total_seconds() / 60)),
        )

    def _summary(self, part: str) -> str:
        loaded = self.hosted.runtime.registry.plugins.get(part)
        return loaded.plugin.summary if loaded else ""


def _troubles() -> Iterator[StatusRow]:
    """What did not work and does again, the newest first."""
    past = StatusRow.ended.is_null(False) & StatusRow.state.in_(("trouble", "away"))
    query = StatusRow.select().where(past).order_by(StatusRow.began.desc(), StatusRow.id.desc())
    return iter(query.limit(SHOWN))


def _note(one: Judged, now: datetime) -> None:
    """Begin a new time where the state is another; one part has one open row."""
    known = StatusRow.get_or_none((StatusRow.part == one.part) & StatusRow.ended.is_null())
    if known and known.state == one.state:
        return
    if known:
        StatusRow.update(ended=now).where(StatusRow.id == known.id).execute()
    StatusRow.create(part=one.part, state=one.state, began=now)


def _note_silence(now: datetime) -> None:
    """Remember the time in which nobody looked, because nothing ran."""
    last = WatchRow.get_or_none(WatchRow.id == 1)
    if last and now - last.at > SILENCE:
        StatusRow.create(part=CAMPUS, state="away", began=last.at, ended=now)
    WatchRow.insert(id=1, at=now).on_conflict(
        conflict_target=[WatchRow.id], update={WatchRow.at: now}
    ).execute()
