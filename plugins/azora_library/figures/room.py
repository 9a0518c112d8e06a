"""What figures bring to the library."""

from azora import Job
from azora.room import Room
from azora_library.figures.models import TABLES
from azora_library.figures.pages import PAGES
from azora_library.figures.service import ERRORS, Figures

ROOM = Room(
    services=[Figures],
    errors=ERRORS,
    pages=PAGES,
    jobs=[Job("forget_visitors", "*/4 * * * *")],
    tables=TABLES,
)
