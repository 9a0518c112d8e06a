"""What the overview brings to nexus."""

from azora.room import Room
from azora_nexus.overview.pages import PAGES
from azora_nexus.overview.service import Overview

ROOM = Room(services=[Overview], pages=PAGES)
