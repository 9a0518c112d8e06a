"""Durations as Go and Kubernetes write them (1h30m), and moments as they stand in objects."""

import re
import time
from datetime import datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def span(duration: str) -> float:
    """The seconds of a duration."""
    parts = re.findall(r"([0-9.]+)(ms|s|m|h)", duration)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def seconds(duration: str) -> int:
    """Whole seconds of a duration, at least one."""
    return max(1, round(span(duration)))


def stamp(moment: float) -> str:
    """A moment as Kubernetes writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def moment(stamp: str) -> float:
    """Seconds since the epoch of a moment as Kubernetes writes it."""
    return datetime.fromisoformat(stamp).timestamp()
