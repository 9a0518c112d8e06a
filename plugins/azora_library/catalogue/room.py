"""What the catalogue brings to the library."""

from azora import Job, Permission
from azora.room import Room
from azora_library.catalogue import contracts
from azora_library.catalogue.access import MANAGE, READ
from azora_library.catalogue.addresses import RecordAddresses
from azora_library.catalogue.models import TABLES
from azora_library.catalogue.pages import PAGES
from azora_library.catalogue.service import Counters, Resources, Vocabulary
from azora_library.errorcodes import ERRORS
from azora_library.panels import PANELS

ROOM = Room(
    services=[Resources, Vocabulary, Counters, RecordAddresses],
    events=[
        contracts.ResourceAdded,
        contracts.ResourceChanged,
        contracts.ResourceRemoved,
        contracts.ResourceDownloaded,
    ],
    permissions=[
        Permission(MANAGE, "Add, change, import and remove resources"),
        Permission(READ, "Read what the library keeps for members", own=True, members=True),
    ],
    errors=ERRORS,
    pages=PAGES,
    panels=PANELS,
    jobs=[Job("sweep_files", "40 2 * * *"), Job("lift_embargoes", "4 * * * *")],
    tables=TABLES,
)
