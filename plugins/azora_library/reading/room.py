"""What reading brings to the library."""

from azora import Job
from azora.room import Room
from azora_library.reading.checking import Checking
from azora_library.reading.contracts import FileDamaged
from azora_library.reading.errors import ERRORS
from azora_library.reading.models import TABLES
from azora_library.reading.pages import PAGES
from azora_library.reading.service import Captioning, Reading

ROOM = Room(
    services=[Reading, Captioning, Checking],
    events=[FileDamaged],
    errors=ERRORS,
    pages=PAGES,
    jobs=[Job("verify_files", "25 * * * *")],
    tables=TABLES,
)
