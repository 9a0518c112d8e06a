"""The library's front door: what it is made of, and what it does at the moments of a campus's life."""

from typing import TYPE_CHECKING

from azora import Job, Permission, Plugin, hookimpl
from azora_library.catalogue import contracts
from azora_library.catalogue import models as catalogue
from azora_library.catalogue.access import MANAGE, READ
from azora_library.catalogue.pages import PAGES
from azora_library.catalogue.service import Counters, Resources, Vocabulary
from azora_library.circulation import events as lending
from azora_library.circulation import models as circulation
from azora_library.circulation import pages as lending_pages
from azora_library.circulation.borrowing import BORROW, Borrowing
from azora_library.circulation.desk import LEND, Desk
from azora_library.circulation.errors import ERRORS as LENDING_ERRORS
from azora_library.circulation.stockroom import Stockroom
from azora_library.circulation.tending import Tending
from azora_library.discovery.service import Discovery
from azora_library.errorcodes import ERRORS
from azora_library.exchange.service import Imports
from azora_library.panels import PANELS
from azora_library.settings import LibrarySettings
from azora_library.sharing import contracts as sharing_contracts
from azora_library.sharing import models as sharing
from azora_library.sharing.pages import PAGES as SHARING_PAGES
from azora_library.sharing.requests import AccessRequests
from azora_library.sharing.service import Sharing

if TYPE_CHECKING:
    import typer

    from azora.data.database import PluginDatabase
    from azora.hosted import HostedPlugin


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="library",
        summary="A catalogue of books, articles, videos, documents and presentations",
        services=[
            Resources,
            Vocabulary,
            Counters,
            Discovery,
            Imports,
            Sharing,
            AccessRequests,
            Stockroom,
            Desk,
            Borrowing,
            Tending,
        ],
        events=[
            contracts.ResourceAdded,
            contracts.ResourceChanged,
            contracts.ResourceRemoved,
            contracts.ResourceDownloaded,
            sharing_contracts.AccessAsked,
            sharing_contracts.AccessGranted,
            sharing_contracts.AccessRefused,
            sharing_contracts.AccessEnded,
            *lending.EVENTS,
        ],
        needs=[sharing_contracts.Identity],
        permissions=[
            Permission(MANAGE, "Add, change, import and remove resources"),
            Permission(READ, "Read what the library keeps for members", own=True, members=True),
            Permission(BORROW, "Borrow copies, and wait for them", own=True, members=True),
            Permission(LEND, "Lend copies and take them back, issue cards"),
        ],
        errors=[*ERRORS, *LENDING_ERRORS],
        pages=(*PAGES, *SHARING_PAGES, *lending_pages.PAGES),
        panels=PANELS,
        jobs=[
            Job("sweep_files", "40 2 * * *"),
            Job("lift_embargoes", "4 * * * *"),
            Job("tend_loans", "10 5 * * *"),
        ],
        tables=(*catalogue.TABLES, *sharing.TABLES, *circulation.TABLES),
        settings=LibrarySettings,
    )


@hookimpl
def register_commands(cli: "typer.Typer") -> None:
    from azora_library.exchange import commands

    commands.register(cli)


@hookimpl
def seed(plugin: "HostedPlugin") -> None:
    from azora_library import demo

    demo.seed(plugin)


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
