"""Driver errors as what they mean: a full disk, a busy or lost database, a write out of place."""

import re

import peewee

from azora.errors import AzoraError, ServiceError, Unavailable

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
_BUSY = re.compile(
    "database is locked|database table is locked|lock timeout|deadlock detected|could not serialize"
)


class InTransaction(AzoraError):
    """Something was asked inside a transaction that must happen outside: another one, or a call."""

    code = "in_transaction"


class WriteOutsideTransaction(AzoraError):
    """A statement that writes ran outside `with self.transaction():`."""

    code = "write_outside_transaction"


def is_busy(error: BaseException) -> bool:
    """Whether another process holds what this statement needs, so that waiting helps."""
    return bool(_BUSY.search(str(error)))


def is_lost(error: BaseException) -> bool:
    """Whether the connection to the database is gone."""
    return bool(_LOST.search(str(error)))


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
