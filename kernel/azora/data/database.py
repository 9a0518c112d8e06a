"""One plugin's database, as the kernel and the plugin see it whichever product holds it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import peewee
from eventlet import getcurrent

from azora.data.failures import Explained, InTransaction, WriteOutsideTransaction
from azora.data.rows import Rows
from azora.data.transaction import Step, Transaction
from azora.errors import AzoraError

if TYPE_CHECKING:
    from azora.data.sharing import Settle, Sharing

Row = tuple[Any, ...]
Models = Iterable[type[peewee.Model]]
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
        self.open_transactions: dict[Any, Transaction] = {}
        self.explained = Explained(name)

    def transaction(self, first: Step | None = None, last: Step | None = None) -> Transaction:
        """A short write transaction: all of it or nothing; `first` and `last` run in it round its body.

        Raises InTransaction where this greenlet has one open already. A body that raises, or is
        timed out, leaves no trace.
        """
        return Transaction(self, first, last)

    def sharing(self, settle: "Settle") -> "Sharing | None":
        """What lets write transactions of one kind share one here; None where all of them do anyway."""
        return None

    def altering(self) -> Transaction:
        """A transaction that may change the schema: one starter at a time, in whatever process."""
        return Transaction(self, altering=True)

    @property
    def in_transaction(self) -> bool:
        """Whether this greenlet has a transaction open here."""
        return getcurrent() in self.open_transactions

    def after_commit(self, follow: Callable[[], None]) -> None:
        """Call `follow` once the open transaction is committed; at once where none is open."""
        transaction = self.open_transactions.get(getcurrent())
        if transaction is None:
            follow()
        else:
            transaction.after_commit.append(follow)

    def after_rollback(self, follow: Callable[[], None]) -> None:
        """Call `follow` if the open transaction comes to nothing. It must not touch the database."""
        self.open_transactions[getcurrent()].after_rollback.append(follow)

    def go_on_record(self) -> None:
        """Have the audit trail sealed at the end of the open transaction."""
        self.open_transactions[getcurrent()].recorded = True

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

    @abstractmethod
    def expect_writers(self, count: int) -> None:
        """Hear that so many more greenlets, or fewer where it is negative, are about to write."""

    @abstractmethod
    def scrub(self, table: str) -> None:
        """Leave no byte of what was deleted from a table in the database's own files. Outside a transaction."""

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
        transaction = self.open_transactions.get(getcurrent())
        return transaction.state if transaction else peewee._ConnectionState()

    @abstractmethod
    def begin(self, altering: bool) -> Any:
        """A connection on which a transaction has begun, for this greenlet alone.

        Where it is `altering` the transaction may change the schema. `commit` or `roll_back`, called
        once, gives the connection back.
        """

    @abstractmethod
    def commit(self, connection: Any, altering: bool) -> None:
        """Return once everything is durable. What it raises says that nothing was kept."""

    @abstractmethod
    def roll_back(self, connection: Any, altering: bool) -> None:
        """Undo what is open; never raises: a connection that cannot is thrown away."""

    @abstractmethod
    def say_who_acts(self, actor: str, act: str | None) -> None:
        """Let the audit triggers know, for this transaction, who acts, and in which recorded act."""

    def _native(self, sql: str) -> str:
        return sql


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
