"""What imports bring to the library."""

from azora.room import Room
from azora_library.imports.errors import ERRORS
from azora_library.imports.models import TABLES
from azora_library.imports.pages import PAGES
from azora_library.imports.service import Importing

ROOM = Room(services=[Importing], errors=ERRORS, pages=PAGES, tables=TABLES)
