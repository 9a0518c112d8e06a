"""The library's front door: what it is made of, and what it does at the moments of a campus's life."""

from typing import TYPE_CHECKING

from azora import Plugin, hookimpl
from azora.room import joined
from azora_library.bulk.room import ROOM as BULK
from azora_library.catalogue.room import ROOM as CATALOGUE
from azora_library.circulation.room import ROOM as CIRCULATION
from azora_library.custom.room import ROOM as CUSTOM
from azora_library.discovery.room import ROOM as DISCOVERY
from azora_library.drafts.room import ROOM as DRAFTS
from azora_library.exchange.room import ROOM as EXCHANGE
from azora_library.figures.room import ROOM as FIGURES
from azora_library.harvest.room import ROOM as HARVEST
from azora_library.history.room import ROOM as HISTORY
from azora_library.imports.room import ROOM as IMPORTS
from azora_library.lookup.room import ROOM as LOOKUP
from azora_library.merging.room import ROOM as MERGING
from azora_library.reading.room import ROOM as READING
from azora_library.saved.room import ROOM as SAVED
from azora_library.settings import LibrarySettings
from azora_library.sharing.room import ROOM as SHARING
from azora_library.shelves.room import ROOM as SHELVES
from azora_library.subjects.room import ROOM as SUBJECTS

if TYPE_CHECKING:
    import typer

    from azora.data.database import PluginDatabase
    from azora.demo import DemoRemoved
    from azora.hosted import HostedPlugin


ROOMS = (
    CATALOGUE,
    CUSTOM,
    SUBJECTS,
    FIGURES,
    LOOKUP,
    DISCOVERY,
    EXCHANGE,
    SHARING,
    CIRCULATION,
    SHELVES,
    READING,
    HISTORY,
    DRAFTS,
    MERGING,
    SAVED,
    BULK,
    IMPORTS,
    HARVEST,
)


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="library",
        summary="A catalogue of books, articles, videos, documents and presentations",
        settings=LibrarySettings,
        **joined(ROOMS),
    )


@hookimpl
def register_commands(cli: "typer.Typer") -> None:
    from azora_library.exchange import commands

    commands.register(cli)


@hookimpl
def startup(plugin: "HostedPlugin") -> None:
    from azora_library.harvest.running import Harvester
    from azora_library.imports.running import Carrier

    plugin.background(Carrier(plugin).round)
    plugin.background(Harvester(plugin).round)


@hookimpl
def seed(plugin: "HostedPlugin", demo: bool) -> None:
    from azora_library import demo as works

    if demo:
        works.seed(plugin)


@hookimpl
def add_demo(plugin: "HostedPlugin") -> list[str]:
    from azora_library import demo

    return demo.add(plugin)


@hookimpl
def remove_demo(plugin: "HostedPlugin", dry_run: bool) -> "DemoRemoved":
    from azora_library import demo

    return demo.remove(plugin, dry_run=dry_run)


@hookimpl
def reindex(database: "PluginDatabase") -> None:
    from azora_library.discovery import reindexing

    reindexing.reindex(database)


@hookimpl
def erase_subject(plugin: "HostedPlugin", subject: str) -> str:
    from azora_library import people

    return people.erase(plugin, subject)


@hookimpl
def export_subject(plugin: "HostedPlugin", subject: str) -> dict[str, object]:
    from azora_library import people

    return people.export(plugin, subject)
