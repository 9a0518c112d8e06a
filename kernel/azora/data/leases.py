"""Leases: rows that let one of several replicas do what only one may."""

import os
import time

from azora.data.database import PluginDatabase
from azora.ids import uuid7

_BORN = uuid7()

_TAKE = """INSERT INTO azora_leases (name, owner, until) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
    WHERE azora_leases.owner = excluded.owner OR azora_leases.until < ? RETURNING owner"""


def this_process() -> str:
    """This process as the owner of leases; each child of a fork is another."""
    return f"{_BORN}:{os.getpid()}"


def release_all(database: PluginDatabase) -> None:
    """Let other processes have everything that this one holds: it stops."""
    if database.dialect == "sqlite":
        return
    with database.transaction():
        database.execute("UPDATE azora_leases SET until = 0 WHERE owner = ?", this_process())


class Lease:
    """A named right that one process holds for `seconds` and may renew.

    A SQLite file has one owning process, so there it is always granted.
    """

    def __init__(self, database: PluginDatabase, name: str, seconds: float) -> None:
        self.database = database
        self.name = name
        self.seconds = seconds
        self._until = 0.0

    def take(self) -> bool:
        """Take or renew the lease; False where another process holds it."""
        if self.database.dialect == "sqlite":
            return True
        now = time.time()
        if now < self._until - self.seconds / 2:
            return True
        with self.database.transaction():
            held = self.database.execute(_TAKE, self.name, this_process(), now + self.seconds, now)
        self._until = now + self.seconds if held else 0.0
        return bool(held)

    def release(self) -> None:
        """Let another process have it at once."""
        if self._until == 0.0:
            return
        self._until = 0.0
        with self.database.transaction():
            self.database.execute(
                "UPDATE azora_leases SET until = 0 WHERE name = ? AND owner = ?",
                self.name,
                this_process(),
            )
