"""Moves SQLite's write-ahead log into the file from a thread: its fsyncs would hold every greenlet up."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import eventlet
from eventlet import tpool
from eventlet.event import Event
from eventlet.semaphore import Semaphore

from azora.errors import Unavailable

LOG_SIZE = 4_000_000
"""Bytes of log after which it is moved; until then reading it is cheap."""
CROWDED = 3 * LOG_SIZE
"""Bytes of log after which those who would write wait until it is moved: the disk may be slow, not full."""
WAITING = 5.0
"""Seconds for which they wait at most."""
EMPTYING = 10.0
"""Seconds to wait for other processes that read the log."""
LOOK_EVERY = 64
"""Commits between two looks at the size of the log."""


class Checkpointer:
    """Watches the log of one file; the writer tells it of each commit."""

    def __init__(
        self, path: Path, lock: Semaphore, connect: Callable[[], sqlite3.Connection]
    ) -> None:
        self._log = path.with_name(f"{path.name}-wal")
        self._lock = lock
        self._connect = connect
        self._commits = 0
        self._moving: Event | None = None
        self._crowded = False

    def committed(self) -> None:
        """Start moving the log where it has grown long."""
        self._commits += 1
        if self._commits % LOOK_EVERY:
            return
        size = self._log.stat().st_size if self._log.exists() else 0
        if self._moving is None and size > LOG_SIZE:
            self._moving = Event()
            eventlet.spawn_n(self._move)
        self._crowded = self._moving is not None and size > CROWDED

    def wait_for_room(self) -> None:
        """Let the log be moved before more is written, where it has grown faster than that."""
        if self._crowded and self._moving is not None:
            with eventlet.Timeout(WAITING, False):
                self._moving.wait()

    def empty(self) -> None:
        """Move all of it and cut it to nothing; the caller holds the lock. Raises where others keep it busy."""
        connection = self._connect()
        try:
            give_up = time.monotonic() + EMPTYING
            while tpool.execute(_truncate, connection):
                if time.monotonic() > give_up:
                    raise Unavailable(f"{self._log.name} is in use elsewhere", code="database_busy")
                eventlet.sleep(0.01)
        finally:
            connection.close()

    def _move(self) -> None:
        """Most of it while others write; the rest while they wait, so that the log begins anew."""
        try:
            connection = self._connect()
            tpool.execute(_checkpoint, connection)
            with self._lock:
                tpool.execute(_checkpoint, connection)
            connection.close()
        except sqlite3.Error:
            """The log stays longer; the next look tries again."""
        finally:
            moving, self._moving, self._crowded = self._moving, None, False
            if moving is not None:
                moving.send()


def _checkpoint(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _truncate(connection: sqlite3.Connection) -> bool:
    """Empty the log; whether somebody is in the way."""
    return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
