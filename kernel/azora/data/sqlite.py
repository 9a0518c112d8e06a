"""A SQLite file: one writer behind a green lock, one query-only reader, no wait inside C.

SQLite's own busy wait would freeze every greenlet, so its timeout is 0 and we wait greenly. WAL with
synchronous=NORMAL: a killed process loses nothing that was committed, a power cut at most the last
moments and never the file's integrity.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import eventlet
import peewee
from eventlet import getcurrent, tpool
from eventlet.semaphore import Semaphore

from azora.data.checkpoint import Checkpointer
from azora.data.database import PluginDatabase, Row
from azora.data.failures import patiently
from azora.data.routing import Routed
from azora.data.rows import Rows
from azora.data.writer import Writer
from azora.errors import PluginError

OLDEST = (3, 35, 0)
PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "normal"),
    ("foreign_keys", 1),
    ("secure_delete", 1),
    ("cache_size", -8000),
    ("wal_autocheckpoint", 0),
)


class _RoutedSqlite(Routed, peewee.SqliteDatabase):
    def open(self) -> sqlite3.Connection:
        """A connection of this file with the pragmas and peewee's functions."""
        connection: sqlite3.Connection = self._connect()  # type: ignore[attr-defined]
        return connection


class SqliteFile(PluginDatabase):
    """`<data_dir>/db/<plugin>.db`."""

    dialect = "sqlite"

    def __init__(self, name: str, data_dir: Path | str) -> None:
        super().__init__(name)
        if sqlite3.sqlite_version_info < OLDEST:
            raise PluginError(
                f"SQLite {sqlite3.sqlite_version} is too old: Azora needs 3.35 or later"
            )
        self.path = Path(data_dir) / "db" / f"{name}.db"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.peewee = self._routed = _RoutedSqlite(
            self, str(self.path), pragmas=PRAGMAS, timeout=0, check_same_thread=False
        )
        lock = Semaphore(1)
        checkpointer = Checkpointer(self.path, lock, self._routed.open)
        self._writer = Writer(name, lock, self._routed.open, checkpointer)
        self._reading: sqlite3.Connection | None = None
        self._spare: list[sqlite3.Connection] = []
        self._acting = self._acting_known = False

    def run(self, sql: str, params: Sequence[Any] | None) -> Rows:
        with self.explained:
            transaction = self.open_transactions.get(getcurrent())
            if transaction is not None:
                return Rows(transaction.connection.execute(sql, params or ()))
            return patiently(self._read, sql, params or ())

    def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        with self.explained:
            self.open_transactions[getcurrent()].connection.executemany(sql, rows)

    def heavy_read(self, sql: str, *params: Any) -> list[Row]:
        """Run the read in a thread, on a connection of its own; interrupted when the caller is."""
        with self.explained:
            connection = self._spare.pop() if self._spare else self._connect_aside()
            reading = eventlet.spawn(tpool.execute, self._read_and_return, connection, sql, params)
            try:
                return reading.wait()
            except BaseException:
                connection.interrupt()
                raise

    def close(self) -> None:
        self._writer.close()
        for connection in (self._reading, *self._spare):
            if connection is not None:
                connection.close()
        self._reading = None
        self._spare.clear()

    def scrub(self, table: str) -> None:
        """Deleted bytes are overwritten in the file; the log, which still has them, is emptied."""
        self._writer.empty_log()

    def expect_writers(self, count: int) -> None:
        self._writer.soon += count

    def has_table(self, table: str) -> bool:
        return bool(
            self.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table)
        )

    def begin(self, altering: bool) -> sqlite3.Connection:
        with self.explained:
            return self._writer.begin(altering)

    def commit(self, connection: sqlite3.Connection, altering: bool) -> None:
        try:
            if self._acting:
                connection.execute("DELETE FROM azora_acting")
        except sqlite3.Error:
            self.roll_back(connection, altering)
            raise
        self._acting = False
        self._writer.commit(altering)

    def roll_back(self, connection: sqlite3.Connection, altering: bool) -> None:
        self._acting = False
        self._writer.roll_back(altering)

    def say_who_acts(self, actor: str, act: str | None) -> None:
        """In a row that the triggers read and no other connection, nor a later body, ever sees."""
        self._acting = self._acting_known = self._acting_known or self.has_table("azora_acting")
        if self._acting:
            self.execute(
                "INSERT OR REPLACE INTO azora_acting (id, actor, act) VALUES (1, ?, ?)", actor, act
            )

    def _read(self, sql: str, params: Sequence[Any]) -> Rows:
        return Rows(self._reader().execute(sql, params))

    def _reader(self) -> sqlite3.Connection:
        if self._reading is None:
            self._reading = self._connect_reader()
        return self._reading

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._routed.open()
        connection.execute("PRAGMA query_only = 1")
        return connection

    def _connect_aside(self) -> sqlite3.Connection:
        """In a thread: SQLite reads the whole schema first, which of a large plugin takes 30 ms."""
        return patiently(tpool.execute, self._connect_reader)

    def _read_and_return(
        self, connection: sqlite3.Connection, sql: str, params: Sequence[Any]
    ) -> list[Row]:
        try:
            return connection.execute(sql, params).fetchall()
        finally:
            self._spare.append(connection)
