"""The time that a piece of work may take. One timer of the hub looks after all that is in progress.

A timer for each would be made and taken back for every call, though hardly any is ever needed.
"""

import math
import time
from typing import TYPE_CHECKING, Any

from eventlet import Timeout, getcurrent
from eventlet.hubs import get_hub

from azora.errors import DeadlineExceeded

if TYPE_CHECKING:
    from azora.context import Context


class Deadline:
    """The earlier of the caller's deadline and our own timeout, in seconds.

    A body that waits is interrupted; one that never yields is caught when it returns.
    """

    __slots__ = ("_alarm", "_context", "_expired", "_full", "_greenlet", "_timeout", "_watch", "at")

    def __init__(self, context: "Context", timeout: float, full: str) -> None:
        self._context = context
        self._timeout = timeout
        self._full = full
        self._watch: Watch | None = None
        self._expired: Timeout | None = None
        self._alarm: Any = None
        self.at = math.inf

    def start(self) -> None:
        """Be watched, unless a deadline of this greenlet is that is no later."""
        context, now = self._context, time.monotonic()
        given, own = context.deadline, now + self._timeout
        if given is not None and given <= now:
            raise DeadlineExceeded(f"{self._full} was asked too late")
        if given is None or own < given:
            context.deadline = own
        elif context.timed:
            return
        context.timed = True
        self.at = own if given is None or own < given else given
        self._greenlet = getcurrent()
        self._watch = _watch_of(get_hub())
        self._watch.add(self)

    def end(self, error: BaseException | None) -> BaseException | None:
        """What the body failed of: `error`, or DeadlineExceeded where the time was up."""
        if self._watch is not None:
            self._watch.remove(self)
        if self._alarm is not None:
            self._alarm.cancel()
        if error is None and time.monotonic() > (self._context.deadline or 0):
            return DeadlineExceeded(f"{self._full} answered too late")
        if error is not None and error is self._expired:
            return DeadlineExceeded(f"{self._full} did not answer in time")
        return error

    def expire(self, hub: Any) -> None:
        """Interrupt the work, unless it ends before its greenlet has its turn."""
        self._expired = Timeout()
        self._alarm = hub.schedule_call_global(0, self._greenlet.throw, self._expired)


class Watch:
    """All deadlines of one hub that are watched, and a timer for the earliest that it knew."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self._open: set[Deadline] = set()
        self._timer: Any = None
        self._looks_at = math.inf

    def add(self, deadline: Deadline) -> None:
        self._open.add(deadline)
        if deadline.at < self._looks_at:
            self._look_at(deadline.at)

    def remove(self, deadline: Deadline) -> None:
        self._open.discard(deadline)

    def _look_at(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks_at = at
        self._timer = self._hub.schedule_call_global(max(0.0, at - time.monotonic()), self._look)

    def _look(self) -> None:
        self._timer, self._looks_at = None, math.inf
        now = time.monotonic()
        for deadline in [one for one in self._open if one.at <= now]:
            self._open.discard(deadline)
            deadline.expire(self._hub)
        if self._open:
            self._look_at(min(one.at for one in self._open))


def _watch_of(hub: Any) -> Watch:
    """The watch lives as long as its hub: a thread, or a process after a fork, has one of its own."""
    try:
        return hub.azora_watch  # type: ignore[no-any-return]
    except AttributeError:
        hub.azora_watch = Watch(hub)
        return hub.azora_watch  # type: ignore[no-any-return]
