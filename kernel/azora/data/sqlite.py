"""A SQLite file: one writer behind a green lock, one query-only reader, no wait inside C.

SQLite's own busy wait would freeze every greenlet, so its timeout is 0 and we wait greenly. WAL with
synchronous=NORMAL: a killed process loses nothing that was committed, a power cut at most the last
moments and never the file's integrity.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import eventlet
import peewee
from eventlet import getcurrent, tpool
from eventlet.semaphore import Semaphore

from azora.data.checkpoint import Checkpointer
from azora.data.database import PluginDatabase, Row
from azora.data.failures import is_busy
from azora.data.routing import Routed
from azora.data.rows import Rows
from azora.errors import PluginError

T = TypeVar("T")

OLDEST = (3, 35, 0)
PATIENCE = 30.0
"""Seconds to wait for another process that writes to the same file."""
PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "normal"),
    ("foreign_keys", 1),
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
        self._lock = Semaphore(1)
        self._writing: sqlite3.Connection | None = None
        self._reading: sqlite3.Connection | None = None
        self._spare: list[sqlite3.Connection] = []
        self._checkpointer = Checkpointer(self.path, self._lock, self._routed.open)
        self._acting = self._acting_known = False

    def run(self, sql: str, params: Sequence[Any] | None) -> Rows:
        with self._explained():
            transaction = self._open.get(getcurrent())
            if transaction is not None:
                return Rows(transaction.connection.execute(sql, params or ()))
            return patiently(lambda: Rows(self._reader().execute(sql, params or ())))

    def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        with self._explained():
            self._open[getcurrent()].connection.executemany(sql, rows)

    def heavy_read(self, sql: str, *params: Any) -> list[Row]:
        """Run the read in a thread, on a connection of its own; interrupted when the caller is."""
        with self._explained():
            connection = self._spare.pop() if self._spare else patiently(self._connect_reader)
            reading = eventlet.spawn(tpool.execute, self._read_and_return, connection, sql, params)
            try:
                return reading.wait()
            except BaseException:
                connection.interrupt()
                raise

    def close(self) -> None:
        for connection in (self._reading, self._writing, *self._spare):
            if connection is not None:
                connection.close()
        self._reading = self._writing = None
        self._spare.clear()

    def has_table(self, table: str) -> bool:
        return bool(
            self.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table)
        )

    @contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            with self._explained():
                connection = self._connected_writer()
                patiently(lambda: connection.execute("BEGIN IMMEDIATE"))
            yield connection

    @contextmanager
    def _schema_writer(self) -> Iterator[sqlite3.Connection]:
        """Foreign keys rest while tables are rebuilt: SQLite would delete what refers to them."""
        with self._lock:
            with self._explained():
                connection = self._connected_writer()
                connection.execute("PRAGMA foreign_keys = 0")
                patiently(lambda: connection.execute("BEGIN IMMEDIATE"))
            try:
                yield connection
            finally:
                connection.execute("PRAGMA foreign_keys = 1")

    def _connected_writer(self) -> sqlite3.Connection:
        if self._writing is None:
            self._writing = patiently(self._routed.open)
        return self._writing

    def _commit(self, connection: sqlite3.Connection) -> None:
        if self._acting:
            connection.execute("DELETE FROM azora_acting")
            self._acting = False
        patiently(lambda: connection.execute("COMMIT"))
        self._checkpointer.committed()

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            self._writing = None

    def _say_who_acts(self, actor: str, act: str | None) -> None:
        """In a row that the triggers read and no other connection ever sees."""
        self._acting = self._acting_known = self._acting_known or self.has_table("azora_acting")
        if self._acting:
            self.execute(
                "INSERT OR REPLACE INTO azora_acting (id, actor, act) VALUES (1, ?, ?)", actor, act
            )

    def _reader(self) -> sqlite3.Connection:
        if self._reading is None:
            self._reading = self._connect_reader()
        return self._reading

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._routed.open()
        connection.execute("PRAGMA query_only = 1")
        return connection

    def _read_and_return(
        self, connection: sqlite3.Connection, sql: str, params: Sequence[Any]
    ) -> list[Row]:
        try:
            return connection.execute(sql, params).fetchall()
        finally:
            self._spare.append(connection)


def patiently(act: Callable[[], T]) -> T:
    """Do it again, greenly and with growing pauses, while another process keeps the file busy."""
    give_up = time.monotonic() + PATIENCE
    pause = 0.001
    while True:
        try:
            return act()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > give_up:
                raise
        eventlet.sleep(pause * (0.5 + random.random()))
        pause = min(pause * 2, 0.05)
