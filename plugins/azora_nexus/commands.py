"""`azora events …`: what the log adds to the commands that are there without it."""

from typing import TYPE_CHECKING

import typer

from azora_nexus.journal import commands as journal
from azora_nexus.replays import commands as replays
from azora_nexus.schemas import commands as schemas

if TYPE_CHECKING:
    from collections.abc import Callable


def register(cli: typer.Typer) -> None:
    """Add the group `events`, whose commands stand beside Azora's own."""
    events = typer.Typer(name="events", help="The log of all events.", no_args_is_help=True)
    for command in COMMANDS:
        events.command()(command)
    cli.add_typer(events, name="events")


COMMANDS: "tuple[Callable[..., None], ...]" = (
    journal.tail,
    journal.show,
    replays.replay,
    schemas.types,
)
