"""The log as operations: a stretch of it, the index of it, and one event."""

from collections.abc import Iterable
from typing import Any

from azora import NotFound, Request, Service, operation
from azora.data.keyset import paginate
from azora.events.log import Logged
from azora_nexus.journal import contracts, reading
from azora_nexus.journal.contracts import KEEP, READ
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.patterns import condition
from azora_nexus.journal.retention import Retention, forget
from azora_nexus.journal.stretch import stretch


class Journal(Service):
    """Reads the log; nobody writes it."""

    @operation("GET /log", permission=READ, timeout=40)
    def read_log(self, request: contracts.ReadLog) -> contracts.LogPage:
        """Read a stretch of the log, oldest first; wait for what comes where you ask so."""
        return stretch(self.hosted, request)

    @operation("GET /events", permission=READ)
    def list_events(self, request: contracts.ListEvents) -> contracts.EventPage:
        """List events of the whole campus, newest first."""
        query = EventRow.select().where(Retention(self.hosted).shown())
        for one in _conditions(request):
            query = query.where(one)
        rows, following = paginate(query, request, [EventRow.place.desc()])
        return contracts.EventPage(items=[reading.indexed(row) for row in rows], next=following)

    @operation("GET /events/{id}", permission=READ)
    def read_event(self, request: contracts.EventRef) -> contracts.WholeEvent:
        """Read one event with what it tells."""
        logged = self._at(reading.find(self.hosted, request.id).place)
        if logged is None:
            raise NotFound(
                "The log has no such event, or has forgotten it.", code="nexus.event_not_found"
            )
        return reading.whole(logged)

    @operation("POST /log/forgetting", permission=KEEP, http=False, idempotent=True, timeout=600)
    def forget_events(self, request: Request) -> contracts.Forgotten:
        """Forget events that are older than their type is kept; a job, each night"""
        return contracts.Forgotten(count=forget(self.hosted))

    def _at(self, place: int) -> Logged | None:
        with self._log.reader(place) as reader:
            found = reader.take(1, reading.SOON)
        if not found:
            raise reading.silent()
        return found[0] if found and found[0].offset == place else None

    @property
    def _log(self) -> Any:
        return self.hosted.event_log


def _conditions(request: contracts.ListEvents) -> Iterable[Any]:
    of_type = condition(EventRow.type, request.type)
    if of_type is not None:
        yield of_type
    for column, value in (
        (EventRow.source, request.source),
        (EventRow.key, request.key),
        (EventRow.trace, request.trace),
    ):
        if value:
            yield column == value
    if request.since:
        yield EventRow.at >= request.since.timestamp()
    if request.until:
        yield EventRow.at <= request.until.timestamp()
