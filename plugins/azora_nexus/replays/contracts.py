"""What is asked about replays."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from azora import ListReply, ListRequest, Reply, Request
from azora.events.desk_contracts import HandlerName
from azora_nexus.journal.contracts import Expression
from azora_nexus.parked.contracts import PluginName

State = Literal["running", "paused", "done", "cancelled", "failed"]


class StartReplay(Request):
    """A stretch of the log for one handler: by offset or time, narrowed by a filter.

    Without bounds it is the whole log up to now. Events that the handler had already are passed over,
    unless `again` asks for every one. With `hold`, what is told meanwhile waits until the replay is done:
    a plugin that was installed today so learns the past before it goes live.
    """

    plugin: PluginName
    handler: HandlerName
    since_offset: int | None = Field(None, ge=0)
    since: datetime | None = None
    until_offset: int | None = Field(None, ge=0, description="The first offset that is left out.")
    until: datetime | None = None
    filter: Expression = ""
    pace: float = Field(
        0,
        ge=0,
        le=1_000_000,
        description="0 is full speed, 1 the pace at which the events were told, 60 an hour in a minute.",
    )
    again: bool = False
    hold: bool = False


class ReplayRef(Request):
    id: str = Field(max_length=36)


class ListReplays(ListRequest):
    """Replays, the newest first."""


class Replay(Reply):
    """`passed` of `total` events of the stretch were looked at, and `given` of them given."""

    id: str
    plugin: str
    handler: str
    event: str
    since_offset: int
    offset: int
    until_offset: int
    filter: str
    pace: float
    again: bool
    hold: bool
    state: State
    passed: int
    given: int
    total: int
    error: str | None
    asked_by: str
    asked: datetime
    changed: datetime


class Replays(ListReply[Replay]):
    """One page of replays."""
