"""What the repair of parked events brings to nexus."""

from azora import ErrorCode, Permission
from azora.room import Room
from azora_nexus.parked.contracts import REPAIR
from azora_nexus.parked.pages import PAGES
from azora_nexus.parked.service import ParkedEvents

ROOM = Room(
    services=[ParkedEvents],
    permissions=[Permission(REPAIR, "Redrive, edit and discard parked events")],
    errors=[
        ErrorCode(
            "nexus.not_parked",
            404,
            "The event is not parked: somebody redrove or discarded it.",
            "List the parked events again.",
        ),
        ErrorCode(
            "nexus.no_listener",
            404,
            "No plugin of this name listens to events, or it has no such handler.",
            "`GET /api/nexus/handlers` lists them.",
        ),
        ErrorCode(
            "nexus.malformed",
            422,
            "A field is not written as it must be; the message says how.",
            "Write it so.",
        ),
    ],
    pages=PAGES,
)
