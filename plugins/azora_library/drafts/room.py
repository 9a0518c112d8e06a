"""What drafts bring to the library."""

from azora import Job, Panel
from azora.room import Room
from azora_library.drafts.errors import ERRORS
from azora_library.drafts.models import TABLES
from azora_library.drafts.pages import PAGES
from azora_library.drafts.service import Drafts

PANELS = (
    Panel("due", "Your drafts", "list_drafts", "{address}", when="at", more="/library/drafts"),
)

ROOM = Room(
    services=[Drafts],
    errors=ERRORS,
    pages=PAGES,
    panels=PANELS,
    jobs=[Job("expire_drafts", "25 2 * * *")],
    tables=TABLES,
)
