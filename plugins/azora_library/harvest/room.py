"""What harvests bring to the library."""

from azora import Job
from azora.room import Room
from azora_library.harvest.errors import ERRORS
from azora_library.harvest.models import TABLES
from azora_library.harvest.pages import PAGES
from azora_library.harvest.service import Harvests

ROOM = Room(
    services=[Harvests],
    errors=ERRORS,
    pages=PAGES,
    jobs=[Job("start_daily_harvests", "10 1 * * *")],
    tables=TABLES,
)
