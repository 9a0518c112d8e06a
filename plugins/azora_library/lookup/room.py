"""What looking up brings to the library."""

from azora import Job
from azora.room import Room
from azora_library.lookup.models import TABLES
from azora_library.lookup.service import Lookup

ROOM = Room(services=[Lookup], jobs=[Job("forget_lookups", "25 3 * * 0")], tables=TABLES)
