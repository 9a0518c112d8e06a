"""What the log is asked and answers."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from azora import ListReply, ListRequest, Reply, Request

READ, KEEP = "nexus.read", "nexus.keep_log"
EventId = Annotated[str, Field(min_length=1, max_length=1000)]
Pattern = Annotated[
    str,
    Field(
        max_length=300,
        pattern=r"^[a-z0-9_.*, ]*$",
        description="`library.resource_added`, `library.*`; several with commas between them.",
    ),
]


Expression = Annotated[
    str,
    Field(
        max_length=2000,
        description="CESQL 1.0: `type LIKE 'library.%' AND partitionkey = 'a'`; without one all.",
    ),
]


class LoggedEvent(Reply):
    """An event at its place in the log, without what it tells."""

    offset: int
    id: str
    type: str
    source: str
    version: int
    time: datetime
    key: str | None = Field(None, description="Events of one key keep their order.")
    trace: str | None = Field(None, description="The trace in which it was told.")
    cause: str | None = Field(None, description="The id of the event that led to it.")


class WholeEvent(LoggedEvent):
    """An event with what it tells; a sealed personal field is `{"$sealed": …}`."""

    data: Any = None


class ReadLog(Request):
    """A stretch of the log, oldest first."""

    offset: int | None = Field(
        None, ge=0, description="The first offset to read; without one the last `limit` events."
    )
    limit: int = Field(100, ge=1, le=500)
    type: Pattern = ""
    filter: Expression = ""
    wait: float = Field(
        0, ge=0, le=20, description="Seconds to wait where there is nothing to read yet."
    )


class LogPage(Reply):
    """`next` is the offset from which to read on, also where nothing was found."""

    items: list[WholeEvent]
    next: int


class ListEvents(ListRequest):
    """Events of the whole campus, newest first."""

    limit: int = Field(30, ge=1, le=200)
    type: Pattern = ""
    source: str = Field("", max_length=60, description="Only what this plugin told.")
    key: str = Field("", max_length=1000)
    trace: str = Field("", max_length=32, pattern="^[0-9a-f]*$")
    since: datetime | None = None
    until: datetime | None = None


class EventPage(ListReply[LoggedEvent]):
    """One page of the log's index."""


class EventRef(Request):
    id: EventId


class Forgotten(Reply):
    """How many events were too old."""

    count: int
