"""What exchange brings to the library."""

from azora.room import Room
from azora_library.exchange.exporting import Exports
from azora_library.exchange.models import TABLES
from azora_library.exchange.oai_provider import OaiProvider
from azora_library.exchange.pages import PAGES
from azora_library.exchange.service import Imports

ROOM = Room(services=[Imports, Exports, OaiProvider], pages=PAGES, tables=TABLES)
