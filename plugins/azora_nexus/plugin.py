"""Nexus's front door: what it is made of, and what it does beside its calls."""

from typing import TYPE_CHECKING

from azora import Plugin, hookimpl
from azora.room import joined
from azora_nexus.journal.room import ROOM as JOURNAL
from azora_nexus.settings import NexusSettings

if TYPE_CHECKING:
    import typer

    from azora.hosted import HostedPlugin

ROOMS = (JOURNAL,)


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

    assert plugin.event_log is not None
    plugin.background(Indexer(plugin, plugin.event_log).round)
