"""What lending brings to the library."""

from azora import Job, Panel, Permission
from azora.room import Room
from azora_library.circulation.borrowing import BORROW, Borrowing
from azora_library.circulation.desk import LEND, Desk
from azora_library.circulation.errors import ERRORS
from azora_library.circulation.events import EVENTS
from azora_library.circulation.models import TABLES
from azora_library.circulation.pages import PAGES
from azora_library.circulation.stockroom import Stockroom
from azora_library.circulation.tending import Tending

LOAN = "/library/{id}"

ROOM = Room(
    services=[Stockroom, Desk, Borrowing, Tending],
    events=EVENTS,
    permissions=[
        Permission(BORROW, "Borrow copies, and wait for them", own=True, members=True),
        Permission(LEND, "Lend copies and take them back, issue cards"),
    ],
    errors=ERRORS,
    pages=PAGES,
    panels=[
        Panel("due", "On loan to you", "list_due", LOAN, when="until", more="/library/loans"),
        Panel("due", "Ready for you", "list_ready", LOAN, when="until", more="/library/loans"),
    ],
    jobs=[Job("tend_loans", "10 5 * * *")],
    tables=TABLES,
)
