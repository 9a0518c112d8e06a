"""A process's sign of life in a plugin's database: what it runs is its own for as long as it shows it."""

import time

from azora.data.database import PluginDatabase
from azora.data.leases import Lease, this_process

LEASE_NAME = "process "
SECONDS = 6.0
"""So long after a process's last sign of life what it was running is taken up by another."""

_FORGOTTEN = 3600.0


class Liveness:
    """A lease in this process's own name, which ends by itself soon after the process.

    A SQLite file has one owning process, so nobody asks for it there.
    """

    def __init__(self, database: PluginDatabase, seconds: float = SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._lease = Lease(database, f"{LEASE_NAME}{this_process()}", seconds)
        self._shown = 0.0
        self._since = 0.0

    def show(self) -> None:
        """Show that we live; to be called more often than twice in `seconds`."""
        self._lease.take()
        now = time.monotonic()
        if now - self._shown > self._seconds:
            self._since = now
        self._shown = now

    def may_judge(self) -> bool:
        """Whether a lease that ran out means that its process ended.

        After a time in which the database was away everybody's has run out: each gets the time to
        show itself again.
        """
        return time.monotonic() - self._since > self._seconds or self._database.dialect == "sqlite"

    def ended(self, owner: str) -> bool:
        """Whether the process that bore this name has ended, as far as we may judge."""
        if owner == this_process() or not self.may_judge():
            return False
        return self._database.dialect == "sqlite" or not self._database.execute(
            "SELECT 1 FROM azora_leases WHERE name = ? AND until > ?",
            f"{LEASE_NAME}{owner}",
            time.time(),
        )

    def forget_others(self) -> None:
        """Clear away what processes left that ended long ago. In the open transaction."""
        self._database.execute(
            f"DELETE FROM azora_leases WHERE name LIKE '{LEASE_NAME}%' AND until < ?",  # noqa: S608 – constants and placeholders
            time.time() - _FORGOTTEN,
        )
