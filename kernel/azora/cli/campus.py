"""The way from a command to a campus: one that runs, or else one made in this process for a moment.

    with campus() as here:
        here.call("library.import_records", {"records": [...]})

Commands act as `operator:cli`, with every permission: who may read the keeper's key is the operator.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from azora.errors import Conflict, Unavailable
from azora.processes.control import (
    OPERATOR,
    ControlClient,
    DataLock,
    call_as,
    parked_events,
    redrive_events,
)

if TYPE_CHECKING:
    from azora.runtime import Runtime
    from azora.settings.campus import CampusSettings

_TOKEN_SECONDS = 3600
_BROKER_SECONDS = 5.0
_BUSY_SECONDS = 15.0
"""For so long a command waits for another one, or for a campus that is starting."""


class Campus(Protocol):
    """What a command may ask of a campus."""

    def call(self, target: str, request: dict[str, Any]) -> Any:
        """The reply of `plugin.operation` as JSON values. Raises an AzoraError."""

    def parked(self, plugin: str | None = None) -> list[dict[str, Any]]:
        """Events that a handler gave up on."""

    def redrive(self, plugin: str, ids: list[str]) -> int:
        """Give parked events to their handlers again; how many."""


class RunningCampus:
    """A campus in other processes, reached over their control sockets."""

    def __init__(self, data_dir: Path, token: str) -> None:
        self._data_dir = data_dir
        self._token = token

    def call(self, target: str, request: dict[str, Any]) -> Any:
        return self._ask(target.partition(".")[0], "call", target=target, arguments=request)

    def parked(self, plugin: str | None = None) -> list[dict[str, Any]]:
        names = [plugin] if plugin else self._processes()
        return [row for name in names for row in self._ask(name, "parked", plugin=plugin)]

    def redrive(self, plugin: str, ids: list[str]) -> int:
        return int(self._ask(plugin, "redrive", plugin=plugin, ids=ids))

    def _ask(self, plugin: str | None, do: str, /, **request: Any) -> Any:
        own = control_path(self._data_dir, plugin)
        path = own if own.exists() else control_path(self._data_dir)
        with closing(ControlClient(path, self._token)) as client:
            return client.ask(do, **request)

    def _processes(self) -> list[str | None]:
        found = sorted(path.stem for path in (self._data_dir / "run").glob("*.control"))
        return [*found] or [None]


class OwnCampus:
    """A campus that this process hosts for as long as the command runs."""

    def __init__(self, runtime: "Runtime", token: str) -> None:
        self._runtime = runtime
        self._token = token

    def call(self, target: str, request: dict[str, Any]) -> Any:
        from azora.context import Context

        context = Context(self._runtime)
        context.token = self._token
        context.actor = self._runtime.actors.verify(self._token)
        return call_as(self._runtime, target, request, context)

    def parked(self, plugin: str | None = None) -> list[dict[str, Any]]:
        return parked_events(self._runtime, plugin)

    def redrive(self, plugin: str, ids: list[str]) -> int:
        return redrive_events(self._runtime, plugin, ids)


@contextmanager
def campus(data: str | None = None) -> Iterator[Campus]:
    """The running campus of a data folder, or one of our own under the folder's lock."""
    settings = campus_settings(data)
    lock = DataLock(settings.data_dir)
    if not _owns_or_finds(lock, settings.data_dir):
        yield RunningCampus(settings.data_dir, operator_token(settings))
        return
    try:
        with _own(settings) as here:
            yield here
    finally:
        lock.release()


def _owns_or_finds(lock: DataLock, data_dir: Path) -> bool:
    """True with the lock taken, False with a campus that answers; another command is waited for."""
    limit = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            lock.acquire()
            return True
        except Conflict:
            if control_path(data_dir).exists() or [*(data_dir / "run").glob("*.control")]:
                return False
            if time.monotonic() > limit:
                raise
        time.sleep(0.05)


def campus_settings(data: str | None = None, **overrides: Any) -> "CampusSettings":
    """The campus's settings with what the command line gave; None means not given."""
    from azora.settings import load_campus_settings

    given = {"data_dir": data, **overrides}
    return load_campus_settings(**{key: value for key, value in given.items() if value is not None})


def settings_as_started(data: str | None = None, **overrides: Any) -> "CampusSettings":
    """Like `campus_settings`; what is given nowhere is as when the campus last started."""
    from azora.whereabouts import started_with

    settings = campus_settings(data, **overrides)
    last = started_with(settings.data_dir).items()
    missing = {name: url for name, url in last if getattr(settings, name) is None}
    return campus_settings(data, **{**overrides, **missing}) if missing else settings


@contextmanager
def locked(settings: "CampusSettings", *, always: bool = False) -> Iterator[None]:
    """Own the data meanwhile: SQLite files bear one owner, `always` says that the folder does too."""
    if settings.database_url is not None and not always:
        yield
        return
    lock = DataLock(settings.data_dir)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def control_path(data_dir: Path, plugin: str | None = None) -> Path:
    """The control socket of the whole campus, or of the process of one plugin."""
    return data_dir / "run" / f"{plugin}.control" if plugin else data_dir / "control.sock"


def operator_token(settings: "CampusSettings") -> str:
    """A signed `operator:cli` with every permission, for who may read the keeper's key."""
    from azora.actor import load_keyring

    keyring = load_keyring(settings.keys_folder, set(), keeper=True)
    return keyring.sign(OPERATOR, {"*"}, _TOKEN_SECONDS)


@contextmanager
def _own(settings: "CampusSettings") -> Iterator[OwnCampus]:
    from azora.campus import open_runtime, prepare_campus
    from azora.loader import load_registry
    from azora.observe.logs import configure_logs
    from azora.processes.upgrade import upgrade

    configure_logs(settings.model_copy(update={"log_level": "warning"}), {})
    registry = load_registry()
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry, [] if settings.broker_url else None)
    upgrade(runtime)
    runtime.start()
    try:
        await_broker(runtime)
        yield OwnCampus(runtime, operator_token(settings))
    finally:
        runtime.stop(settings.shutdown_grace)


def await_broker(runtime: "Runtime") -> None:
    """Wait until the broker answers. Raises Unavailable where it does not."""
    import eventlet

    with eventlet.Timeout(_BROKER_SECONDS, False):
        while runtime.transport and runtime.transport.trouble:
            eventlet.sleep(0.02)
    if runtime.transport and (trouble := runtime.transport.trouble):
        raise Unavailable(trouble)
