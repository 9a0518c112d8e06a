"""Which databases a campus has, and one moment of all of them, as the members of an archive."""

import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azora.backup import sqlite
from azora.backup.archive import Manifest

if TYPE_CHECKING:
    from azora.backup.resting import Rest
    from azora.backup.settings import BackupSettings
    from azora.backup.streams import KeptStreams
    from azora.registry import Registry
    from azora.settings import CampusSettings

Member = tuple[str, Path]


@dataclass(frozen=True)
class Databases:
    """SQLite files, and PostgreSQL schemas as (address of the database, schema).

    `rest` says how events come to rest before the moment; None where they need not. `broker` is where the
    logs of `keepers` are.
    """

    files: list[Path]
    schemas: list[tuple[str, str]]
    rest: "Rest | None"
    broker: str | None
    keepers: Collection[str]

    @property
    def plugins(self) -> set[str]:
        return {path.stem for path in self.files} | {schema for _, schema in self.schemas}


def databases_of(
    campus: "CampusSettings",
    registry: "Registry",
    settings: "BackupSettings",
    wanted: Collection[str] | None = None,
    *,
    logs: bool = True,
) -> Databases:
    """Every database that is there, of plugins that are not installed any more too; with the logs that a
    broker keeps, or without.
    """
    files, schemas = existing(campus, wanted)
    broker = str(campus.broker_url) if campus.broker_url else None
    there = {path.stem for path in files} | {schema for _, schema in schemas}
    keepers = sorted(there & set(registry.log_keepers())) if logs else []
    rest = _rest(campus, registry, settings, schemas)
    return Databases(files, schemas, rest, broker, keepers)


def existing(
    campus: "CampusSettings", wanted: Collection[str] | None = None
) -> tuple[list[Path], list[tuple[str, str]]]:
    """The SQLite files, and the schemas as (address of the database, schema), of some plugins or all."""
    files = [
        path
        for path in sorted((campus.data_dir / "db").glob("*.db"))
        if campus.database_url_of(path.stem) is None and (wanted is None or path.stem in wanted)
    ]
    schemas = [
        (url, schema)
        for url, schema in _schemas(campus)
        if campus.database_url_of(schema) == url and (wanted is None or schema in wanted)
    ]
    return files, schemas


def _schemas(campus: "CampusSettings") -> Iterator[tuple[str, str]]:
    urls = {*campus.database_urls.values(), campus.database_url} - {None}
    if not urls:
        return
    from azora.backup.postgres import plain_driver, schemas_of

    with plain_driver():
        for url in sorted(str(url) for url in urls):
            yield from ((url, schema) for schema in schemas_of(url))


def _rest(
    campus: "CampusSettings",
    registry: "Registry",
    settings: "BackupSettings",
    schemas: list[tuple[str, str]],
) -> "Rest | None":
    """In queues events are in no database, and between two databases their moments differ a little."""
    if not schemas:
        return None
    from azora.backup.resting import Rest

    if campus.broker_url is None:
        return Rest(0.0) if len({url for url, _ in schemas}) > 1 else None
    from azora.rpc.queues import queue_of

    handlers = [
        (loaded.name, handler)
        for loaded in registry.plugins.values()
        for _, _, handler in loaded.handlers.values()
    ]
    slowest = max((handler.timeout for _, handler in handlers), default=0.0)
    return Rest(
        slowest if settings.hold is None else settings.hold,
        str(campus.broker_url),
        [queue_of(plugin, handler) for plugin, handler in handlers],
    )


class Moment:
    """All databases as they were at one time, `at`; `queued_events` were in no database."""

    def __init__(
        self,
        readers: dict[Path, Any],
        rows: dict[str, Any],
        databases: Databases,
        queued_events: int,
        logs: "KeptStreams | None",
    ) -> None:
        self.at, self.queued_events = time.time(), queued_events
        self._logs = logs
        self._readers, self._rows, self._databases = readers, rows, databases

    def members(self, work: Path, manifest: Manifest) -> Iterator[Member]:
        """Each database, written when its turn comes and removed after it."""
        for path, reader in self._readers.items():
            target = work / path.name
            part = manifest.plugins[path.stem] = sqlite.copied(reader, target)
            if self._logs:
                self._logs.add_to_file(path.stem, target, part, self.at)
            yield f"db/{path.name}", target
            target.unlink()
        for url, schema in self._databases.schemas:
            from azora.backup import postgres

            for table, target, part in postgres.copied(self._rows[url], schema, work):
                manifest.plugins[schema] = part
                if self._logs and table == "azora_log":
                    self._logs.add_rows(schema, target, part, self.at)
                yield f"rows/{schema}/{table}", target
                target.unlink()


@contextmanager
def one_moment(databases: Databases) -> Iterator[Moment]:
    """See every database as it is now, for as long as the body runs."""
    with ExitStack() as stack:
        rows, queued, logs = stack.enter_context(_postgres(databases))
        readers = stack.enter_context(sqlite.one_moment(databases.files))
        yield Moment(readers, rows, databases, queued, logs or _logs(databases))


@contextmanager
def _postgres(databases: Databases) -> Iterator[tuple[dict[str, Any], int, "KeptStreams | None"]]:
    """The logs go as far as what the databases know of, where events are at rest."""
    if not databases.schemas:
        yield {}, 0, None
        return
    from azora.backup import postgres, resting

    urls = sorted({url for url, _ in databases.schemas})
    with ExitStack() as stack:
        stack.enter_context(postgres.plain_driver())
        if databases.rest is None:
            yield stack.enter_context(postgres.one_moment(urls)), 0, None
            return
        with resting.at_rest(databases.schemas, databases.rest) as queued:
            rows = stack.enter_context(postgres.one_moment(urls))
            logs = _logs(databases)
        yield rows, queued, logs


def _logs(databases: Databases) -> "KeptStreams | None":
    if not (databases.broker and databases.keepers):
        return None
    from azora.backup.streams import KeptStreams

    return KeptStreams.now(databases.broker, databases.keepers)
