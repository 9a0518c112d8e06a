"""The client of a plain connection: the hub knows it from one wait to the next.

Eventlet's own socket is made known before each wait and forgotten after it, with a timer of its own: two
system calls and a timer for every request. Here one of each lasts for as long as the connection.
"""

import math
import socket
import time
from typing import Any

from eventlet import getcurrent
from eventlet.greenio import GreenSocket
from eventlet.hubs import get_hub

MOST_IN_A_ROW = 8
"""How often a client that says more than is taken at once is heard before others have their turn."""


class Peer:
    """What was accepted; one greenlet at a time waits for it to say something."""

    def __init__(self, accepted: GreenSocket) -> None:
        self.fd = accepted.fd
        self.fileno = accepted.fileno
        self.shutdown = accepted.shutdown
        self._green = accepted
        self._hub = get_hub()
        self._timeout: float | None = None
        self._known: Any = None
        self._waiting: Any = None
        self._in_a_row = 0
        self._limit = math.inf
        self._timer: Any = None
        self._looks_at = math.inf

    def settimeout(self, seconds: float | None) -> None:
        """How long what follows may wait; None for ever."""
        self._timeout = seconds

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What has come, at most so much; b"" where the client has left. Raises TimeoutError."""
        if not 0 < self._in_a_row < MOST_IN_A_ROW:
            self._wait(self._timeout)
        while True:
            try:
                data = self.fd.recv(size, flags)
            except BlockingIOError:
                self._wait(self._timeout)
            except ConnectionError:
                return b""
            else:
                self._in_a_row = self._in_a_row + 1 if len(data) == size else 0
                return data  # type: ignore[no-any-return]

    def sendall(self, data: bytes) -> None:
        """Send everything. Raises OSError, TimeoutError where the client does not take it in time."""
        try:
            sent = self.fd.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._green.settimeout(self._timeout)
            self._green.sendall(memoryview(data)[sent:])

    def wait(self) -> None:
        """Wait, however long, until the client says something or leaves."""
        self._wait(None)

    def left(self) -> bool:
        """Whether the client has left; to be asked when something can be read."""
        try:
            return bool(self.fd.recv(1, socket.MSG_PEEK) == b"")
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    def close(self) -> None:
        self._forget()
        if self._timer is not None:
            self._timer.cancel()
        self._green.close()

    def _wait(self, seconds: float | None) -> None:
        if self._known is None:
            self._known = self._hub.add(
                self._hub.READ, self.fileno(), self._wake, self._break, self._forget
            )
        if seconds is not None:
            self._look_by(time.monotonic() + seconds)
        self._waiting = getcurrent()
        self._in_a_row = 0
        try:
            self._hub.switch()
        finally:
            self._waiting = None
            self._limit = math.inf

    def _wake(self, _fileno: int) -> None:
        """Called by the hub when there is something to read, again and again until it is read."""
        if self._waiting is not None:
            self._waiting.switch()
        else:
            self._forget()

    def _break(self, error: BaseException) -> None:
        if self._waiting is not None:
            self._waiting.throw(error)

    def _forget(self) -> None:
        known, self._known = self._known, None
        if known is not None:
            self._hub.remove(known)

    def _look_by(self, limit: float) -> None:
        """Have a look at that time; where one is due before it, that one sees to the rest."""
        self._limit = limit
        if self._timer is not None and self._looks_at <= limit:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._looks_at = limit
        self._timer = self._hub.schedule_call_global(limit - time.monotonic(), self._look)

    def _look(self) -> None:
        self._timer = None
        if self._waiting is None or self._limit == math.inf:
            return
        if self._limit > time.monotonic():
            self._look_by(self._limit)
        else:
            self._waiting.throw(TimeoutError("timed out"))
