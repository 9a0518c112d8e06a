"""Makes one plugin's database ready beside the one that is there."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from azora.backup.archive import Manifest
from azora.backup.loading import Source, load
from azora.data.database import PluginDatabase
from azora.data.migrations import load_migrations, migrate
from azora.data.sqlite import SqliteFile

if TYPE_CHECKING:
    from azora.registry import LoadedPlugin, Registry
    from azora.settings import CampusSettings

READY_SCHEMA = "{}__restoring"


@dataclass
class Staged:
    """A database that waits for its place: a file, or a schema at `url`."""

    plugin: str
    file: Path | None
    url: str | None
    left_out: list[str] = field(default_factory=list)


def stage_database(
    campus: "CampusSettings",
    registry: "Registry",
    stage: Path,
    manifest: Manifest,
    name: str,
    alone: str | None,
) -> Staged:
    """The database of a plugin as the backup has it, on the product that this campus uses."""
    part, url = manifest.plugins[name], campus.database_url_of(name)
    source = Source(stage, name, part)
    if url is None and part.form == "sqlite":
        database: PluginDatabase = SqliteFile(name, stage)
        staged = Staged(name, stage / "db" / f"{name}.db", None)
    else:
        database = _empty(name, url, stage)
        file = stage / "db" / f"{name}.db" if url is None else None
        staged = Staged(name, file, url)
        staged.left_out = _built(database, url, source, registry.plugins[name], registry)
    _wake(database, manifest, campus.event_retention_days * 86_400.0 if alone else None)
    database.close()
    return staged


def _empty(name: str, url: str | None, stage: Path) -> PluginDatabase:
    if url is None:
        return SqliteFile(name, stage)
    from azora.backup.postgres_switch import drop
    from azora.data.postgres import PostgresSchema

    drop(url, READY_SCHEMA.format(name))
    return PostgresSchema(READY_SCHEMA.format(name), url)


def _built(
    database: PluginDatabase,
    url: str | None,
    source: Source,
    loaded: "LoadedPlugin",
    registry: "Registry",
) -> list[str]:
    """Build the tables as they were, fill them, and bring them to today's form; the tables left out."""
    module, tables = load_migrations(loaded.package), loaded.plugin.tables
    migrate(database, module, tables, source.part.history)
    left_out = load(database, url, source)
    migrate(database, module, tables)
    if not left_out:
        return []
    database.bind(tables)
    for hook in registry.hooks.hook.reindex.get_hookimpls():
        if hook.plugin is loaded.module:
            hook.function(database=database)
            return []
    return [table for table in left_out if not table.startswith("azora_")]


def _wake(database: PluginDatabase, manifest: Manifest, retention: float | None) -> None:
    """Let what counts days not count those for which the campus slept, and nobody hold what a process held.

    An event that is both handed over and still in an outbox is given again: its handler must still
    remember it. A plugin that is restored alone (`retention`) drops what the others have forgotten.
    """
    now = time.time()
    age = max(0.0, now - manifest.at)
    with database.transaction():
        if database.has_table("azora_leases"):
            database.execute("UPDATE azora_leases SET until = 0")
        if database.has_table("azora_inbox"):
            database.execute(
                "UPDATE azora_inbox SET changed = changed + ? WHERE state IN ('done', 'discarded')",
                age,
            )
        if database.has_table("azora_retold"):
            database.execute("UPDATE azora_retold SET changed = changed + ?", age)
        if database.has_table("azora_idempotency"):
            database.execute("UPDATE azora_idempotency SET until = until + ?", age)
        if retention is not None and database.has_table("azora_outbox"):
            database.execute("DELETE FROM azora_outbox WHERE time < ?", now - retention)
