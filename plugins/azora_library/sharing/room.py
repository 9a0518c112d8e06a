"""What sharing brings to the library."""

from azora.room import Room
from azora_library.sharing import contracts
from azora_library.sharing.models import TABLES
from azora_library.sharing.pages import PAGES
from azora_library.sharing.requests import AccessRequests
from azora_library.sharing.service import Sharing

ROOM = Room(
    services=[Sharing, AccessRequests],
    events=[
        contracts.AccessAsked,
        contracts.AccessGranted,
        contracts.AccessRefused,
        contracts.AccessEnded,
    ],
    needs=[contracts.Identity],
    pages=PAGES,
    tables=TABLES,
)
