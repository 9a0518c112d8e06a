"""What is asked about parked events."""

from typing import Annotated

from pydantic import Field

from azora import Reply, Request
from azora.events.desk_contracts import EventId, HandlerName, Parked

REPAIR = "nexus.repair"
PluginName = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]


class ListParkedEvents(Request):
    """Events that handlers gave up on, oldest first in each plugin."""

    plugin: str = Field("", max_length=60)
    handler: str = Field("", max_length=200)
    limit: int = Field(100, ge=1, le=500, description="At most so many of each plugin.")


class ParkedPage(Reply):
    """`missing` names the plugins that did not answer: their events are not among these."""

    items: list[Parked]
    missing: list[str]


class ParkedRef(Request):
    plugin: PluginName
    handler: HandlerName
    id: EventId


class RedriveChosen(Request):
    """Give events to their handlers again."""

    chosen: list[str] = Field(
        min_length=1, max_length=500, description="Each as `plugin/handler/event`."
    )


class RedriveAll(Request):
    """Give every parked event of a plugin, or of one handler, to its handler again."""

    plugin: PluginName
    handler: str = Field("", max_length=200)


class DiscardOne(ParkedRef):
    """Give one event up."""

    reason: str = Field(min_length=3, max_length=500)


class EditOne(ParkedRef):
    """Let one event tell something else, and give it to its handler again."""

    data: str = Field(max_length=300_000, description="A JSON object.")


class Count(Reply):
    """How many deliveries that were."""

    count: int
