"""Cron expressions: whether they are any, and the times in UTC that they name."""

import math
from datetime import UTC, datetime

from croniter import croniter

from azora.errors import PluginError


def check_cron(expression: str) -> None:
    """Raise PluginError where this is not a cron expression."""
    if not croniter.is_valid(expression):
        raise PluginError(
            f"{expression!r} is not a cron expression: write minute, hour, day, month, weekday"
        )


def latest_due(cron: str, now: float) -> float:
    """The last due time up to now, in seconds since 1970; cron times are UTC."""
    moment = datetime.fromtimestamp(math.floor(now) + 1, UTC)
    return float(croniter(cron, moment).get_prev(float))


def next_due(cron: str, now: float) -> float:
    """The first due time after now."""
    return float(croniter(cron, datetime.fromtimestamp(now, UTC)).get_next(float))
