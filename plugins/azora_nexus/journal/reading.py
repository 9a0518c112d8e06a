"""Events of the log and of its index as they are shown."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from azora import NotFound
from azora.errors import Unavailable
from azora.events.log import Logged
from azora_nexus.journal.contracts import LoggedEvent, WholeEvent
from azora_nexus.journal.index import trace_of
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.patterns import condition
from azora_nexus.journal.retention import Retention

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 0.3
"""Seconds that a log may take to hand out what it has."""
SOON = 5.0


def find(plugin: "HostedPlugin", id_: str) -> EventRow:
    """An event of the index. Raises NotFound where there is none, or one that is too old to be shown."""
    shown = Retention(plugin).shown()
    row: EventRow | None = EventRow.get_or_none((EventRow.id == id_) & shown)
    if row is None:
        raise NotFound(
            "The log has no such event, or has forgotten it.", code="nexus.event_not_found"
        )
    return row


def start_of_last(count: int, pattern: str) -> int:
    """The offset of the first of the last `count` events, as far as they are indexed."""
    query = EventRow.select(EventRow.place).order_by(EventRow.place.desc()).limit(count)
    wanted = condition(EventRow.type, pattern)
    if wanted is not None:
        query = query.where(wanted)
    return min((row.place for row in query), default=0)


def whole(logged: Logged) -> WholeEvent:
    """An event of the log with what it tells."""
    event = logged.envelope
    return WholeEvent(
        offset=logged.offset,
        id=event.id,
        type=event.type,
        source=event.source,
        version=event.version,
        time=moment(event.time),
        key=event.key,
        trace=trace_of(event.traceparent),
        cause=event.cause,
        data=told(event.data),
    )


def indexed(row: EventRow) -> LoggedEvent:
    """An event of the index."""
    return LoggedEvent(
        offset=row.place,
        id=row.id,
        type=row.type,
        source=row.source,
        version=row.version,
        time=moment(row.at),
        key=row.key,
        trace=row.trace,
        cause=row.cause,
    )


def silent() -> Unavailable:
    """What to raise where the log hands nothing out, though there is something at that place."""
    return Unavailable("The log does not answer.", code="nexus.log_silent")


def told(data: bytes) -> Any:
    """What an event tells; of one that a stranger sent and that is no JSON, its text."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode("utf-8", "replace")


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
