"""Reads a stretch of the log: what is wanted of it, and where to read on."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from azora.events.envelope import Envelope
from azora.events.log import Logged
from azora_nexus.filters.cesql import filter_of
from azora_nexus.journal import reading
from azora_nexus.journal.contracts import LogPage, ReadLog
from azora_nexus.journal.patterns import matcher
from azora_nexus.journal.positions import end_of_log
from azora_nexus.journal.retention import Retention

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

_LONGEST = 5000
"""Events that one request reads at most, whatever it looks for."""


def stretch(plugin: "HostedPlugin", request: ReadLog) -> LogPage:
    """Up to `limit` wanted events from an offset on; waits for a first one where that is asked."""
    offset = request.offset
    if offset is None:
        offset = reading.start_of_last(request.limit, request.type)
    is_wanted = wanted(plugin, request.type, request.filter)
    found: list[Logged] = []
    ended = end_of_log()
    passed, until = 0, time.monotonic() + request.wait
    assert plugin.event_log is not None
    with plugin.event_log.reader(offset) as reader:
        while len(found) < request.limit and passed < _LONGEST:
            wait = max(0.0, until - time.monotonic()) if not found else 0.0
            known = reading.SOON if offset < ended and not found else reading.AT_ONCE
            batch = reader.take(request.limit - len(found), max(wait, known))
            if not batch:
                break
            passed += len(batch)
            offset = batch[-1].offset + 1
            found += [one for one in batch if is_wanted(one.envelope)]
    return LogPage(items=[reading.whole(one) for one in found], next=offset)


def wanted(plugin: "HostedPlugin", types: str, expression: str) -> Callable[[Envelope], bool]:
    """Whether an event is asked for, and young enough to be shown."""
    of_type, filter_ = matcher(types), filter_of(expression)
    oldest = Retention(plugin).oldest
    return lambda event: (
        of_type(event.type)
        and event.time >= oldest(event.type)
        and (filter_ is None or filter_.wants(event))
    )
