"""A log that is a RabbitMQ stream: kept as the rows of `azora_log` that it would be without a broker.

A restore so brings it back on either product; where there is a broker, those rows go into the stream again
when the campus starts (`azora.rpc.pouring`).
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azora.backup.archive import PluginPart
from azora.backup.copyform import from_copy, to_copy
from azora.errors import Unavailable
from azora.events.envelope import Envelope
from azora.rpc.log import StreamLog

TABLE = "azora_log"
PATIENCE = 6.0
"""Seconds for which a stream may say nothing; the broker counts what is in one every five."""
AT_ONCE = 1000
_FIELDS = ("id", "source", "type", "version", "time", "key", "data", "traceparent", "cause")


@dataclass(frozen=True)
class KeptStreams:
    """The streams of a broker, each by the plugin that keeps it, with the offset of its last event."""

    broker: str
    last: Mapping[str, int]

    @classmethod
    def now(cls, broker: str, keepers: Collection[str]) -> "KeptStreams":
        """The streams as far as they go now. Raises Unavailable."""
        logs = {plugin: StreamLog(broker, plugin) for plugin in keepers}
        ends = {plugin: log.end(PATIENCE) for plugin, log in logs.items()}
        return cls(broker, {plugin: end for plugin, end in ends.items() if end is not None})

    def add_rows(self, plugin: str, path: Path, part: PluginPart, until: float) -> None:
        """Put the events told until then behind the rows of the table that were copied into a file."""
        if plugin not in self.last:
            return
        names, types = map(list, zip(*part.columns[TABLE], strict=True))
        with path.open(encoding="utf-8", newline="\n") as lines:
            there = [dict(zip(names, row, strict=True)) for row in from_copy(lines, types)]
        known = {row["id"] for row in there}
        seq = max((row["seq"] for row in there), default=0)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            for event in self._events(plugin, until):
                if event.id not in known:
                    seq += 1
                    known.add(event.id)
                    values = {"seq": seq} | {name: getattr(event, name) for name in _FIELDS}
                    file.writelines(to_copy([[values[name] for name in names]], types))
        part.tables[TABLE] = len(known)

    def add_to_file(self, plugin: str, path: Path, part: PluginPart, until: float) -> None:
        """The same in a SQLite file."""
        if plugin not in self.last:
            return
        listed, marks = ", ".join(_FIELDS), ", ".join("?" * len(_FIELDS))
        statement = f"INSERT INTO {TABLE} ({listed}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"  # noqa: S608 – constants
        with closing(sqlite3.connect(path)) as copy:
            rows = (_values(event) for event in self._events(plugin, until))
            copy.executemany(statement, rows)
            copy.commit()
            part.tables[TABLE] = copy.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]  # noqa: S608 – constant

    def _events(self, plugin: str, until: float) -> Iterator[Envelope]:
        """What was told until then, in order. Raises Unavailable where the stream falls silent."""
        last = self.last[plugin]
        with StreamLog(self.broker, plugin).reader(0) as reader:
            for found in _batches(lambda: reader.take(AT_ONCE, PATIENCE)):
                for one in found:
                    if one.offset <= last and one.envelope.time <= until:
                        yield one.envelope
                if found[-1].offset >= last:
                    return


def _batches(take: Callable[[], list[Any]]) -> Iterator[list[Any]]:
    while found := take():
        yield found
    raise Unavailable(
        "The log stopped answering. No backup was made; try again.", code="backup.log_silent"
    )


def _values(event: Envelope) -> tuple[Any, ...]:
    return tuple(getattr(event, name) for name in _FIELDS)
