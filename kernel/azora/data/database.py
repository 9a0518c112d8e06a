"""One plugin's database, as the kernel and the plugin see it whichever product holds it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import peewee
from eventlet import getcurrent

from azora.context import current_or_none
from azora.data.failures import InTransaction, WriteOutsideTransaction, meaning
from azora.data.rows import Rows
from azora.data.trail import seal
from azora.errors import AzoraError

if TYPE_CHECKING:
    from azora.acts import Act

Row = tuple[Any, ...]
Models = Iterable[type[peewee.Model]]
_as_peewee_errors: Any = vars(peewee)["__exception_wrapper__"]
Dialect = Literal["sqlite", "postgresql"]

__all__ = [
    "Dialect",
    "InTransaction",
    "PluginDatabase",
    "Row",
    "WriteOutsideTransaction",
    "open_database",
]


class DatabaseSettings(Protocol):
    """What the campus says about where data lives."""

    @property
    def data_dir(self) -> Path: ...

    def database_url_of(self, plugin: str) -> str | None: ...


class Transaction:
    """An open transaction of one greenlet: its connection, and what follows its end."""

    __slots__ = ("after_commit", "after_rollback", "connection", "state")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.state = peewee._ConnectionState()
        self.state.set_connection(connection)
        self.state.transactions.append(self)
        self.after_commit: list[Callable[[], None]] = []
        self.after_rollback: list[Callable[[], None]] = []


class PluginDatabase(ABC):
    """A database that belongs to one plugin.

    Writes happen in `with database.transaction():`; whatever peewee or `execute` asks elsewhere is a
    read. Placeholders are `?` on every product. Rows are read in full: page long results.
    """

    name: str
    dialect: Dialect
    peewee: peewee.Database
    namespace: str | None = None
    audited = False

    def __init__(self, name: str) -> None:
        self.name = name
        self._open: dict[Any, Transaction] = {}

    def transaction(self) -> AbstractContextManager["PluginDatabase"]:
        """A short write transaction: all of it or nothing.

        Raises InTransaction where this greenlet has one open already. A body that raises, or is
        timed out, leaves no trace.
        """
        return self._transact(self._writer)

    def altering(self) -> AbstractContextManager["PluginDatabase"]:
        """A transaction that may change the schema: one starter at a time, in whatever process."""
        return self._transact(self._schema_writer)

    @contextmanager
    def _transact(
        self, writer: Callable[[], AbstractContextManager[Any]]
    ) -> Iterator["PluginDatabase"]:
        greenlet = getcurrent()
        if greenlet in self._open:
            raise InTransaction(
                f"{self.name} has a transaction open here already: transactions do not nest"
            )
        with writer() as connection:
            transaction = self._open[greenlet] = Transaction(connection)
            try:
                act = _act()
                recorded = writer == self._writer and (self.audited or act is not None)
                if recorded:
                    self._say_who_acts(_acting(self.name), act.id if act and act.rows else None)
                yield self
                if recorded:
                    seal(self)
                with self._explained():
                    self._commit(connection)
            except BaseException:
                self._roll_back(connection)
                for follow in transaction.after_rollback:
                    follow()
                raise
            finally:
                del self._open[greenlet]
        for follow in transaction.after_commit:
            follow()

    @property
    def in_transaction(self) -> bool:
        """Whether this greenlet has a transaction open here."""
        return getcurrent() in self._open

    def after_commit(self, follow: Callable[[], None]) -> None:
        """Call `follow` once the open transaction is committed; at once where none is open."""
        transaction = self._open.get(getcurrent())
        if transaction is None:
            follow()
        else:
            transaction.after_commit.append(follow)

    def after_rollback(self, follow: Callable[[], None]) -> None:
        """Call `follow` if the open transaction comes to nothing. It must not touch the database."""
        self._open[getcurrent()].after_rollback.append(follow)

    def execute(self, sql: str, *params: Any) -> list[Row]:
        """Run one statement and return its rows. `?` stands for a parameter.

        Raises WriteOutsideTransaction for a write outside `transaction()`.
        """
        return self.run(self._native(sql), params).fetchall()

    @abstractmethod
    def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one writing statement for each row of parameters, inside a transaction."""

    @abstractmethod
    def heavy_read(self, sql: str, *params: Any) -> list[Row]:
        """Run a read that may take long, without keeping other greenlets waiting."""

    @abstractmethod
    def run(self, sql: str, params: Sequence[Any] | None) -> Rows:
        """Run a statement written for this product, on whichever connection this greenlet is due."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection. What is committed stays."""

    @abstractmethod
    def has_table(self, table: str) -> bool:
        """Whether the table exists here."""

    def prepare(self) -> None:
        """Make the place in which migrations create tables."""
        self.ping()

    def ping(self) -> None:
        """Raise Unavailable where the database cannot be asked."""
        self.execute("SELECT 1")

    def bind(self, tables: Models) -> None:
        """Make these tables live here."""
        tables = list(tables)
        self.peewee.bind(tables)
        self.audited = any(getattr(table._meta, "audited", False) for table in tables)

    def state(self) -> Any:
        """peewee's view of this greenlet's connection."""
        transaction = self._open.get(getcurrent())
        return transaction.state if transaction else peewee._ConnectionState()

    @abstractmethod
    def _writer(self) -> AbstractContextManager[Any]:
        """A connection on which a transaction has begun, for this greenlet alone."""

    @abstractmethod
    def _schema_writer(self) -> AbstractContextManager[Any]:
        """Like `_writer`, for a transaction that may change the schema."""

    @abstractmethod
    def _commit(self, connection: Any) -> None: ...

    @abstractmethod
    def _roll_back(self, connection: Any) -> None:
        """Undo what is open; never raises: a connection that cannot is thrown away."""

    @abstractmethod
    def _say_who_acts(self, actor: str, act: str | None) -> None:
        """Let the audit triggers know, for this transaction, who acts, and in which recorded act."""

    def _native(self, sql: str) -> str:
        return sql

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a driver's error into what it means, where it means more than a wrong statement."""
        try:
            with _as_peewee_errors:
                yield
        except peewee.PeeweeException as error:
            known = meaning(error, self.name)
            if known is None:
                raise error from None
            raise known from None


def open_database(plugin_name: str, settings: DatabaseSettings) -> PluginDatabase:
    """The database of a plugin: its PostgreSQL schema where a URL is set, else its SQLite file."""
    url = settings.database_url_of(plugin_name)
    if url is None:
        from azora.data.sqlite import SqliteFile

        return SqliteFile(plugin_name, settings.data_dir)
    if url.startswith(("postgresql://", "postgres://")):
        from azora.data.postgres import PostgresSchema

        return PostgresSchema(plugin_name, url)
    raise AzoraError(
        f"{url.partition('://')[0]!r} is no database that Azora knows: use postgresql://…"
    )


def _acting(plugin: str) -> str:
    """The id of whoever acts: the caller, else the plugin itself."""
    context = current_or_none()
    return context.actor.id if context and context.actor else f"plugin:{plugin}"


def _act() -> "Act | None":
    """The act in progress that goes on record, if there is one."""
    context = current_or_none()
    return context.act if context else None
