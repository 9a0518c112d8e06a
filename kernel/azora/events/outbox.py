"""Events that a plugin has emitted and that are not handed over yet: one row beside each change."""

from azora.data.database import PluginDatabase
from azora.events.envelope import Envelope

_INSERT = (
    "INSERT INTO azora_outbox (id, type, version, time, key, data, traceparent, cause)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_OLDEST = "SELECT seq, id, type, version, time, key, data, traceparent, cause FROM azora_outbox ORDER BY seq LIMIT ?"


class Outbox:
    """The table `azora_outbox` of whichever plugin's database it is given."""

    def append(self, database: PluginDatabase, *envelopes: Envelope) -> None:
        """Write events in the open transaction: all of it happens, or nothing."""
        rows = [
            (one.id, one.type, one.version, one.time, one.key, one.data, one.traceparent, one.cause)
            for one in envelopes
        ]
        if len(rows) == 1:
            database.execute(_INSERT, *rows[0])
        else:
            database.execute_many(_INSERT, rows)

    def waiting(self, database: PluginDatabase) -> bool:
        """Whether there is anything to hand over."""
        return bool(database.execute("SELECT 1 FROM azora_outbox LIMIT 1"))

    def oldest(self, database: PluginDatabase, limit: int) -> list[tuple[int, Envelope]]:
        """The first unsent events with their sequence numbers, in the order of emission."""
        return [
            (seq, Envelope(id_, database.name, kind, version, at, key, bytes(data), trace, cause))
            for seq, id_, kind, version, at, key, data, trace, cause in database.execute(
                _OLDEST, limit
            )
        ]

    def remove(self, database: PluginDatabase, sent: list[int]) -> None:
        """Forget events that are handed over."""
        if not sent:
            return
        marks = ", ".join("?" * len(sent))
        with database.transaction():
            database.execute(f"DELETE FROM azora_outbox WHERE seq IN ({marks})", *sent)  # noqa: S608 – constants and placeholders

    def size(self, database: PluginDatabase) -> int:
        """How many events wait to be handed over."""
        return int(database.execute("SELECT count(*) FROM azora_outbox")[0][0])
