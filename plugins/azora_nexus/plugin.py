"""Nexus's front door: what it is made of, and what it does beside its calls."""

from typing import TYPE_CHECKING

from azora import Plugin, hookimpl
from azora.room import joined
from azora_nexus.handlers.room import ROOM as HANDLERS
from azora_nexus.journal.room import ROOM as JOURNAL
from azora_nexus.overview.room import ROOM as OVERVIEW
from azora_nexus.parked.room import ROOM as PARKED
from azora_nexus.replays.room import ROOM as REPLAYS
from azora_nexus.schemas.room import ROOM as SCHEMAS
from azora_nexus.settings import NexusSettings
from azora_nexus.subscriptions.room import ROOM as SUBSCRIPTIONS

if TYPE_CHECKING:
    import typer

    from azora.hosted import HostedPlugin

ROOMS = (JOURNAL, OVERVIEW, HANDLERS, PARKED, REPLAYS, SUBSCRIPTIONS, SCHEMAS)


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="nexus",
        summary="Every event of the campus: kept, shown, replayed and repaired",
        settings=NexusSettings,
        keeps_log=True,
        calls=["*.events_*"],
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
    from azora_nexus.subscriptions.planner import Planner
    from azora_nexus.subscriptions.sender import Sender

    log = plugin.event_log
    assert log is not None
    for worker in (Indexer, Runner, Planner, Sender):
        plugin.background(worker(plugin, log).round)


@hookimpl
def erase_subject(plugin: "HostedPlugin", subject: str) -> str:
    from azora_nexus import people

    return people.erase(plugin, subject)


@hookimpl
def export_subject(plugin: "HostedPlugin", subject: str) -> dict[str, object]:
    from azora_nexus import people

    return people.export(subject)
