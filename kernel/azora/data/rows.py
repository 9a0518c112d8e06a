"""What a statement gave, read in full.

A cursor that stays open pins its connection's snapshot, and connections are shared by greenlets.
"""

from collections.abc import Iterator, Sequence
from typing import Any


class Rows:
    """All rows of one statement, with the parts of a DB-API cursor that peewee reads."""

    __slots__ = ("_next", "_rows", "description", "lastrowid", "rowcount")

    def __init__(self, cursor: Any) -> None:
        self.description = cursor.description
        self.lastrowid = cursor.lastrowid
        self._rows: Sequence[tuple[Any, ...]] = cursor.fetchall() if cursor.description else ()
        self.rowcount = cursor.rowcount
        self._next = 0

    def fetchone(self) -> tuple[Any, ...] | None:
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchall(self) -> list[tuple[Any, ...]]:
        rest = self._rows[self._next :]
        self._next = len(self._rows)
        return list(rest)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        some = self._rows[self._next : self._next + size]
        self._next += len(some)
        return list(some)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def close(self) -> None:
        """Nothing is open."""
