"""How long events of each type are kept, and forgetting those that are older."""

import operator
import time
from functools import reduce
from typing import TYPE_CHECKING, Any

from azora.events.envelope import Envelope
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.patterns import condition, matcher

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

DAY = 86_400.0
_BATCH = 1000
_TYPES = "SELECT type FROM nexus_event GROUP BY type"
_FORGET = """DELETE FROM nexus_event WHERE place IN (
    SELECT place FROM nexus_event WHERE type = ? AND at < ? LIMIT ?)
    AND place < (SELECT max(place) FROM nexus_event) RETURNING place"""


class Retention:
    """What the settings say. Of several patterns that fit a type the shortest time holds."""

    def __init__(self, plugin: "HostedPlugin") -> None:
        longest: float = plugin.runtime.settings.event_log_days
        self._longest = longest
        self._patterns: dict[str, float] = plugin.settings.keep_days
        self._rules = [(matcher(pattern), days) for pattern, days in self._patterns.items()]

    def days(self, event: str) -> float:
        """For how long events of a type are kept."""
        return min([self._longest, *(days for fits, days in self._rules if fits(event))])

    def oldest(self, event: str) -> float:
        """The moment before which events of a type are forgotten, in seconds since 1970."""
        return time.time() - self.days(event) * DAY

    def shown(self) -> Any:
        """What of the index is young enough to be shown, as a condition of a query."""
        now = time.time()
        conditions = [EventRow.at >= now - self._longest * DAY]
        for pattern, days in self._patterns.items():
            old = EventRow.at < now - days * DAY
            conditions.append(~(condition(EventRow.type, pattern) & old))
        return reduce(operator.and_, conditions)


def is_kept(plugin: "HostedPlugin", event: Envelope) -> bool:
    """Whether an event is young enough to be shown to anybody."""
    return event.time >= Retention(plugin).oldest(event.type)


def forget(plugin: "HostedPlugin") -> int:
    """Forget what is too old, in the index and, where it can forget singly, in the log; how many events."""
    retention, database, count = Retention(plugin), plugin.database, 0
    assert plugin.event_log is not None
    for (event,) in database.execute(_TYPES):
        before = retention.oldest(event)
        while True:
            with database.transaction():
                gone = len(database.execute(_FORGET, event, before, _BATCH))
            count += gone
            if not gone:
                break
        while plugin.event_log.forget(event, before, _BATCH):
            pass
    return count
