"""Follows the log for every active webhook, and writes down which events are to be sent to it."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora.data.leases import Lease
from azora.events.log import EventLog, Logged, LogReader
from azora.ids import uuid7
from azora_nexus.journal.stretch import wanted
from azora_nexus.subscriptions.models import SubscriptionRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

BATCH = 500
IDLE = 0.2
LEASE = 5.0
AT_ONCE = 0.05
_PLAN = """INSERT INTO nexus_delivery
    (id, subscription, event, type, place, state, attempts, due, answer, changed)
    VALUES (?, ?, ?, ?, ?, 'pending', 0, ?, '', ?)
    ON CONFLICT (subscription, event) DO UPDATE SET
        state = 'pending', attempts = 0, due = excluded.due, place = excluded.place
    WHERE nexus_delivery.state <> 'pending' AND nexus_delivery.place >= excluded.place"""


class Planner:
    """One of several replicas plans at a time. Each webhook is at a place of its own."""

    def __init__(self, plugin: "HostedPlugin", log: EventLog) -> None:
        self._plugin = plugin
        self._log = log
        self._lease = Lease(plugin.database, "nexus webhooks", LEASE)
        self._readers: dict[str, tuple[int, LogReader]] = {}

    def round(self) -> None:
        """Look at what came, for every webhook; rest where nothing did."""
        active = (SubscriptionRow.kind == "webhook") & (SubscriptionRow.state == "active")
        rows = list(SubscriptionRow.select().where(active))
        self._let_go({row.id for row in rows})
        if not rows or not self._lease.take():
            time.sleep(5 * IDLE)
            return
        moved = [self._advance(row) for row in rows]
        if not any(moved):
            time.sleep(IDLE)

    def _advance(self, row: SubscriptionRow) -> bool:
        place, reader = self._readers.pop(row.id, (-1, None))
        if reader is None or place != row.place:
            if reader is not None:
                reader.close()
            reader = self._log.reader(row.place)
        try:
            found = reader.take(BATCH, AT_ONCE)
            if found:
                self._plan(row, found)
        except BaseException:
            reader.close()
            raise
        self._readers[row.id] = (found[-1].offset + 1 if found else row.place, reader)
        return bool(found)

    def _plan(self, row: SubscriptionRow, found: list[Logged]) -> None:
        """Write the deliveries and the new place together; where somebody moved it meanwhile, neither."""
        is_wanted = wanted(self._plugin, row.types, row.expression)
        now, words = time.time(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        planned = [
            (uuid7(), row.id, one.envelope.id, one.envelope.type, one.offset, now, words)
            for one in found
            if is_wanted(one.envelope)
        ]
        with self._plugin.database.transaction() as database:
            here = (SubscriptionRow.id == row.id) & (SubscriptionRow.place == row.place)
            update = SubscriptionRow.update(place=found[-1].offset + 1)
            if update.where(here).execute() and planned:
                database.execute_many(_PLAN, planned)

    def _let_go(self, keep: set[str]) -> None:
        for id_ in self._readers.keys() - keep:
            self._readers.pop(id_)[1].close()
