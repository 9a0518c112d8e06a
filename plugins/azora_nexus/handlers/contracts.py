"""What is asked about handlers."""

from typing import Literal

from pydantic import Field

from azora import Reply, Request
from azora.events.desk_contracts import HandlerName, HandlerStanding
from azora_nexus.parked.contracts import PluginName

MANAGE = "nexus.manage"


class ListHandlers(Request):
    """The handlers of the campus, or of one plugin."""

    plugin: str = Field("", max_length=60)


class Outbox(Reply):
    """Events that a plugin told and that nobody has taken over yet."""

    plugin: str
    unsent: int


class Handlers(Reply):
    """`missing` names the plugins that did not answer."""

    items: list[HandlerStanding]
    outboxes: list[Outbox]
    missing: list[str]


class HandlerRef(Request):
    plugin: PluginName
    handler: HandlerName


class StopOne(HandlerRef):
    """`paused`: nothing runs. `held`: what arrives waits, while what is replayed runs."""

    mode: Literal["paused", "held"] = "paused"
