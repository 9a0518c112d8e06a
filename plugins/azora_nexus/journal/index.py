"""Follows the log and keeps its index: a projection, which may be made anew from the log at any time."""

import time
from typing import TYPE_CHECKING

from azora.context import parse_traceparent
from azora.data.leases import Lease
from azora.events.log import EventLog, Logged, LogReader
from azora_nexus.journal import positions

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

READER = "index"
BATCH = 500
WAIT = 1.0
LEASE = 5.0
_INSERT = """INSERT INTO nexus_event (place, id, type, source, version, at, key, trace, cause, size)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""


class Indexer:
    """One of several replicas indexes at a time; what two of them write is the same."""

    def __init__(self, plugin: "HostedPlugin", log: EventLog) -> None:
        self._plugin = plugin
        self._log = log
        self._reader: LogReader | None = None
        self._next = 0
        self._lease = Lease(plugin.database, "nexus index", LEASE)

    def round(self) -> None:
        """Index what comes next, or wait a little for it."""
        if not self._lease.take():
            self._let_go()
            time.sleep(WAIT)
            return
        try:
            reader = self._open()
            found = reader.take(BATCH, WAIT) if reader else []
            if found:
                self._write(found)
        except BaseException:
            self._let_go()
            raise

    def _open(self) -> LogReader | None:
        """A reader of what is not indexed yet; None as long as the log does not say which one it is."""
        if self._reader is None:
            self._next = positions.read(READER)
            is_same = self._is_same_log() if self._next else True
            if is_same is None:
                return None
            if not is_same:
                self._begin_anew()
            self._reader = self._log.reader(self._next)
        return self._reader

    def _write(self, found: list[Logged]) -> None:
        database = self._plugin.database
        with database.transaction():
            database.execute_many(_INSERT, [_row(logged) for logged in found])
            self._next = found[-1].offset + 1
            positions.write(READER, self._next)

    def _is_same_log(self) -> bool | None:
        """Whether the last event that was indexed stands where it was; a broker may be a new one.

        None where that cannot be told yet: a busy broker takes its time, and a new one has nothing.
        """
        last = self._plugin.database.execute(
            "SELECT place, id FROM nexus_event ORDER BY place DESC LIMIT 1"
        )
        if not last:
            return True
        place = last[0][0]
        with self._log.reader(place) as reader:
            there = reader.take(1, 2 * WAIT)
        if there:
            return (there[0].offset, there[0].envelope.id) == last[0]
        newest = self._log.newest(WAIT)
        return False if newest is not None and newest.offset < place else None

    def _begin_anew(self) -> None:
        self._plugin.log.warning("the log is another than the one that was indexed")
        with self._plugin.database.transaction() as database:
            database.execute("DELETE FROM nexus_event")
            database.execute("DELETE FROM nexus_position")
        self._next = 0

    def _let_go(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


def trace_of(traceparent: str | None) -> str | None:
    """The trace id of a W3C traceparent."""
    parsed = parse_traceparent(traceparent)
    return parsed[0] if parsed else None


def _row(logged: Logged) -> tuple[object, ...]:
    event = logged.envelope
    return (
        *(logged.offset, event.id, event.type, event.source, event.version, event.time),
        *(event.key, trace_of(event.traceparent), event.cause, len(event.data)),
    )
