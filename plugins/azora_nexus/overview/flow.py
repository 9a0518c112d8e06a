"""Counts what was told of late, from the index of the log."""

import time
from collections import defaultdict
from datetime import UTC, datetime

from azora.data.database import PluginDatabase
from azora_nexus.overview.contracts import Flow, TypeRate

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_TYPES = "SELECT type, count(*) FROM nexus_event WHERE at >= ? GROUP BY type"
_MINUTES = """SELECT round((at - ?) / 60.0 - 0.5), count(*) FROM nexus_event
    WHERE at >= ? GROUP BY round((at - ?) / 60.0 - 0.5)"""
_NEWEST = "SELECT at FROM nexus_event ORDER BY place DESC LIMIT 1"


def flow(database: PluginDatabase) -> Flow:
    """How many events were told within a minute, an hour and a day, and in each minute of the hour."""
    now = time.time()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, span in enumerate((MINUTE, HOUR, DAY)):
        for event, count in database.execute(_TYPES, now - span):
            counts[event][place] = count
    minutes = [0] * 60
    for minute, count in database.execute(_MINUTES, now - HOUR, now - HOUR, now - HOUR):
        minutes[min(59, max(0, int(minute)))] += count
    newest = database.execute(_NEWEST)
    return Flow(
        checked=datetime.fromtimestamp(now, UTC),
        minute=sum(count[0] for count in counts.values()),
        hour=sum(count[1] for count in counts.values()),
        minutes=minutes,
        types=[
            TypeRate(type=event, minute=count[0], hour=count[1], day=count[2])
            for event, count in sorted(counts.items(), key=lambda one: (-one[1][2], one[0]))
        ],
        newest=datetime.fromtimestamp(newest[0][0], UTC) if newest else None,
    )
