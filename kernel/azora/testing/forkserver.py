"""Imports Azora once, then forks a process for every command that it is sent. Ends with its socket.

Run by `azora.testing.forks`, as `python -m azora.testing.forkserver DESCRIPTOR`.
"""

import azora.command  # isort: skip – patches before anything else is imported

import array
import gc
import json
import sys
import time
from collections.abc import Iterator
from importlib.metadata import distribution
from typing import TypeVar

from eventlet import hubs, patcher

# The server runs no hub: a child makes its own.
_os, _select, _socket = (patcher.original(name) for name in ("os", "select", "socket"))

T = TypeVar("T")
_DESCRIPTORS = 3
"""Standard output, standard error, and where the exit code is written."""


def main(descriptor: int) -> None:
    """Fork for every request `{"arguments", "environment", "directory"}` with its descriptors."""
    control = _socket.socket(fileno=descriptor)
    _load()
    poller = _select.poll()
    poller.register(control, _select.POLLIN)
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready, _ in poller.poll():
            if ready != control.fileno():
                poller.unregister(ready)
                _tell(ready, *running.pop(ready))
                continue
            message, given = _receive(control)
            if not message:
                return
            out, error, status = given
            pid = _os.fork()
            if pid == 0:
                others = [control.detach(), *running, *(end for _, end in running.values()), status]
                _become(json.loads(message), out, error, others)
                azora.command.main()
            _os.close(out)
            _os.close(error)
            running[_os.pidfd_open(pid)] = pid, status
            poller.register(max(running), _select.POLLIN)
            control.send(str(pid).encode())


def _load() -> None:
    """Import what a campus consists of, with the plugins that Azora itself brings."""
    import azora.cli.app
    import azora.processes.supervisor  # noqa: F401
    from azora.messages import Message

    for each in distribution("azora").entry_points:
        if each.group == "azora.plugins":
            each.load()
    for message in _below(Message):
        message.model_rebuild()
    gc.collect()
    gc.freeze()


def _below(parent: type[T]) -> Iterator[type[T]]:
    for each in parent.__subclasses__():
        yield each
        yield from _below(each)


def _receive(control: object) -> tuple[bytes, "array.array[int]"]:
    """One request; empty where nobody will send another."""
    given = array.array("i")
    room = _socket.CMSG_SPACE(_DESCRIPTORS * given.itemsize)
    message, parts, _, _ = control.recvmsg(1 << 20, room)  # type: ignore[attr-defined]
    for _, _, data in parts:
        given.frombytes(data)
    return message, given


def _tell(watched: int, pid: int, status: int) -> None:
    """Wait for a child that has ended and write how, as a number: its code, or minus its signal."""
    _, how = _os.waitpid(pid, 0)
    _os.write(status, str(_os.waitstatus_to_exitcode(how)).encode())
    _os.close(status)
    _os.close(watched)


def _become(request: dict[str, object], out: int, error: int, others: list[int]) -> None:
    """In the child: a session, a hub, a directory, an environment and outputs of its own."""
    _os.setsid()
    _os.dup2(out, 1)
    _os.dup2(error, 2)
    for each in (out, error, *others):
        _os.close(each)
    hubs.use_hub()
    _os.environ.clear()
    _os.environ.update(request["environment"])
    _os.chdir(request["directory"])
    time.tzset()
    sys.argv = ["azora", *request["arguments"]]  # type: ignore[misc]


if __name__ == "__main__":
    main(int(sys.argv[1]))
