"""The log as operations: a stretch of it, the index of it, and one event."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from azora import NotFound, Request, Service, operation
from azora.data.keyset import paginate
from azora.events.envelope import Envelope
from azora.events.log import Logged
from azora_nexus.filters.cesql import filter_of
from azora_nexus.journal import contracts, reading
from azora_nexus.journal.contracts import KEEP, READ
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.patterns import condition, matcher
from azora_nexus.journal.retention import Retention, forget

_STRETCH = 5000
"""Events that one request reads at most, whatever it looks for."""


class Journal(Service):
    """Reads the log; nobody writes it."""

    @operation("GET /log", permission=READ, timeout=40)
    def read_log(self, request: contracts.ReadLog) -> contracts.LogPage:
        """Read a stretch of the log, oldest first; wait for what comes where you ask so."""
        offset = request.offset
        if offset is None:
            offset = reading.start_of_last(request.limit, request.type)
        wanted = self._wanted(request)
        found: list[Logged] = []
        passed, until = 0, time.monotonic() + request.wait
        with self._log.reader(offset) as reader:
            while len(found) < request.limit and passed < _STRETCH:
                wait = max(0.0, until - time.monotonic()) if not found else 0.0
                batch = reader.take(request.limit - len(found), wait or reading.AT_ONCE)
                if not batch:
                    break
                passed += len(batch)
                offset = batch[-1].offset + 1
                found += [one for one in batch if wanted(one.envelope)]
        return contracts.LogPage(items=[reading.whole(one) for one in found], next=offset)

    @operation("GET /events", permission=READ)
    def list_events(self, request: contracts.ListEvents) -> contracts.EventPage:
        """List events of the whole campus, newest first."""
        query = EventRow.select()
        for one in _conditions(request):
            query = query.where(one)
        rows, following = paginate(query, request, [EventRow.place.desc()])
        return contracts.EventPage(items=[reading.indexed(row) for row in rows], next=following)

    @operation("GET /events/{id}", permission=READ)
    def read_event(self, request: contracts.EventRef) -> contracts.WholeEvent:
        """Read one event with what it tells."""
        row = EventRow.get_or_none(EventRow.id == request.id)
        logged = self._at(row.place) if row else None
        if logged is None:
            raise NotFound(
                "The log has no such event, or has forgotten it.", code="nexus.event_not_found"
            )
        return reading.whole(logged)

    @operation("POST /log/forgetting", permission=KEEP, http=False, idempotent=True, timeout=600)
    def forget_events(self, request: Request) -> contracts.Forgotten:
        """Forget events that are older than their type is kept; a job, each night"""
        return contracts.Forgotten(count=forget(self.hosted))

    def _wanted(self, request: contracts.ReadLog) -> Callable[[Envelope], bool]:
        """Whether an event is asked for, and young enough to be shown."""
        of_type, filter_ = matcher(request.type), filter_of(request.filter)
        oldest = Retention(self.hosted).oldest
        return lambda event: (
            of_type(event.type)
            and event.time >= oldest(event.type)
            and (filter_ is None or filter_.wants(event))
        )

    def _at(self, place: int) -> Logged | None:
        with self._log.reader(place) as reader:
            found = reader.take(1, reading.SOON)
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
