"""What exchange brings to the library."""

from azora.room import Room
from azora_library.exchange.service import Imports

ROOM = Room(services=[Imports])
