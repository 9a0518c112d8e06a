"""What merging brings to the library."""

from azora.room import Room
from azora_library.merging.errors import ERRORS
from azora_library.merging.pages import PAGES
from azora_library.merging.service import Merging

ROOM = Room(services=[Merging], errors=ERRORS, pages=PAGES)
