"""PostgreSQL connections for greenlets: few, shared by every plugin with the same URL, never dirty."""

import psycopg2
from eventlet import Timeout
from eventlet.hubs import trampoline
from eventlet.semaphore import Semaphore
from psycopg2 import extensions

SIZE = 16
"""Connections of one process to one database, however many workers want one."""
CONNECTING = 10.0
_OPTIONS = (
    "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=120000 "
    "-c timezone=UTC -c client_min_messages=warning -c max_parallel_workers_per_gather=0"
)
"""One question takes one core: with many people asking, parallel workers only cost more."""
_WATCHES_CLIENTS = 140000
_pools: dict[str, "ConnectionPool"] = {}


class ConnectionPool:
    """At most `size` connections; who wants more waits greenly.

    A connection comes back only when it is idle and whole: one with an open or failed transaction
    is rolled back, one whose query was interrupted has been closed by the driver.
    """

    def __init__(self, url: str, size: int = SIZE) -> None:
        self.url = url
        self._slots = Semaphore(size)
        self._idle: list[extensions.connection] = []
        self._paths: dict[extensions.connection, str] = {}

    def acquire(self) -> extensions.connection:
        """A connection for this greenlet alone. Give it back with `release`."""
        self._slots.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
                self._paths.pop(connection, None)
            return self._connect()
        except BaseException:
            self._slots.release()
            raise

    def release(self, connection: extensions.connection) -> None:
        """Take a connection back, clean or not at all."""
        try:
            if not connection.closed and _settled(connection):
                self._idle.append(connection)
            else:
                connection.close()
                self._paths.pop(connection, None)
        finally:
            self._slots.release()

    def renew(self, connection: extensions.connection) -> extensions.connection:
        """A new connection in the place of one that turned out to be dead, as all that are idle may be."""
        connection.close()
        self._paths.pop(connection, None)
        self.forget_idle()
        return self._connect()

    def forget_idle(self) -> None:
        """Close what nobody uses: after a restart of the database none of it is alive."""
        while self._idle:
            connection = self._idle.pop()
            self._paths.pop(connection, None)
            connection.close()

    def search_path(self, connection: extensions.connection, schema: str) -> str:
        """The statement that makes the connection look into this schema, where it does not yet."""
        if self._paths.get(connection) == schema:
            return ""
        self._paths[connection] = schema
        return f'SET search_path TO "{schema}", public; '

    def _connect(self) -> extensions.connection:
        with Timeout(
            CONNECTING, psycopg2.OperationalError(f"could not connect within {CONNECTING:g} s")
        ):
            connection = psycopg2.connect(self.url, options=_OPTIONS, application_name="azora")
        connection.autocommit = True
        if connection.server_version >= _WATCHES_CLIENTS:
            with connection.cursor() as cursor:
                cursor.execute("SET client_connection_check_interval = 1000")
        return connection


def pool_of(url: str) -> ConnectionPool:
    """This process's pool for a database."""
    extensions.set_wait_callback(_wait)
    return _pools.setdefault(url, ConnectionPool(url))


def is_idle(connection: extensions.connection) -> bool:
    """Whether no transaction is open on it."""
    return bool(connection.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE)


def _settled(connection: extensions.connection) -> bool:
    if is_idle(connection):
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
    except psycopg2.Error:
        return False
    return True


def _wait(connection: extensions.connection) -> None:
    """Let other greenlets run while the server works.

    Of who is killed or timed out here a traceback remains: without the connection, which ends with its last
    reference where it was just being made.
    """
    try:
        while (state := connection.poll()) != extensions.POLL_OK:
            reading = state == extensions.POLL_READ
            trampoline(connection.fileno(), read=reading, write=not reading)
    finally:
        del connection
