"""The table `azora_retold`: events that a handler took straight from the log, in batches, without rows of their own.

Each row names the events of one batch. Their ids rise with time, so that few rows reach over the time of
any other event.
"""

from collections.abc import Collection, Iterable, Sequence

from azora.contract import Handler
from azora.data.database import PluginDatabase
from azora.events.envelope import Envelope

NewRow = tuple[Envelope, str, str | None]
"""An event on its way into the inbox, for a handler and in a lane."""
_AMONG = "SELECT ids FROM azora_retold WHERE handler = ? AND last >= ? AND first <= ?"
_NOTE = "INSERT INTO azora_retold (handler, first, last, ids, changed) VALUES (?, ?, ?, ?, ?)"
_FORGET = """DELETE FROM azora_retold WHERE seq IN (
    SELECT seq FROM azora_retold WHERE changed < ? LIMIT ?) RETURNING seq"""


class Retold:
    """What the handlers of one plugin that take batches were told straight from the log.

    A live event and its replay meet here: whoever settles one of the two holds `alone` or `beside` until its
    transaction ends, and so sees what the other did.
    """

    def __init__(self, database: PluginDatabase, handlers: Iterable[Handler] = ()) -> None:
        self._database = database
        self._batched = frozenset(handler.name for handler in handlers if handler.batch)

    def alone(self, handler: str) -> None:
        """Let nobody else settle events of this handler until the open transaction ends."""
        self._lock("pg_advisory_xact_lock", handler)

    def beside(self, handler: str) -> None:
        """Let no replay settle events of this handler until the open transaction ends."""
        self._lock("pg_advisory_xact_lock_shared", handler)

    def among(self, handler: str, ids: Collection[str]) -> set[str]:
        """Those of these events that the handler took from the log."""
        if handler not in self._batched or not ids:
            return set()
        rows = self._database.execute(_AMONG, handler, min(ids), max(ids))
        return {id_ for (noted,) in rows for id_ in noted.split()} & set(ids)

    def note(self, handler: str, ids: Sequence[str], now: float) -> None:
        """Remember that the handler took these, in the open transaction."""
        self._database.execute(_NOTE, handler, min(ids), max(ids), " ".join(ids), now)

    def left_of(self, rows: Sequence[NewRow]) -> Sequence[NewRow]:
        """The rows without those whose event was taken from the log, in the open transaction."""
        for handler in sorted(self._batched & {name for _, name, _ in rows}):
            self.beside(handler)
            gone = self.among(handler, {event.id for event, name, _ in rows if name == handler})
            rows = [row for row in rows if row[1] != handler or row[0].id not in gone]
        return rows

    def forget(self, before: float, limit: int = 1000) -> int:
        """Forget up to `limit` batches that were taken before then; returns how many."""
        return len(self._database.execute(_FORGET, before, limit))

    def _lock(self, function: str, handler: str) -> None:
        """SQLite has one writer at a time anyway."""
        if self._database.dialect == "postgresql":
            name = f"{self._database.name} {handler}"
            self._database.execute(
                f"SELECT {function}(hashtext('azora_retold'), hashtext(?))", name
            )


def tells_its_age(envelope: Envelope) -> bool:
    """Whether the id is one of ours (UUIDv7): such ids rise with time."""
    return len(envelope.id) == 36 and envelope.id[14] == "7"
