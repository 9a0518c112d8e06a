"""What is asked about types of events."""

from typing import Any

from pydantic import Field

from azora import Reply, Request
from azora.events.desk_contracts import EventSchema


class TypeRef(Request):
    type: str = Field(max_length=300)


class EventType(Reply):
    """A type of event as it is told now. `readers` are the handlers that take it."""

    type: str
    plugin: str
    summary: str
    version: int
    key: str | None
    personal: list[str]
    keep_days: float
    readers: list[str]


class EventTypes(Reply):
    items: list[EventType]


class TypeWithSchemas(EventType):
    """With its schema now, and every schema of every version that was in use."""

    json_schema: dict[str, Any]
    schemas: list[EventSchema]
