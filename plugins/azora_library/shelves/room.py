"""What shelves bring to the library."""

from azora import Permission
from azora.room import Room
from azora_library.shelves.contracts import CollectionChanged
from azora_library.shelves.errors import ERRORS
from azora_library.shelves.models import TABLES
from azora_library.shelves.pages import PAGES
from azora_library.shelves.service import KEEP, Shelves, Shelving

ROOM = Room(
    services=[Shelves, Shelving],
    events=[CollectionChanged],
    permissions=[Permission(KEEP, "Keep reading lists of one's own", own=True, members=True)],
    errors=ERRORS,
    pages=PAGES,
    tables=TABLES,
)
