"""Imports Azora once, then forks a process for every command that it is sent. Ends with its socket.

Run by `azora.testing.forks`, as `python -m azora.testing.forkserver DESCRIPTOR DOOR`: requests come from
the test, and through the door from `azora` commands of a shell, with their standard input.
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

from azora.testing.forks import MODULES

# The server runs no hub: a child makes its own.
_os, _select, _socket = (patcher.original(name) for name in ("os", "select", "socket"))

T = TypeVar("T")
_DESCRIPTORS = 3
"""Standard output, standard error and where the exit code is written; or the three standard ones."""


def main(descriptor: int, place: str) -> None:
    """Fork for every request `{"arguments", "environment", "directory"}` with its descriptors."""
    control = _socket.socket(fileno=descriptor)
    door = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    door.bind(place)
    door.listen(16)
    _load()
    poller = _select.poll()
    for each in (control, door):
        poller.register(each, _select.POLLIN)
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready, _ in poller.poll():
            if ready in running:
                poller.unregister(ready)
                _tell(ready, *running.pop(ready))
                continue
            visitor = door.accept()[0] if ready == door.fileno() else None
            message, given = _receive(visitor or control)
            if not message:
                return
            *standard, status = given if visitor is None else [*given, visitor.detach()]
            pid = _os.fork()
            if pid == 0:
                ends = [end for _, end in running.values()]
                others = [control.detach(), door.detach(), *running, *ends, status]
                _become(json.loads(message), standard, others)
                azora.command.main()
            for end in standard:
                _os.close(end)
            running[_os.pidfd_open(pid)] = pid, status
            poller.register(max(running), _select.POLLIN)
            if visitor is None:
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


def _become(request: dict[str, object], standard: list[int], others: list[int]) -> None:
    """In the child: a session, a hub, a directory, an environment and standard files of its own."""
    _os.setsid()
    for number, end in zip((2, 1, 0), reversed(standard), strict=False):
        _os.dup2(end, number)
    for each in (*standard, *others):
        _os.close(each)
    hubs.use_hub()
    _os.environ.clear()
    _os.environ.update(request["environment"])
    _os.chdir(request["directory"])
    more = _os.environ.get(MODULES, "").split(_os.pathsep)
    sys.path[:0] = [entry for entry in more if entry and entry not in sys.path]
    time.tzset()
    sys.argv = ["azora", *request["arguments"]]  # type: ignore[misc]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
