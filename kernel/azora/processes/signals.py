"""Waiting for a signal in a process that runs a hub: signals alone do not wake an idle one."""

import os
import signal
from collections.abc import Iterable

from eventlet.green import os as green_os

STOPS = (signal.SIGTERM, signal.SIGINT)


class SignalPipe:
    """Turns signals into bytes of a pipe, on which a greenlet can wait."""

    def __init__(self, wanted: Iterable[signal.Signals] = STOPS) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in wanted:
            signal.signal(number, lambda *_: None)

    def wait(self) -> signal.Signals:
        """The next signal."""
        return signal.Signals(green_os.read(self._reader, 1)[0])


def exit_at_the_second() -> None:
    """Let the next stop signal end the process at once: somebody is out of patience."""
    for number in STOPS:
        signal.signal(number, lambda number, _: os._exit(128 + number))
