"""One serving process from its start to its stop: the runtime, its HTTP gateway, its control socket."""

import gc
from pathlib import Path

import eventlet

from azora.backup.schedule import start_schedule
from azora.campus import open_runtime
from azora.errors import PluginError, Unavailable
from azora.http.gateway import Gateway
from azora.observe.logs import get_logger
from azora.observe.telemetry import start_telemetry, stop_telemetry
from azora.processes.control import ControlSocket
from azora.processes.notify import ServiceManager
from azora.processes.signals import SignalPipe, exit_at_the_second
from azora.processes.upgrade import awaited_migrations
from azora.registry import Registry
from azora.settings import CampusSettings

_RETRY = 1.0
"""Seconds between two looks at a database that is not there yet, or is older than its code."""


class ServingProcess:
    """Hosts `names` (or all plugins) and answers at `address`: `host:port`, or `unix:/path`."""

    def __init__(
        self,
        settings: CampusSettings,
        registry: Registry,
        names: list[str] | None,
        address: str,
        control: Path,
    ) -> None:
        self.settings = settings
        start_telemetry(settings, "-".join(names) if names else "campus")
        self.runtime = open_runtime(settings, registry, names)
        self.gateway = Gateway(self.runtime)
        self.address = self.url = address
        self._names = names
        self._control = ControlSocket(self.runtime, control)
        self._signals: SignalPipe | None = None
        self._starting: eventlet.greenthread.GreenThread | None = None

    def start(self, *, demo: bool) -> None:
        """Start everything, with or without demo data; `address` then holds the port that was taken."""
        self.runtime.start()
        self._seed(demo=demo)
        if not self.runtime.hosted:
            raise PluginError("; ".join(f"{name}: {why}" for name, why in self._refused().items()))
        self._listen()
        if self._names is None:
            start_schedule(self.settings)

    def start_when_migrated(self) -> None:
        """Answer probes at once, and calls when the databases are as new as the code; seed without demo data."""
        self._listen()
        self._starting = eventlet.spawn(self._await_migrations)

    def serve(self, manager: ServiceManager | None = None) -> None:
        """Answer until a signal asks to stop, then stop in good order. Another stops at once.

        `manager` is told of both, where this process is the service.
        """
        assert self._signals is not None, "started before it serves"
        keep_for_good()
        if manager:
            manager.ready(self.url)
        self._signals.wait()
        exit_at_the_second()
        if manager:
            manager.stopping()
        self.stop()

    def stop(self) -> None:
        """Let what is running finish within the grace, and lose nothing."""
        grace = self.settings.shutdown_grace
        if self._starting is not None:
            self._starting.kill()
        self._control.stop()
        self.gateway.stop(grace)
        self.runtime.stop(grace)
        stop_telemetry()

    def _listen(self) -> None:
        """Answer from now on. Until here a stop signal ends the process at once, as SIGKILL may too."""
        self._signals = SignalPipe()
        doors = self.gateway.listen(self.address)
        self.address, self.url = doors.address, doors.url
        self._control.start()

    def _seed(self, *, demo: bool) -> None:
        """Seed, as often as it takes until the other processes that it calls are there."""
        while True:
            try:
                self.runtime.seed(demo=demo)
                return
            except Unavailable as error:
                if self.runtime.transport is None:
                    raise
                get_logger("kernel").info("seeding_waits", reason=error.detail)
                eventlet.sleep(_RETRY)

    def _await_migrations(self) -> None:
        log = get_logger("kernel")
        while awaited := self._awaited():
            self.runtime.awaited = awaited
            log.warning("awaiting_migrations", **awaited)
            eventlet.sleep(_RETRY)
        self.runtime.start()
        self.runtime.awaited = self._refused()
        self._seed(demo=False)

    def _refused(self) -> dict[str, str]:
        """The plugins of this process that cannot run, and why."""
        refused = self.runtime.registry.refused
        if self._names is None:
            return dict(refused)
        return {name: why for name, why in refused.items() if name in self._names}

    def _awaited(self) -> dict[str, str]:
        try:
            return awaited_migrations(self.runtime)
        except Exception as error:  # noqa: BLE001 – a database that is not there yet is awaited too
            return {"database": str(error)}


def keep_for_good() -> None:
    """Spare the collector what was loaded to stay: a full pass over all of it held the hub for 70 ms."""
    gc.collect()
    gc.freeze()
