"""One write transaction of one greenlet: all of its body or nothing, then what follows from it."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import peewee
from eventlet import getcurrent

from azora.context import current_or_none
from azora.data.failures import InTransaction
from azora.data.trail import seal

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

Step = Callable[["PluginDatabase"], None]


class Keeper(Protocol):
    """Who has the connection on which a transaction runs, and ends it: the database, unless it is shared."""

    def begin(self, altering: bool) -> Any: ...

    def commit(self, connection: Any, altering: bool) -> None: ...

    def roll_back(self, connection: Any, altering: bool) -> None: ...


class Transaction:
    """Begun on entry, committed or undone on exit; `first` and `last` run in it round its body.

    Where it has a `keeper` of its own it may be a part of one that others share.
    """

    __slots__ = (
        "_altering",
        "_database",
        "_first",
        "_keeper",
        "_last",
        "_state",
        "after_commit",
        "after_rollback",
        "connection",
        "recorded",
        "shared",
    )

    def __init__(
        self,
        database: "PluginDatabase",
        first: Step | None = None,
        last: Step | None = None,
        altering: bool = False,
        keeper: Keeper | None = None,
    ) -> None:
        self._database = database
        self._keeper: Keeper = keeper or database
        self.shared = keeper is not None
        self._first = first
        self._last = last
        self._altering = altering
        self.recorded = False
        self._state: Any = None
        self.connection: Any = None
        self.after_commit: list[Callable[[], None]] = []
        self.after_rollback: list[Callable[[], None]] = []

    def __enter__(self) -> "PluginDatabase":
        database, greenlet = self._database, getcurrent()
        if greenlet in database.open_transactions:
            raise InTransaction(
                f"{database.name} has a transaction open here already: transactions do not nest"
            )
        self.connection = self._keeper.begin(self._altering)
        database.open_transactions[greenlet] = self
        try:
            self._say_who_acts()
            if self._first is not None:
                self._first(database)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return database

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        database = self._database
        try:
            if error is not None:
                self._keeper.roll_back(self.connection, self._altering)
            else:
                self._commit()
        except BaseException:
            self._undone()
            raise
        finally:
            del database.open_transactions[getcurrent()]
        if error is None:
            for follow in self.after_commit:
                follow()
        else:
            self._undone()

    @property
    def state(self) -> Any:
        """peewee's view of the connection."""
        if self._state is None:
            self._state = peewee._ConnectionState()
            self._state.set_connection(self.connection)
            self._state.transactions.append(self)
        return self._state

    def _say_who_acts(self) -> None:
        database, context = self._database, current_or_none()
        act = context.act if context else None
        self.recorded = not self._altering and (database.audited or act is not None)
        if self.recorded:
            actor = context.actor.id if context and context.actor else f"plugin:{database.name}"
            database.say_who_acts(actor, act.id if act and act.rows else None)

    def _commit(self) -> None:
        database = self._database
        try:
            if self._last is not None:
                self._last(database)
            if self.recorded:
                seal(database)
        except BaseException:
            self._keeper.roll_back(self.connection, self._altering)
            raise
        with database.explained:
            self._keeper.commit(self.connection, self._altering)

    def _undone(self) -> None:
        for follow in self.after_rollback:
            follow()
