"""What history brings to the library."""

from azora.room import Room
from azora_library.history.errors import ERRORS
from azora_library.history.models import TABLES
from azora_library.history.pages import PAGES
from azora_library.history.service import History

ROOM = Room(services=[History], errors=ERRORS, pages=PAGES, tables=TABLES)
