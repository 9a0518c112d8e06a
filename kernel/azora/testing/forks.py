"""Starts `azora` for a test as a fork of a process that has imported it: a second less for each.

What runs is the same command in a process of its own, which can be killed and waited for like any.
"""

import array
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

from eventlet import patcher

# A green thread must not come in between a request and its answer.
_os, _socket = patcher.original("os"), patcher.original("socket")

MODULES = "PYTHONPATH"
"""What it names is added in a fork: plugins that the process has not imported may lie there."""

_COMMAND = """\
#!{python} -IS
import array, json, os, socket, sys
door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
door.connect("{door}")
request = {{"arguments": sys.argv[1:], "environment": dict(os.environ), "directory": os.getcwd()}}
rights = socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2])
door.sendmsg([json.dumps(request).encode()], [rights])
code = int(door.recv(16) or -9)
sys.exit(code if code >= 0 else 128 - code)
"""

_READ_AT_START = ("PYTHON", "LD_", "COVERAGE", "EVENTLET", "PATH")
"""What begins so is read when an interpreter starts, or before Azora is imported."""


class Process(Protocol):
    """What a test may do with a process, forked or not."""

    pid: int
    returncode: int | Any

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A forked command, with the methods of `subprocess.Popen`."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status = status
        os.set_blocking(status, False)

    def poll(self) -> int | None:
        """Its exit code, minus the signal that killed it, or None while it runs."""
        if self.returncode is None:
            try:
                said = _os.read(self._status, 16)
            except BlockingIOError:
                return None
            self.returncode = int(said or -signal.SIGKILL)
            os.close(self._status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The same once it has ended. Raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        limit = time.monotonic() + timeout if timeout is not None else None
        while (code := self.poll()) is None:
            if limit is not None and time.monotonic() > limit:
                raise subprocess.TimeoutExpired(["azora"], timeout or 0.0)
            time.sleep(0.005)
        return code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that has imported Azora, as it is installed and under the environment of this one."""

    def __init__(self) -> None:
        self._own = _read_at_start(os.environ)
        self._path = set(_modules(os.environ))
        self._control, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        self._folder = tempfile.TemporaryDirectory(prefix="azora-forks-")
        self._door = f"{self._folder.name}/door"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__ + "erver", str(theirs.fileno()), self._door],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self._close)

    def can(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork sees this environment as a new process would."""
        return _read_at_start(environment) == self._own and self._path <= set(_modules(environment))

    def write_command(self, path: Path) -> None:
        """Write an executable `azora` that has itself forked, for a shell to find."""
        path.write_text(_COMMAND.format(python=sys.executable, door=self._door))
        path.chmod(0o755)

    def start(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        directory: Path,
        *outputs: IO[bytes],
    ) -> Forked:
        """`azora ARGUMENTS` as the head of a session of its own, with standard output and error."""
        request = {
            "arguments": arguments,
            "environment": dict(environment),
            "directory": str(directory),
        }
        end, status = os.pipe()
        given = array.array("i", [*(each.fileno() for each in outputs), status])
        rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, given)
        self._control.sendmsg([json.dumps(request).encode()], [rights])
        os.close(status)
        return Forked(int(self._control.recv(32)), end)

    def _close(self) -> None:
        """Let it end, as it does when nobody can send it anything more."""
        self._control.close()
        self._process.wait(10)
        self._folder.cleanup()


@cache
def fork_server() -> ForkServer:
    """The one of this process, started when it is first needed."""
    return ForkServer()


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_START) and name != MODULES
    }


def _modules(environment: Mapping[str, str]) -> list[str]:
    return [entry for entry in environment.get(MODULES, "").split(os.pathsep) if entry]
