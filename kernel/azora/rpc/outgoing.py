"""What a connection still has to write: all that comes in one turn of the hub goes out in one piece.

A system call for each message costs more than the message.
"""

from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event

from azora.observe.logs import get_logger

ROOM = 1_000_000
"""Bytes that may wait to be written before whoever has more is asked to wait."""


class Outgoing:
    """The bytes that wait for a socket. `on_lost` hears when they cannot be written."""

    def __init__(self, sock: Any, on_lost: Callable[[], None]) -> None:
        self._sock = sock
        self._on_lost = on_lost
        self._pieces: list[bytes] = []
        self._taken = self._written = 0
        self._writing = False
        self._lost = False
        self._changed: Event | None = None

    @property
    def waiting(self) -> int:
        """Bytes that are still to be written."""
        return 0 if self._lost else self._taken - self._written

    def write(self, data: bytes | memoryview) -> None:
        """Take these bytes, to be written before anything that comes later. Never waits.

        Raises ConnectionError once the connection is lost.
        """
        if self._lost:
            raise ConnectionError("the connection is lost")
        self._pieces.append(bytes(data))
        self._taken += len(data)
        if not self._writing:
            self._writing = True
            eventlet.spawn_n(self._write_out)

    def wait_for_room(self) -> None:
        """Wait while the peer takes less than it is given."""
        while self.waiting > ROOM:
            self._wait()

    def wait_until_written(self) -> bool:
        """Wait until all that there is now is written; False where the connection was lost before."""
        goal = self._taken
        while self._written < goal and not self._lost:
            self._wait()
        return self._written >= goal

    def lose(self) -> None:
        """Forget what is left: nobody takes it any more."""
        self._lost = True
        self._pieces.clear()
        self._tell()

    def _wait(self) -> None:
        if self._changed is None:
            self._changed = Event()
        self._changed.wait()

    def _write_out(self) -> None:
        try:
            while self._pieces:
                data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
                self._pieces.clear()
                self._sock.sendall(data)
                if self._lost:
                    return
                self._written += len(data)
                self._tell()
            self._writing = False
        except (OSError, ValueError) as error:  # ValueError: TLS on a closed socket
            get_logger("kernel").warning("broker_unwritable", error=str(error))
            self.lose()
            self._on_lost()

    def _tell(self) -> None:
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.send()
