"""A wake-up call between greenlets that is never lost."""

from eventlet import Timeout
from eventlet.event import Event


class Bell:
    """`ring` wakes the one greenlet that waits, or lets the next `wait` pass at once."""

    def __init__(self) -> None:
        self._rung = False
        self._sleeper: Event | None = None

    def ring(self) -> None:
        self._rung = True
        if self._sleeper is not None:
            sleeper, self._sleeper = self._sleeper, None
            sleeper.send()

    def wait(self, seconds: float) -> None:
        """Return when rung, or after so many seconds."""
        if not self._rung:
            self._sleeper = Event()
            try:
                with Timeout(seconds, False):
                    self._sleeper.wait()
            finally:
                self._sleeper = None
        self._rung = False
