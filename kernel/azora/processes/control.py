"""The owner's way into a running campus: a Unix socket that only its account may open.

One JSON document per line each way. Every request brings an actor signed with the keeper's key, so
that the right to open the socket alone does nothing.
"""

import fcntl
import os
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import eventlet
import orjson

from azora.context import Context
from azora.errors import Conflict, NotAllowed, NotFound, RequestError, ServiceError, Unavailable
from azora.messages import Message
from azora.rpc.faults import deserialize, serialize

if TYPE_CHECKING:
    from azora.runtime import Runtime

OPERATOR = "operator:cli"
_BACKLOG = 16


class DataLock:
    """Makes one process the owner of a campus's data; the kernel frees it however the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "campus.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises Conflict, naming the owner, when the data has one; ServiceError where it cannot be."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._path.open("a+")
        except OSError as error:
            raise ServiceError(
                f"{self._path.parent} cannot be written ({error.strerror}). "
                "Choose another folder with --data.",
                code="data_unwritable",
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            file.close()
            raise Conflict(
                f"{self._path.parent} belongs to a campus that is running (process {owner}). "
                "Stop that one, or choose another folder with --data.",
                code="data_in_use",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class ControlSocket:
    """Serves the operator's requests to one process."""

    def __init__(self, runtime: "Runtime", path: Path) -> None:
        self._runtime = runtime
        self._path = path
        self._actions: dict[str, Callable[[dict[str, Any], Context], Any]] = {
            "call": self._call,
            "parked": self._parked,
            "redrive": self._redrive,
            "settings": self._settings,
        }

    def start(self) -> None:
        """Listen until `stop`. A socket that a killed process left behind is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen(_BACKLOG)
        self._acceptor = eventlet.spawn(self._accept)

    def stop(self) -> None:
        self._acceptor.kill()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            eventlet.spawn_n(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                try:
                    answer: dict[str, Any] = {"result": self._answer(_parsed(line))}
                except Exception as error:  # noqa: BLE001 – every request gets exactly one answer
                    answer = {"error": serialize(error)}
                stream.write(orjson.dumps(answer) + b"\n")
                stream.flush()

    def _answer(self, request: dict[str, Any]) -> Any:
        if not isinstance(request, dict):
            raise RequestError("a request is a JSON object with `do` and `token`")
        action = self._actions.get(str(request.get("do")))
        if action is None:
            raise NotFound(f"this campus does not know how to {request.get('do')}")
        context = Context(self._runtime)
        context.token = str(request.get("token"))
        context.actor = self._runtime.actors.verify(context.token)
        if not context.actor.id.startswith("operator:"):
            raise NotAllowed("only the campus's operator may use the control socket")
        return action(request, context)

    def _call(self, request: dict[str, Any], context: Context) -> Any:
        return call_as(self._runtime, request["target"], request["arguments"], context)

    def _parked(self, request: dict[str, Any], _context: Context) -> Any:
        return parked_events(self._runtime, request.get("plugin"))

    def _redrive(self, request: dict[str, Any], _context: Context) -> Any:
        return redrive_events(self._runtime, request["plugin"], request["ids"])

    def _settings(self, _request: dict[str, Any], _context: Context) -> Any:
        return self._runtime.live.of_campus()


class ControlClient:
    """The other end of the socket: what a command in another process speaks through."""

    def __init__(self, path: Path, token: str) -> None:
        self._token = token
        self._connection = socket.socket(socket.AF_UNIX)
        try:
            self._connection.connect(str(path))
        except OSError as error:
            raise Unavailable(f"no campus answers at {path}: {error.strerror}") from None
        self._stream = self._connection.makefile("rwb")

    def ask(self, do: str, **request: Any) -> Any:
        """The answer to one request. Raises the error that it was answered with."""
        self._stream.write(orjson.dumps({"do": do, "token": self._token, **request}) + b"\n")
        self._stream.flush()
        line = self._stream.readline()
        if not line:
            raise Unavailable("the campus ended before it answered", sent="unknown")
        answer = orjson.loads(line)
        if "error" in answer:
            raise deserialize(answer["error"])
        return answer["result"]

    def close(self) -> None:
        self._stream.close()
        self._connection.close()


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"this line is not JSON: {error}") from None


def call_as(runtime: "Runtime", target: str, arguments: dict[str, Any], context: Context) -> Any:
    """Call `plugin.operation` for whoever acts in `context`; the reply as JSON values."""
    operation = runtime.registry.operation(target)
    if operation and operation.shape in ("file", "stream"):
        raise RequestError(
            f"{target} answers with a {operation.shape}: call it over HTTP", code="over_http"
        )
    reply = runtime.call(target, arguments, context=context)
    return reply.model_dump(mode="json") if isinstance(reply, Message) else reply


def parked_events(runtime: "Runtime", plugin: str | None) -> list[dict[str, Any]]:
    """Events that handlers of this process gave up on, of one plugin or of all."""
    return [
        {"plugin": name, **asdict(row), "data": row.data.decode()}
        for name, hosted in sorted(runtime.hosted.items())
        if plugin in (None, name)
        for row in hosted.consumer.parked()
    ]


def redrive_events(runtime: "Runtime", plugin: str, ids: list[str]) -> int:
    """Give parked events to their handlers again; how many there were."""
    hosted = runtime.hosted.get(plugin)
    if hosted is None:
        raise NotFound(f"this process does not host {plugin}")
    return int(hosted.consumer.redrive(ids) or 0)
