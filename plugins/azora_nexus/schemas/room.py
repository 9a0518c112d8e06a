"""What the registry of types brings to nexus."""

from azora import ErrorCode
from azora.room import Room
from azora_nexus.schemas.pages import PAGES
from azora_nexus.schemas.service import Schemas

ROOM = Room(
    services=[Schemas],
    errors=[
        ErrorCode(
            "nexus.type_not_found",
            404,
            "No installed plugin tells events of this type.",
            "`GET /api/nexus/types` lists them.",
        )
    ],
    pages=PAGES,
)
