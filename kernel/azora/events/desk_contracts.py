"""What every plugin with handlers is asked about its deliveries, and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from azora.handlers import LARGEST_BATCH
from azora.messages import Reply, Request

HandlerName = Annotated[str, Field(min_length=1, max_length=200)]
EventId = Annotated[str, Field(min_length=1, max_length=1000)]
Mode = Literal["runs", "paused", "held"]
BATCH = 500


class EventSchema(Reply):
    """One schema of one version of a type of event; the last of a version is the one in use."""

    type: str
    version: int
    digest: str
    since: datetime
    json_schema: dict[str, Any]


class EventSchemas(Reply):
    items: list[EventSchema]


class HandlerStanding(Reply):
    """One handler: what waits for it, and what it did within the last minute.

    `queued` is what the broker has not handed over yet; `oldest` is when the oldest event that waits in
    the inbox was told.
    """

    plugin: str
    handler: str
    event: str
    ordered: bool
    attempts: int
    mode: Mode
    queued: int
    waiting: int
    retrying: int
    running: int
    parked: int
    done: int
    oldest: datetime | None = None


class EventsStanding(Reply):
    """All handlers of a plugin, and the events that it told and that nobody has taken over yet."""

    items: list[HandlerStanding]
    unsent: int
    oldest_unsent: datetime | None = None


class ListParked(Request):
    """Parked events, oldest first: all of a plugin, of one handler, or one event alone."""

    handler: str = Field("", max_length=200)
    id: str = Field("", max_length=1000)
    limit: int = Field(100, ge=1, le=BATCH)


class Parked(Reply):
    """An event that a handler gave up on. `behind` later ones of its key wait for it."""

    plugin: str
    handler: str
    id: str
    type: str
    version: int
    key: str | None
    told: datetime
    parked: datetime
    attempts: int
    error: str
    stack: str
    traceparent: str | None
    cause: str | None
    behind: int
    data: Any


class ParkedEvents(Reply):
    items: list[Parked]


class RedriveParked(Request):
    """Give events to their handlers again; without `ids` all that are parked."""

    ids: list[EventId] | None = Field(None, max_length=BATCH)
    handler: str = Field("", max_length=200)


class EditParked(Request):
    """Let one parked event tell something else, and give it to its handler again."""

    id: EventId
    handler: HandlerName
    data: dict[str, Any]


class DiscardParked(RedriveParked):
    """Give events up; those of their keys that wait behind them go on."""

    reason: str = Field(min_length=3, max_length=500)


class Released(Reply):
    """How many deliveries that were."""

    count: int


class StopHandler(Request):
    """`paused`: nothing runs. `held`: what arrives waits, while what is replayed runs."""

    handler: HandlerName
    mode: Literal["paused", "held"] = "paused"


class ResumeHandler(Request):
    handler: HandlerName


class GivenEvent(Request):
    """An event of the log as it was told; personal fields are sealed as they were."""

    id: EventId
    source: str
    type: str
    version: int
    time: float
    key: str | None = None
    data: str
    traceparent: str | None = None
    cause: str | None = None


class GiveEvents(Request):
    """Give events of the log to one handler: those that it never had, or, with `again`, every one.

    A batch of one `replay` that reaches no further than an earlier one was here already: `place` says how
    far it reaches.
    """

    handler: HandlerName
    events: list[GivenEvent] = Field(max_length=LARGEST_BATCH)
    replay: str = Field("", max_length=100)
    place: int = 0
    again: bool = False


class Waiting(Reply):
    """How many events wait for the handler now."""

    count: int


class FindDeliveries(Request):
    """What became of these events here?"""

    ids: list[EventId] = Field(max_length=BATCH)


class SettledDelivery(Reply):
    """One event in one handler; `changed` is when its state last did."""

    plugin: str
    handler: str
    event: str
    state: str
    attempts: int
    told: datetime
    changed: datetime
    error: str | None = None


class Deliveries(Reply):
    items: list[SettledDelivery]
