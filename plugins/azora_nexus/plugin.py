"""Nexus's front door: what it is made of, and what it does beside its calls."""

from typing import TYPE_CHECKING

from azora import Plugin, hookimpl
from azora.room import joined
from azora_nexus.handlers.room import ROOM as HANDLERS
from azora_nexus.journal.room import ROOM as JOURNAL
from azora_nexus.overview.room import ROOM as OVERVIEW
from azora_nexus.parked.room import ROOM as PARKED
from azora_nexus.replays.room import ROOM as REPLAYS
from azora_nexus.settings import NexusSettings

if TYPE_CHECKING:
    import typer

    from azora.hosted import HostedPlugin

ROOMS = (JOURNAL, OVERVIEW, HANDLERS, PARKED, REPLAYS)


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="nexus",
        summary="Every event of the campus: kept, shown, replayed and repaired",
        settings=NexusSettings,
        keeps_log=True,
        **joined(ROOMS),
    )


@hookimpl
def register_commands(cli: "typer.Typer") -> None:
    from azora_nexus import commands

    commands.register(cli)


@hookimpl
def startup(plugin: "HostedPlugin") -> None:
    from azora_nexus.journal.index import Indexer
    from azora_nexus.replays.runner import Runner

    assert plugin.event_log is not None
    plugin.background(Indexer(plugin, plugin.event_log).round)
    plugin.background(Runner(plugin, plugin.event_log).round)
