"""Driver errors as what they mean: a full disk, a busy or lost database, a write out of place."""

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

import eventlet
import peewee

from azora.errors import AzoraError, ServiceError, Unavailable

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds to wait for another process that writes to the same SQLite file."""
_as_peewee_errors: Any = vars(peewee)["__exception_wrapper__"]
_FULL = re.compile(
    "database or disk is full|No space left on device|could not extend file|disk I/O error"
)
_READ_ONLY = re.compile("readonly database|read-only transaction")
_LOST = re.compile(
    "connection (is |already )?closed|server closed the connection|could not connect|connection to server"
    "|terminating connection|connection refused|not accepting connections|SSL connection has been"
    "|database system is|unable to open database file|could not receive data|could not send data",
    re.IGNORECASE,
)
_DOUBLE = re.compile("UNIQUE constraint failed|duplicate key value")
_BUSY = re.compile(
    "database is locked|database table is locked|lock timeout|deadlock detected|could not serialize"
)

_BROKEN_OFF = re.compile("canceling statement due to statement timeout")


class InTransaction(AzoraError):
    """Something was asked inside a transaction that must happen outside: another one, or a call."""

    code = "in_transaction"


class WriteOutsideTransaction(AzoraError):
    """A statement that writes ran outside `with self.transaction():`."""

    code = "write_outside_transaction"


class TransactionSpoilt(AzoraError):
    """A statement of the transaction had failed when its body ended: nothing was kept."""

    code = "transaction_spoilt"


def is_busy(error: BaseException) -> bool:
    """Whether another process holds what this statement needs, so that waiting helps."""
    return bool(_BUSY.search(str(error)))


def is_lost(error: BaseException) -> bool:
    """Whether the connection to the database is gone."""
    return bool(_LOST.search(str(error)))


def is_overtaken(error: BaseException) -> bool:
    """Whether the server broke a statement off, because others were in its way or it took too long."""
    return is_busy(error) or bool(_BROKEN_OFF.search(str(error)))


def meaning(error: BaseException, plugin: str) -> AzoraError | None:
    """The AzoraError that a driver's error amounts to; None where it is the statement's own fault."""
    words = str(error).strip()
    if not isinstance(
        error, peewee.OperationalError | peewee.InterfaceError | peewee.InternalError
    ):
        return None
    if _READ_ONLY.search(words):
        return WriteOutsideTransaction(
            f"{plugin} writes outside a transaction: use `with self.transaction():`"
        )
    if _FULL.search(words):
        return ServiceError(
            f"The storage of {plugin} is full ({words}). Nothing of this change was kept; "
            "earlier changes are safe. Free some space and try again.",
            code="storage_full",
        )
    if is_busy(error):
        return Unavailable(
            f"The database of {plugin} is busy ({words}). Nothing was changed.",
            code="database_busy",
        )
    if is_lost(error):
        return Unavailable(
            f"The database of {plugin} cannot be reached ({words}).",
            code="database_unreachable",
            sent="unknown",
        )
    return None


@contextmanager
def unless_taken(refusal: AzoraError) -> Iterator[None]:
    """Raise `refusal` where a unique index refuses what is written: there is such a row already.

    To look before writing is not enough, since somebody may write the same in between.
    """
    try:
        yield
    except peewee.IntegrityError as error:
        if not _DOUBLE.search(str(error)):
            raise
        raise refusal from None


class Explained:
    """`with explained:` turns a driver's error into what it means, where it is not the statement's fault."""

    __slots__ = ("_plugin",)

    def __init__(self, plugin: str) -> None:
        self._plugin = plugin

    def __enter__(self) -> None:
        """Nothing is kept: one value serves every statement."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is None:
            return
        try:
            _as_peewee_errors.__exit__(kind, error, at)
        except peewee.PeeweeException as translated:
            error = translated
        if isinstance(error, peewee.PeeweeException):
            raise meaning(error, self._plugin) or error from None


def patiently(act: Callable[..., T], *given: Any) -> T:
    """Do it again, greenly and with growing pauses, while another process keeps the file busy."""
    give_up, pause = 0.0, 0.001
    while True:
        try:
            return act(*given)
        except sqlite3.OperationalError as error:
            give_up = give_up or time.monotonic() + PATIENCE
            if not is_busy(error) or time.monotonic() > give_up:
                raise
        eventlet.sleep(pause * (0.5 + random.random()))
        pause = min(pause * 2, 0.05)
