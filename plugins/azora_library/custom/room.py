"""What the fields that a campus declares bring to the library."""

from azora import Permission
from azora.room import Room
from azora_library.custom.contracts import FieldReworked
from azora_library.custom.errors import ERRORS
from azora_library.custom.models import TABLES
from azora_library.custom.pages import PAGES
from azora_library.custom.service import DECLARE, Fields

ROOM = Room(
    services=[Fields],
    events=[FieldReworked],
    permissions=[Permission(DECLARE, "Declare further fields of resources")],
    errors=ERRORS,
    pages=PAGES,
    tables=TABLES,
)
