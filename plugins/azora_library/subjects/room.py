"""What categories and tags bring to the library."""

from azora import Job
from azora.room import Room
from azora_library.subjects.contracts import TermRetired
from azora_library.subjects.errors import ERRORS
from azora_library.subjects.importing import Classifications
from azora_library.subjects.models import TABLES
from azora_library.subjects.pages import PAGES
from azora_library.subjects.service import Browsing, Categories, Moving
from azora_library.subjects.tags import Tags

ROOM = Room(
    services=[Browsing, Categories, Classifications, Tags, Moving],
    events=[TermRetired],
    errors=ERRORS,
    pages=PAGES,
    jobs=[Job("resume_moves", "10 3 * * *")],
    tables=TABLES,
)
