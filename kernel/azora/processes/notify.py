"""What the process tells systemd: that it is ready, that it lives, that it stops (sd_notify).

Nothing is told where nobody asked (`NOTIFY_SOCKET` is not set).
"""

import os
import socket
from contextlib import suppress

import eventlet

SHARE = 3
"""Signs of life within each period after which systemd would lose patience."""


class ServiceManager:
    """The socket that the service manager gave this process and its children."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        self._period = int(os.environ.get("WATCHDOG_USEC") or 0) / 1_000_000
        self._beating: eventlet.greenthread.GreenThread | None = None

    def ready(self, url: str) -> None:
        """Say that the campus answers, and from now on that this process's hub turns."""
        self.say("READY=1", f"STATUS=Serving {url}")
        if self._period and self._beating is None:
            self._beating = eventlet.spawn(self._beat)

    def stopping(self) -> None:
        """Say that it stops in good order."""
        if self._beating is not None:
            self._beating.kill()
        self.say("STOPPING=1", "STATUS=Finishing what runs")

    def say(self, *facts: str) -> None:
        """Tell systemd some facts. A manager that is gone is no trouble of ours."""
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):
            address = "\0" + address[1:]
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
            peer.connect(address)
            peer.sendall("\n".join(facts).encode())

    def _beat(self) -> None:
        while True:
            self.say("WATCHDOG=1")
            eventlet.sleep(self._period / SHARE)
