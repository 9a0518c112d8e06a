"""The log: every event of every plugin in one order, each at an offset, for the plugin that keeps it.

A plugin that says `Plugin(keeps_log=True)` finds its log as `plugin.event_log`. Without a broker it is
the table `azora_log` of that plugin; with one it is a RabbitMQ stream (`azora.rpc.log`).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self
from weakref import WeakSet

from azora.data.database import PluginDatabase
from azora.events.bell import Bell
from azora.events.envelope import Envelope

_FIELDS = "id, source, type, version, time, key, data, traceparent, cause"
_APPEND = (
    f"INSERT INTO azora_log ({_FIELDS}) VALUES ({', '.join('?' * 9)}) ON CONFLICT (id) DO NOTHING"  # noqa: S608 – constants and placeholders
)
_READ = f"SELECT seq, {_FIELDS} FROM azora_log WHERE seq >= ? ORDER BY seq LIMIT ?"  # noqa: S608 – constants and placeholders
_NEWEST = f"SELECT seq, {_FIELDS} FROM azora_log ORDER BY seq DESC LIMIT 1"  # noqa: S608 – constants
_FORGET = """DELETE FROM azora_log WHERE seq IN (
    SELECT seq FROM azora_log WHERE type = ? AND time < ? ORDER BY time LIMIT ?)
    AND seq < (SELECT max(seq) FROM azora_log)"""
_POLL = 0.25
"""Seconds after which a waiting reader looks unasked: another process may have written."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event at its place in the log. Offsets rise; they may have gaps, and an event may be there twice."""

    offset: int
    envelope: Envelope


class LogReader(AbstractContextManager["LogReader"], Protocol):
    """Reads on from one offset. It belongs to one greenlet."""

    def take(self, limit: int, wait: float = 0.0) -> list[Logged]:
        """Up to `limit` further events; none where within `wait` seconds nothing came. Raises Unavailable.

        None does not say that there is none: a busy broker may take longer to hand out what it has.
        """

    def close(self) -> None:
        """Let go of what it holds open."""


class EventLog(Protocol):
    """What keeps the events. Whoever reads bears an event twice, and knows it by its id."""

    def reader(self, offset: int) -> LogReader:
        """A reader that begins with the first event at or after this offset. Raises Unavailable."""

    def newest(self, wait: float) -> Logged | None:
        """The last event; None where within `wait` seconds none was handed out. Raises Unavailable."""

    def forget(self, event: str, before: float, limit: int = 1000) -> int:
        """Delete up to `limit` events of a type that are older; how many could be deleted singly.

        A log that ages as a whole deletes none here: readers pass over what is too old.
        """


class TableLog:
    """The log as rows of the keeping plugin's own database."""

    def __init__(self, database: PluginDatabase) -> None:
        self._database = database
        self._waiting: WeakSet[Bell] = WeakSet()

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Return once all are in the log. Known ones are left where they are."""
        database = self._database
        with database.transaction():
            if database.dialect == "postgresql":
                # Offsets become visible in their order only where one writer at a time takes them.
                database.execute("LOCK TABLE azora_log IN SHARE ROW EXCLUSIVE MODE")
            database.execute_many(_APPEND, [_row(envelope) for envelope in envelopes])
        for bell in list(self._waiting):
            bell.ring()

    def reader(self, offset: int) -> "TableReader":
        bell = Bell()
        self._waiting.add(bell)
        return TableReader(self._database, offset, bell)

    def newest(self, wait: float) -> Logged | None:
        return next(map(_logged, self._database.execute(_NEWEST)), None)

    def forget(self, event: str, before: float, limit: int = 1000) -> int:
        with self._database.transaction():
            return len(self._database.execute(f"{_FORGET} RETURNING seq", event, before, limit))


class TableReader:
    """A place in the table."""

    def __init__(self, database: PluginDatabase, offset: int, bell: Bell) -> None:
        self._database = database
        self._offset = offset
        self._bell = bell

    def take(self, limit: int, wait: float = 0.0) -> list[Logged]:
        left = wait
        while not (found := self._read(limit)) and left > 0:
            self._bell.wait(min(left, _POLL))
            left -= _POLL
        return found

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, limit: int) -> list[Logged]:
        found = [_logged(row) for row in self._database.execute(_READ, self._offset, limit)]
        if found:
            self._offset = found[-1].offset + 1
        return found


def _logged(row: tuple[Any, ...]) -> Logged:
    seq, id_, source, kind, version, at, key, data, trace, cause = row
    return Logged(seq, Envelope(id_, source, kind, version, at, key, bytes(data), trace, cause))


def _row(envelope: Envelope) -> tuple[object, ...]:
    return (
        *(envelope.id, envelope.source, envelope.type, envelope.version, envelope.time),
        *(envelope.key, envelope.data, envelope.traceparent, envelope.cause),
    )
