"""Rows of a backup into a database that is being made for them, of the same product or the other."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from azora.backup.archive import PluginPart
from azora.backup.copyform import from_copy, to_copy
from azora.data.database import PluginDatabase
from azora.errors import ServiceError

if TYPE_CHECKING:
    from azora.data.sqlite import SqliteFile

AT_ONCE = 500
_OWN_HISTORY = "azora_migrations"
Columns = list[list[str]]


class Source:
    """The tables of one plugin in an unpacked archive: a SQLite file, or a file of rows for each."""

    def __init__(self, unpacked: Path, plugin: str, part: PluginPart) -> None:
        self.part = part
        self._file = unpacked / "db" / f"{plugin}.db"
        self._rows = unpacked / "rows" / plugin

    def columns(self, table: str) -> set[str]:
        if self.part.form == "rows":
            return {name for name, _ in self.part.columns[table]}
        with closing(sqlite3.connect(self._file)) as connection:
            return {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}

    def as_copy(self, table: str, columns: Columns) -> tuple[Any, list[str]]:
        """A file for COPY FROM, and the columns in its order."""
        if self.part.form == "rows":
            return (self._rows / table).open("rb"), [name for name, _ in self.part.columns[table]]
        names, types = map(list, zip(*columns, strict=True))
        return _Lines(to_copy(self._select(table, names), types)), names

    def as_values(self, table: str) -> tuple[Iterator[tuple[Any, ...]], list[str]]:
        """Rows for SQLite, and the columns in their order."""
        names, types = map(list, zip(*self.part.columns[table], strict=True))
        return self._read(table, types), names

    def _read(self, table: str, types: list[str]) -> Iterator[tuple[Any, ...]]:
        with (self._rows / table).open(encoding="utf-8", newline="\n") as lines:
            yield from from_copy(lines, types)

    def _select(self, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
        listed = ", ".join(f'"{name}"' for name in names)
        with closing(sqlite3.connect(self._file)) as connection:
            yield from connection.execute(f'SELECT {listed} FROM "{table}"')  # noqa: S608 – names of the schema


def load(database: PluginDatabase, url: str | None, source: Source) -> list[str]:
    """Fill the tables that both have alike; the names of those that had rows and were left out.

    Raises ServiceError where a table does not hold as many rows afterwards as the backup says.
    """
    wanted = [table for table in source.part.tables if table != _OWN_HISTORY]
    if database.dialect == "sqlite":
        loaded = _into_sqlite(database, source, wanted)  # type: ignore[arg-type]
    else:
        loaded = _into_postgres(str(url), database.name, source, wanted)
    for table, count in loaded.items():
        if count != source.part.tables[table]:
            raise ServiceError(
                f"{database.name}: {count} of {source.part.tables[table]} rows of {table} were "
                "restored. Nothing was changed.",
                code="backup.rows_missing",
            )
    return [table for table in wanted if table not in loaded and source.part.tables[table]]


def _into_sqlite(database: "SqliteFile", source: Source, wanted: list[str]) -> dict[str, int]:
    loaded = {}
    with database.altering():
        triggers = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL"
        )
        for name, _ in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        for table in wanted:
            here = {row[1] for row in database.execute(f'PRAGMA table_info("{table}")')}
            if here == source.columns(table):
                loaded[table] = _fill(database, table, *source.as_values(table))
        for _, statement in triggers:
            database.execute(statement)
    return loaded


def _fill(
    database: "SqliteFile", table: str, rows: Iterator[tuple[Any, ...]], names: list[str]
) -> int:
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    database.execute(f'DELETE FROM "{table}"')  # noqa: S608 – names of the schema
    while some := list(islice(rows, AT_ONCE)):
        database.execute_many(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', some)  # noqa: S608 – names of the schema
    return int(database.execute(f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608 – names of the schema


def _into_postgres(url: str, schema: str, source: Source, wanted: Sequence[str]) -> dict[str, int]:
    from azora.backup.postgres import connected, plain_driver
    from azora.backup.postgres_load import Loading

    with plain_driver(), closing(connected(url)) as connection, connection:
        with connection.cursor() as cursor:
            loading = Loading(cursor, schema)
            both = {
                table: columns
                for table in wanted
                if (columns := loading.columns(table))
                and {name for name, _ in columns} == source.columns(table)
            }
            with loading.unchecked(list(both)):
                return {
                    table: loading.fill(table, *source.as_copy(table, columns))
                    for table, columns in both.items()
                }


class _Lines:
    """A file for COPY over lines that are made as they are read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read(self, _size: int = -1) -> str:
        return "".join(islice(self._lines, AT_ONCE))

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


Openable = IO[bytes] | _Lines
