"""A room: what one folder of a large plugin brings. The plugin's front door joins its rooms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from azora.contract import ErrorCode, Job, Permission
from azora.messages import Event
from azora.page import Page, Panel


@dataclass(frozen=True)
class Room:
    """The sequences of a `Plugin`, as far as one room fills them."""

    services: Sequence[type] = ()
    events: Sequence[type[Event]] = ()
    needs: Sequence[type] = ()
    permissions: Sequence[Permission] = ()
    errors: Sequence[ErrorCode] = ()
    pages: Sequence[Page] = ()
    panels: Sequence[Panel] = ()
    jobs: Sequence[Job] = ()
    tables: Sequence[type] = ()


def joined(rooms: Iterable[Room]) -> dict[str, Any]:
    """What all rooms bring together: `Plugin(name=…, summary=…, **joined(ROOMS))`."""
    found = list(rooms)
    return {
        field.name: tuple(one for room in found for one in getattr(room, field.name))
        for field in fields(Room)
    }
