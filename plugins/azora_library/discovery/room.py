"""What discovery brings to the library."""

from azora.room import Room
from azora_library.discovery.models import TABLES
from azora_library.discovery.pages import PAGES
from azora_library.discovery.service import Discovery

ROOM = Room(services=[Discovery], pages=PAGES, tables=TABLES)
