"""The writing connection of a SQLite file: one transaction at a time, one commit for those that are near.

Half of a small transaction's time goes into its BEGIN, its COMMIT and the pages that they write.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import eventlet
from eventlet import Timeout, getcurrent
from eventlet.hubs import get_hub
from eventlet.semaphore import Semaphore

from azora.data.checkpoint import Checkpointer
from azora.data.failures import patiently
from azora.errors import Unavailable

T = TypeVar("T")

MOST = 64
"""Transactions that share one commit."""
LONGEST = 0.005
"""Seconds after which no further transaction joins those that wait for their commit."""


class Group:
    """Transactions whose bodies are done and that share one commit; `failure` says why it came to nothing."""

    __slots__ = ("began", "bodies", "failure", "over")

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.bodies = 0
        self.over = False
        self.failure: Exception | None = None

    @property
    def full(self) -> bool:
        return self.bodies >= MOST or time.monotonic() - self.began > LONGEST


class Writer:
    """One body at a time, each undone alone where it fails.

    `soon` counts greenlets that were just started and are about to write. Where there are any, a
    body that is done lets them run first; whoever then comes back first commits for all. Nobody
    returns from `commit` before the change is durable.
    """

    def __init__(
        self,
        plugin: str,
        lock: Semaphore,
        connect: Callable[[], sqlite3.Connection],
        checkpointer: Checkpointer,
    ) -> None:
        self.soon = 0
        self._plugin = plugin
        self._lock = lock
        self._connect = connect
        self._checkpointer = checkpointer
        self._connection: sqlite3.Connection | None = None
        self._group: Group | None = None

    def begin(self, altering: bool) -> sqlite3.Connection:
        """Foreign keys rest while tables are rebuilt: SQLite would delete what refers to them."""
        self._checkpointer.wait_for_room()
        self._lock.acquire()
        try:
            if self._group and (altering or self._group.full):
                self._finish(self._group)
            connection = self._connection = self._connection or patiently(self._connect)
            if altering:
                connection.execute("PRAGMA foreign_keys = 0")
            if self._group:
                connection.execute("SAVEPOINT body")
            else:
                patiently(connection.execute, "BEGIN IMMEDIATE")
                self._group = Group()
        except BaseException:
            self._lock.release()
            raise
        return connection

    def commit(self, altering: bool) -> None:
        """Return once the body is durable. What it raises says that nothing of it was kept."""
        group = self._the_group
        try:
            if group.bodies:
                self._the_connection.execute("RELEASE body")
            group.bodies += 1
            if altering or not (self.soon > 1 or self._lock.balance < 0):
                self._finish(group)
        except sqlite3.Error as error:
            self._abandon(group, error)
        finally:
            self._leave(altering)
        self._wait_for(group)

    def roll_back(self, altering: bool) -> None:
        """Undo the body. Those that wait for their commit stay, unless SQLite has undone all."""
        group, connection = self._the_group, self._the_connection
        try:
            if group.bodies and connection.in_transaction:
                connection.execute("ROLLBACK TO body")
                connection.execute("RELEASE body")
            else:
                self._abandon(group)
        except sqlite3.Error:
            self._abandon(group)
        finally:
            self._leave(altering)

    def empty_log(self) -> None:
        """Move the whole log into the file and cut it to nothing."""
        with self._lock:
            if self._group:
                self._finish(self._group)
            self._checkpointer.empty()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _the_group(self) -> Group:
        assert self._group
        return self._group

    @property
    def _the_connection(self) -> sqlite3.Connection:
        assert self._connection
        return self._connection

    def _wait_for(self, group: Group) -> None:
        """Let others add their bodies, then see to the commit.

        An interruption waits until it is decided: a body that may be committed cannot be called failed.
        """
        while not group.over:
            try:
                eventlet.sleep(0)
                with self._lock:
                    if not group.over:
                        self._finish(group)
            except Timeout:
                """The body was done in time."""
            except BaseException as interruption:  # noqa: BLE001 – it comes again at the next wait
                get_hub().schedule_call_global(0, eventlet.kill, getcurrent(), interruption)
        if group.failure is not None:
            raise group.failure

    def _finish(self, group: Group) -> None:
        try:
            patiently(self._the_connection.execute, "COMMIT")
        except Exception as error:  # noqa: BLE001 – every body of the group raises it
            self._abandon(group, error)
            return
        group.over, self._group = True, None
        self._checkpointer.committed()

    def _abandon(self, group: Group, failure: Exception | None = None) -> None:
        """Undo all bodies of the group; a connection that cannot is thrown away."""
        connection = self._the_connection
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()
        group.failure = failure or Unavailable(
            f"The database of {self._plugin} undid this change with another one that failed. "
            "Nothing was changed.",
            code="database_busy",
        )
        group.over, self._group = True, None

    def _leave(self, altering: bool) -> None:
        try:
            if altering and self._connection is not None:
                self._connection.execute("PRAGMA foreign_keys = 1")
        finally:
            self._lock.release()
