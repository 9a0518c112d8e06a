"""What the care for handlers brings to nexus."""

from azora import Permission
from azora.room import Room
from azora_nexus.handlers.contracts import MANAGE
from azora_nexus.handlers.service import Handlers

ROOM = Room(
    services=[Handlers],
    permissions=[Permission(MANAGE, "Stop handlers, replay events and keep subscriptions")],
)
