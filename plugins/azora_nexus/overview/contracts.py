"""What is asked about the flow of events as a whole."""

from datetime import datetime
from typing import Literal

from azora import Reply


class TypeRate(Reply):
    """Events of one type: within a minute, an hour, a day."""

    type: str
    minute: int
    hour: int
    day: int


class Flow(Reply):
    """How many events were told: now, and in each of the last sixty minutes, the oldest first."""

    checked: datetime
    minute: int
    hour: int
    minutes: list[int]
    types: list[TypeRate]
    newest: datetime | None


class Link(Reply):
    """One step of a chain: an event, or what a handler did with it.

    `parent` is the number of the step above; `milliseconds` is how long after the event it was so.
    """

    kind: Literal["event", "delivery"]
    parent: int | None
    id: str
    name: str
    state: str
    at: datetime
    milliseconds: float
    asked: bool


class Chain(Reply):
    """An event with everything that led to it and that it led to; `cut` where that is too much.

    `picture` is the same as an SVG image.
    """

    links: list[Link]
    picture: str
    cut: bool
    missing: list[str]
