"""One moment of many SQLite files: every writer waits for the blink in which all are looked at."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from azora.backup.archive import PluginPart
from azora.errors import ServiceError, Unavailable

TRY, PATIENCE = 0.3, 60.0
"""Seconds in which all files must be had at once, and for which that is tried."""

_HISTORY = "SELECT owner, name FROM azora_migrations ORDER BY owner, number"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@contextmanager
def one_moment(paths: list[Path]) -> Iterator[dict[Path, sqlite3.Connection]]:
    """Connections that all see their files as they were at the same moment, while writers go on.

    The write lock of every file is held while the readers begin, so no transaction is half way
    anywhere. Nobody waits for two of these locks but us, so nobody can wait in a circle.
    """
    with ExitStack() as stack:
        readers = {path: stack.enter_context(closing(_opened(path))) for path in paths}
        with _held(paths):
            for reader in readers.values():
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield readers


@contextmanager
def _held(paths: list[Path]) -> Iterator[None]:
    """Hold the write locks of all files; let go and try again rather than keep writers waiting."""
    give_up = time.monotonic() + PATIENCE
    while True:
        with ExitStack() as stack:
            limit = time.monotonic() + TRY
            if all(_take(stack.enter_context(closing(_opened(path))), limit) for path in paths):
                yield
                return
        if time.monotonic() > give_up:
            raise Unavailable(
                f"Something has been writing for {PATIENCE:.0f} s. No backup was made; try again.",
                code="backup.busy",
            )
        time.sleep(random.uniform(0.05, 0.3))


def _take(connection: sqlite3.Connection, limit: float) -> bool:
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
        if time.monotonic() > limit:
            return False
        time.sleep(0.002)


def copied(source: sqlite3.Connection, target: Path) -> PluginPart:
    """Copy what a reader sees into a file, and look whether that is sound."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = delete")
        return described(copy, target.stem)


def described_file(path: Path) -> PluginPart:
    """The history and the tables of a file that nobody uses."""
    with closing(sqlite3.connect(path)) as connection:
        return described(connection, path.stem)


def described(connection: sqlite3.Connection, name: str) -> PluginPart:
    """The history and the tables of a file. Raises ServiceError where it is damaged."""
    try:
        sound = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        tables = [row[0] for row in connection.execute(_TABLES)]
        counts = {table: _count(connection, table) for table in tables}
    except sqlite3.DatabaseError as error:
        sound = [str(error)]
    if sound != ["ok"]:
        raise ServiceError(
            f"The database of {name} is damaged ({sound[0]}). Nothing was changed; "
            "restore it from an earlier backup.",
            code="backup.database_damaged",
        )
    history: dict[str, list[str]] = {}
    for owner, step in connection.execute(_HISTORY) if "azora_migrations" in tables else ():
        history.setdefault(owner, []).append(step)
    return PluginPart("sqlite", history, counts)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 – a name of the schema


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None)
