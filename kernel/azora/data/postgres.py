"""A PostgreSQL schema of a plugin's own, on pooled connections that never block the hub."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import peewee
import psycopg2
from eventlet import getcurrent
from psycopg2 import extensions
from psycopg2.extras import execute_batch, execute_values

from azora.data.database import PluginDatabase, Row
from azora.data.failures import TransactionSpoilt, is_lost, is_overtaken
from azora.data.pool import ConnectionPool, is_idle, pool_of
from azora.data.routing import Routed
from azora.data.rows import Rows
from azora.data.sharing import Alone, Settle, Sharing
from azora.data.transaction import Transaction

T = TypeVar("T")

BEGIN = "BEGIN READ WRITE"
LOCK_TIMEOUT = "5s"
"""How long a migration waits for a table that others use, who would queue up behind it."""
_ONE_ROW = re.compile(r"\bVALUES \((\?, )*\?\)")
_PIECE = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\?|%""")


class _RoutedPostgres(Routed, peewee.PostgresqlDatabase):
    """peewee's PostgreSQL, on the owner's connections."""


class PostgresSchema(PluginDatabase):
    """The schema named as the plugin, in the database that the URL names.

    Connections are read-only except in a transaction, so a write elsewhere is refused by the server.
    A transaction that is timed out is undone by the server within a second.
    """

    dialect = "postgresql"

    def __init__(self, name: str, url: str, pool: ConnectionPool | None = None) -> None:
        super().__init__(name)
        self.namespace = name
        self.pool = pool or pool_of(url)
        self.peewee = _RoutedPostgres(self, url)
        self._untold: dict[Any, str] = {}

    def run(self, sql: str, params: Sequence[Any] | None) -> Rows:
        with self.explained:
            transaction = self.open_transactions.get(getcurrent())
            if transaction is not None:
                return self._write(transaction, sql, params)
            return self._read(lambda connection: _execute(connection, sql, params))

    def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        transaction = self.open_transactions[getcurrent()]
        if transaction.connection in self._untold:
            self.run("SELECT 1", None)
        together = _for_many_rows(sql)
        with self.explained, transaction.connection.cursor() as cursor:
            if together:
                execute_values(cursor, together, rows, page_size=500)
            else:
                execute_batch(cursor, _translated(sql), rows, page_size=200)

    def heavy_read(self, sql: str, *params: Any) -> list[Row]:
        """The server does the work while other greenlets run."""
        return self.execute(sql, *params)

    def close(self) -> None:
        """Idle connections stay for the plugins that share them; they end with the last of them."""
        self.pool.forget_idle()

    def scrub(self, table: str) -> None:
        """Write the table anew; the server's own log and its archive keep their time."""
        self.execute(f'VACUUM FULL "{table}"')

    def expect_writers(self, count: int) -> None:
        """Each has a connection of its own, and the server gathers commits by itself."""

    def has_table(self, table: str) -> bool:
        return bool(
            self.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = ?", self.name, table
            )
        )

    def prepare(self) -> None:
        with self.altering():
            self.execute(f'CREATE SCHEMA IF NOT EXISTS "{self.name}"')

    def begin(self, altering: bool) -> Any:
        """The transaction begins on the server with its first statement: one way there and back less."""
        with self.explained:
            begin = self._begin_altering if altering else self._look_here
            connection = self._on_live_connection(begin, keep=True)
        if not altering:
            self._untold[connection] = BEGIN
        return connection

    def sharing(self, settle: Settle) -> Sharing:
        return Sharing(self, settle)

    def untold(self, connection: Any) -> str:
        """What the server will be told with the next statement on this connection."""
        return self._untold.get(connection, "")

    def tell_next(self, connection: Any, sql: str) -> None:
        """Tell the server this with the next statement: one way there and back less."""
        self._untold[connection] = sql

    def _begin_altering(self, connection: Any) -> Any:
        self._look_here(connection)
        _execute(connection, BEGIN, None)
        lock = "SELECT pg_advisory_xact_lock(hashtext('azora'), hashtext(%s))"
        _execute(connection, lock, (self.name,))
        _execute(connection, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'", None)
        return connection

    def _write(self, transaction: Transaction, sql: str, params: Sequence[Any] | None) -> Rows:
        """Run a statement of a transaction; its first on another connection where that one is dead."""
        connection = transaction.connection
        untold = self._untold.pop(connection, "")
        try:
            return _execute(connection, f"{untold}; {sql}" if untold else sql, params)
        except psycopg2.Error as error:
            if transaction.shared and is_overtaken(error):
                raise Alone from None
            if not untold.startswith(BEGIN):
                raise
            if not (connection.closed or is_lost(error)):
                self._untold |= {connection: untold} if is_idle(connection) else {}
                raise
        transaction.connection = connection = self.pool.renew(connection)
        return _execute(self._look_here(connection), f"{untold}; {sql}", params)

    def _read(self, read: Callable[[Any], T]) -> T:
        return self._on_live_connection(
            lambda connection: read(self._look_here(connection)), keep=False
        )

    def _look_here(self, connection: Any) -> Any:
        """The connection, looking into our schema; outside transactions, which might undo it."""
        if path := self.pool.search_path(connection, self.name):
            _execute(connection, path, None)
        return connection

    def _on_live_connection(self, act: Callable[[Any], T], *, keep: bool) -> T:
        """Do it on a pooled connection, and once more on a new one if that one was dead."""
        for last in (False, True):
            connection = self.pool.acquire()
            try:
                result = act(connection)
            except BaseException as error:
                self.pool.release(connection)
                if last or not (
                    isinstance(error, psycopg2.Error) and (connection.closed or is_lost(error))
                ):
                    raise
                self.pool.forget_idle()
                continue
            if not keep:
                self.pool.release(connection)
            return result
        raise AssertionError("the second attempt returns or raises")

    def commit(self, connection: Any, altering: bool) -> None:
        try:
            if connection not in self._untold:
                self.refuse_spoilt(connection)
                _execute(connection, "COMMIT", None)
        except BaseException:
            self.roll_back(connection, altering)
            raise
        self._untold.pop(connection, None)
        self.pool.release(connection)

    def roll_back(self, connection: Any, altering: bool) -> None:
        try:
            if not connection.closed and not self.untold(connection).startswith(BEGIN):
                _execute(connection, "ROLLBACK", None)
        except psycopg2.Error:
            connection.close()
        finally:
            self._untold.pop(connection, None)
            self.pool.release(connection)

    def go_back(self, connection: Any, savepoint: str) -> bool:
        """Undo what came after a savepoint; whether that could be done."""
        try:
            _execute(connection, f"ROLLBACK TO {savepoint}", None)
        except psycopg2.Error:
            return False
        return True

    def refuse_spoilt(self, connection: Any) -> None:
        """Raise TransactionSpoilt where a statement has failed: the server would undo all, and not say so."""
        if connection.get_transaction_status() == extensions.TRANSACTION_STATUS_INERROR:
            raise TransactionSpoilt(
                f"{self.name} caught the error of a statement and went on in its transaction, of which nothing "
                "is kept. Put what may fail into `with database.peewee.atomic():`."
            )

    def say_who_acts(self, actor: str, act: str | None) -> None:
        self.execute(
            "SELECT set_config('azora.actor', ?, true), set_config('azora.act', ?, true)",
            actor,
            act or "",
        )

    def _native(self, sql: str) -> str:
        return _translated(sql)


def _execute(connection: Any, sql: str, params: Sequence[Any] | None) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return Rows(cursor)


@lru_cache(256)
def _for_many_rows(sql: str) -> str | None:
    """An INSERT as one statement for many rows; None where it may not be: an upsert touches no row twice."""
    if "DO UPDATE" in sql or not sql.startswith("INSERT") or not _ONE_ROW.search(sql):
        return None
    before, after = _ONE_ROW.split(sql)[::2]
    return f"{_translated(before)}VALUES %s{_translated(after)}"


@lru_cache(1024)
def _translated(sql: str) -> str:
    """`?` as psycopg2's `%s`, and every literal `%` doubled."""
    return _PIECE.sub(_translate, sql)


def _translate(match: re.Match[str]) -> str:
    piece = match[0]
    return "%s" if piece == "?" else piece.replace("%", "%%")
