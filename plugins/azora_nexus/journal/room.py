"""What the log brings to nexus."""

from azora import ErrorCode, Job, Permission
from azora.room import Room
from azora_nexus.journal.contracts import KEEP, READ
from azora_nexus.journal.models import TABLES
from azora_nexus.journal.pages import PAGES
from azora_nexus.journal.service import Journal

ROOM = Room(
    services=[Journal],
    permissions=[
        Permission(READ, "Read every event of the campus"),
        Permission(KEEP, "Forget events that are too old"),
    ],
    errors=[
        ErrorCode(
            "nexus.event_not_found",
            404,
            "There is no such event, or the log has forgotten it.",
            "Look at how long events of its type are kept.",
        ),
        ErrorCode(
            "nexus.log_silent",
            503,
            "The broker hands nothing out of the log just now; nothing is lost.",
            "Try again; look at the broker's load.",
        ),
        ErrorCode(
            "nexus.filter_unreadable",
            422,
            "The filter is no CESQL expression; the message says where it cannot be read.",
            "Write it as `type LIKE 'library.%' AND partitionkey = 'a'`.",
        ),
    ],
    pages=PAGES,
    tables=TABLES,
    jobs=[Job("forget_events", "23 2 * * *")],
)
