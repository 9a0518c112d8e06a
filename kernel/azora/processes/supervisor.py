"""`azora up --processes`: a process per plugin and one front, imported once, frozen, forked, restarted.

The main process never runs a hub: it waits for its children, starts those that fall again, and hands
on the signal to stop. What it imported and froze is memory that all children share.
"""

import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import eventlet
from eventlet import hubs, patcher

# What every child needs is loaded before the fork, so that its memory is shared.
import azora.data.sqlite
import azora.files.disk
import azora.rpc.transport
import azora.shell.pages  # noqa: F401
from azora.backup.schedule import start_schedule
from azora.campus import open_runtime, prepare_campus
from azora.cli.campus import control_path
from azora.data.migrations import load_migrations
from azora.errors import AzoraError, PluginError
from azora.loader import load_registry
from azora.observe.logs import configure_logs, get_logger
from azora.observe.telemetry import resource_of, start_telemetry, stop_telemetry
from azora.processes.front import Front, socket_path
from azora.processes.notify import ServiceManager
from azora.processes.serving import ServingProcess
from azora.processes.signals import SignalPipe, exit_at_the_second
from azora.processes.upgrade import upgrade
from azora.registry import Registry
from azora.settings import CampusSettings

FRONT, MIGRATION = "front", "migration"
FATAL = 78
"""The exit code of a child that would fail the same way again."""

STEADY = 30.0
"""A child that lived so many seconds starts again without delay."""

LONGEST_DELAY = 10.0
_SLOW = 10.0
"""Seconds after which we say who is still being waited for."""

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_os = patcher.original("os")

Announce = Callable[[CampusSettings, Registry, str], None]


@dataclass
class Child:
    """One of our processes: what it runs, and how often it fell lately."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    began: float = 0.0
    falls: int = 0

    @property
    def delay(self) -> float:
        """Seconds before it starts again: none at first, then ever longer."""
        return min(0.1 * 2 ** (self.falls - 1), LONGEST_DELAY) if self.falls > 1 else 0.0


class Supervisor:
    """Keeps a campus of processes alive until it is told to stop."""

    def __init__(
        self,
        settings: CampusSettings,
        *,
        demo: bool,
        announce: Announce,
        registry: Registry | None = None,
    ) -> None:
        self._settings = settings
        self._registry = registry or load_registry()
        self._demo = demo
        self._announce = announce
        self._announced = False
        self._stopping = False
        self._children: dict[int, Child] = {}
        self._log = get_logger("kernel")
        configure_logs(settings, resource_of(settings, "supervisor"))

    def run(self) -> None:
        """Start everything and return when all of it has ended. Raises PluginError if it cannot start."""
        prepare_campus(self._settings, self._registry)
        names = list(self._registry.plugins)
        (self._settings.data_dir / "run").mkdir(exist_ok=True, mode=0o700)
        for loaded in self._registry.plugins.values():
            load_migrations(loaded.package)
        gc.collect()
        gc.freeze()
        self._run_once(Child(MIGRATION, self._migrate))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGALRM, self._on_overtime)
        for name in names:
            self._fork(Child(name, lambda name=name: self._serve(name)))  # type: ignore[misc]
        self._fork(Child(FRONT, lambda: self._serve_front(names)))
        fatal = self._watch()
        if fatal:
            raise PluginError(f"the {fatal} cannot start; its reason is above")

    def _watch(self) -> str | None:
        """Wait for children until none is left; the name of one that can never start, if any."""
        fatal = None
        while self._children:
            pid, status = _os.waitpid(-1, 0)
            child = self._children.pop(pid, None)
            if child is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            if self._stopping:
                self._stop_plugins_after(child)
            elif code == FATAL:
                fatal = child.name
                self._stop()
            else:
                self._revive(child, code)
        return fatal

    def _revive(self, child: Child, code: int) -> None:
        self._announced = self._announced or child.name == FRONT
        child.falls = 1 if time.monotonic() - child.began > STEADY else child.falls + 1
        self._log.error("process_ended", process=child.name, code=code, again_in=child.delay)
        self._fork(child)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._on_overtime() if self._stopping else self._stop()

    def _stop(self) -> None:
        """Ask the front to finish; the plugins go when it has, so that no request is cut off."""
        self._stopping = True
        signal.alarm(int(self._settings.shutdown_grace * 2) + 2)
        front = [child for child in self._children.values() if child.name == FRONT]
        for child in front or self._children.values():
            os.kill(child.pid, signal.SIGTERM)

    def _stop_plugins_after(self, ended: Child) -> None:
        if ended.name == FRONT:
            for child in self._children.values():
                os.kill(child.pid, signal.SIGTERM)

    def _on_overtime(self, *_: Any) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _run_once(self, child: Child) -> None:
        self._fork(child)
        _, status = _os.waitpid(child.pid, 0)
        del self._children[child.pid]
        if os.waitstatus_to_exitcode(status):
            raise PluginError(f"the {child.name} failed; nothing was started")

    def _fork(self, child: Child) -> None:
        delay = child.delay
        parent = os.getpid()
        child.began = time.monotonic()
        child.pid = _os.fork()
        if child.pid == 0:
            _become_child(child.name, parent)
            os._exit(_outcome(child, delay))
        self._children[child.pid] = child

    # -- what the children do -------------------------------------------------

    def _migrate(self) -> None:
        alone = self._settings.model_copy(update={"broker_url": None})
        upgrade(open_runtime(alone, self._registry))

    def _serve(self, name: str) -> None:
        data_dir = self._settings.data_dir
        address = f"unix:{socket_path(data_dir, name)}"
        control = control_path(data_dir, name)
        process = ServingProcess(self._settings, self._registry, [name], address, control)
        process.start(demo=self._demo)
        process.serve()

    def _serve_front(self, names: list[str]) -> None:
        start_telemetry(self._settings, FRONT)
        front = Front(self._settings, self._registry, names)
        signals = SignalPipe()
        url = front.listen(f"{self._settings.host}:{self._settings.port}").url
        manager = ServiceManager()
        eventlet.spawn(self._announce_when_ready, front, url, manager)
        start_schedule(self._settings)
        signals.wait()
        exit_at_the_second()
        manager.stopping()
        front.stop(self._settings.shutdown_grace)
        stop_telemetry()

    def _announce_when_ready(self, front: Front, url: str, manager: ServiceManager) -> None:
        limit = time.monotonic() + _SLOW
        while awaited := front.readiness():
            if time.monotonic() > limit:
                self._log.warning("still_starting", **awaited)
                limit += _SLOW
            eventlet.sleep(0.05)
        manager.ready(url)
        if not self._announced:
            self._announce(self._settings, self._registry, url)


def _become_child(name: str, parent: int) -> None:
    """A name, a group, signals and a hub of its own; it ends with its parent, however that ends."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        _name_and_bind(name)
    if os.getppid() != parent:
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    hubs.use_hub()


def _name_and_bind(name: str) -> None:
    """Show the name in `ps`, and have the kernel end us with our parent."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NAME, f"azora:{name}"[:15].encode())
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _outcome(child: Child, delay: float) -> int:
    """Run the child's work; its exit code."""
    if delay:
        time.sleep(delay)
    try:
        child.run()
        return 0
    except AzoraError as error:
        sys.stderr.write(f"{child.name}: {error.detail}\n")
    except BaseException:  # noqa: BLE001 – whatever it was, the exit code tells it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return FATAL if child.name == FRONT and not child.falls else 1
