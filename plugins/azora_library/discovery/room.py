"""What discovery brings to the library."""

from azora.room import Room
from azora_library.discovery.models import TABLES
from azora_library.discovery.service import Discovery

ROOM = Room(services=[Discovery], tables=TABLES)
