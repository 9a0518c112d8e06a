"""Handlers that somebody stopped for a while: what arrives for them waits in the inbox until they go on."""

import time
from collections.abc import Mapping
from typing import Any, Literal, get_args

from eventlet.semaphore import Semaphore

from azora.data.database import PluginDatabase

Mode = Literal["paused", "held"]
"""`paused`: nothing runs. `held`: what arrives waits, while what is replayed runs."""

MODES: tuple[str, ...] = get_args(Mode)
FAR = 1e12
"""A due time that never comes."""
_BELIEVED = 1.0
_STOP = """INSERT INTO azora_pauses (handler, mode, since) VALUES (?, ?, ?)
    ON CONFLICT (handler) DO UPDATE SET mode = excluded.mode"""
_WAIT = "UPDATE azora_inbox SET due = ? WHERE state = 'pending' AND due < ? AND handler = ?"
_GO_ON = "UPDATE azora_inbox SET due = ? WHERE state = 'pending' AND due >= ? AND handler = ?"


class Pauses:
    """The stopped handlers of one plugin; every process follows within about a second."""

    def __init__(self, database: PluginDatabase) -> None:
        self._database = database
        self._known: dict[str, str] = {}
        self._looked = -_BELIEVED
        self._looking = Semaphore(1)

    def modes(self) -> Mapping[str, str]:
        """Each stopped handler and how; a look at the database is believed for a second."""
        if time.monotonic() - self._looked > _BELIEVED:
            with self._looking:
                self._look()
        return self._known

    def waits(self, handler: str) -> bool:
        """Whether what arrives for it waits."""
        return handler in self.modes()

    def is_paused(self, handler: str) -> bool:
        """Whether nothing of it runs."""
        return self.modes().get(handler) == "paused"

    def stop(self, handler: str, mode: Mode) -> None:
        """Stop a handler in the open transaction; what waits for it already waits on."""
        now = time.time()
        self._database.execute(_STOP, handler, mode, now)
        self._database.execute(_WAIT, FAR, FAR, handler)
        self._database.after_commit(self._forget)

    def go_on(self, handler: str) -> None:
        """Let a handler go on in the open transaction. What waits behind a parked event still does."""
        self._database.execute("DELETE FROM azora_pauses WHERE handler = ?", handler)
        self._database.execute(_GO_ON, time.time(), FAR, handler)
        self._database.after_commit(self._forget)

    def _look(self) -> None:
        """Ask the database, unless another greenlet has done so while this one waited."""
        now = time.monotonic()
        if now - self._looked > _BELIEVED:
            rows: Any = self._database.execute("SELECT handler, mode FROM azora_pauses")
            self._known, self._looked = dict(rows), now

    def _forget(self) -> None:
        self._looked = -_BELIEVED
