"""What saved searches bring to the library."""

from azora import Job, Panel, Permission
from azora.room import Room
from azora_library.saved.alerts import Alerts
from azora_library.saved.contracts import SavedSearchFound
from azora_library.saved.errors import ERRORS
from azora_library.saved.feed import Feeds
from azora_library.saved.models import TABLES
from azora_library.saved.pages import HERE, PAGES
from azora_library.saved.service import SAVE, SavedSearches

ROOM = Room(
    services=[SavedSearches, Alerts, Feeds],
    events=[SavedSearchFound],
    permissions=[
        Permission(SAVE, "Save searches, and hear of what is new", own=True, members=True)
    ],
    errors=ERRORS,
    pages=PAGES,
    panels=[
        Panel(
            "new",
            "New in your searches",
            "list_alerts",
            f"{HERE}/{{id}}",
            fresh="found",
            more=HERE,
        )
    ],
    jobs=[Job("look_for_new", "20 4 * * *")],
    tables=TABLES,
)
