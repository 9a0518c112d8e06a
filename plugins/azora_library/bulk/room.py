"""What bulk edits bring to the library."""

from azora import Job
from azora.room import Room
from azora_library.bulk import contracts
from azora_library.bulk.errors import ERRORS
from azora_library.bulk.models import TABLES
from azora_library.bulk.pages import PAGES
from azora_library.bulk.service import BulkEdits, BulkLabour

ROOM = Room(
    services=[BulkEdits, BulkLabour],
    events=[contracts.BulkEditAdvanced, contracts.BulkEditApplied, contracts.BulkEditUndone],
    errors=ERRORS,
    pages=PAGES,
    jobs=[Job("expire_bulk_edits", "35 2 * * *")],
    tables=TABLES,
)
