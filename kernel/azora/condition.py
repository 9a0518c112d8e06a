"""How this process is: what keeps its plugins from answering, and what its keepers should see to.

Looked at every few seconds, so that whoever asks (probes, the other processes, a page) has it at once.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import eventlet

from azora.observe.disk import Room, disk_notices, disk_space
from azora.observe.logs import get_logger

if TYPE_CHECKING:
    from azora.runtime import Runtime

LOOK = 2.0
REPEAT = 3600.0
"""Seconds after which a warning that still holds is logged again."""


class Condition:
    """`troubles` keep plugins from answering; `notices` do not, yet."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self.troubles: dict[str, str] = {}
        self.notices: dict[str, str] = {}
        self._told: tuple[Room, float] = ("enough", 0.0)
        runtime.metrics.gauge(
            "disk_free_bytes", "Bytes free where the campus's data lies", self._free
        )

    def run(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            eventlet.sleep(LOOK)

    def look(self) -> None:
        """Look once, and let the other processes know."""
        self.troubles = self._runtime.readiness()
        self.notices = disk_notices(self._runtime.settings)
        self._watch_disk()
        if self._runtime.transport:
            self._runtime.transport.presence.tell(self.troubles, self.notices)

    def _watch_disk(self) -> None:
        """Log it when the disk fills up, and each hour while it stays so."""
        with suppress(OSError):
            space = disk_space(self._runtime.settings)
            told, at = self._told
            late = space.room != "enough" and time.monotonic() - at > REPEAT
            if space.room != told or late:
                self._told = space.room, time.monotonic()
                self._log(space.room, space.words)

    def _log(self, room: Room, words: str) -> None:
        log = get_logger("kernel")
        if room == "enough":
            log.info("disk_has_room", space=words)
        elif room == "low":
            log.warning("disk_nearly_full", space=words, advice="free some space soon")
        else:
            log.error("disk_full", space=words, advice="free some space: uploads are refused")

    def _free(self) -> float:
        return disk_space(self._runtime.settings).free
