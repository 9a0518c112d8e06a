"""Private servers for tests: each in a directory and on a port of its own, gone when it is stopped."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

from azora.testing.forks import Process

START_SECONDS = 40.0


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


T = TypeVar("T")


def wait_until(predicate: Callable[[], T], seconds: float = 10.0, what: str = "") -> T:
    """The first true value of `predicate()`. Raises AssertionError after `seconds`."""
    limit = time.monotonic() + seconds
    while not (value := predicate()):
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds:g} s: {what or predicate}")
        time.sleep(0.02)
    return value


class Server:
    """A child process with a directory, a port and a log, which can be stopped, killed and restarted."""

    name = "server"
    account: str | None = None

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"azora-{self.name}-"))
        self.port = free_port()
        self.log = self.directory / "server.log"
        self.process: Process | None = None
        self._own()

    def command(self) -> Sequence[str]:
        """What is executed."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def answers(self) -> bool:
        """Whether it can be used now."""
        raise NotImplementedError

    def start(self) -> Self:
        """Start it and return when it can be used."""
        self.process = self.spawn(self.command())
        try:
            wait_until(self._is_up, START_SECONDS, f"{self.name} is ready")
        except AssertionError as failure:
            self.kill()
            raise AssertionError(f"{failure}\n{self.log.read_text()[-4000:]}") from None
        return self

    def stop(self) -> None:
        """End it in its own good order."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it and all its children at once, as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def suspend(self) -> None:
        """Let it do nothing, until it is told to `resume`."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        os.killpg(self.process.pid, signal.SIGCONT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it and remove what it wrote."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def spawn(self, command: Sequence[str], *, new_group: bool = True) -> Process:
        """A child under the server's account and environment that writes into its log."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.environment(),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=new_group,
                user=self.account if os.geteuid() == 0 else None,
                group=self.account if os.geteuid() == 0 else None,
            )

    def _is_up(self) -> bool:
        if self.process and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}")
        return self.answers()

    def _own(self) -> None:
        if self.account and os.geteuid() == 0:
            entry = pwd.getpwnam(self.account)
            os.chown(self.directory, entry.pw_uid, entry.pw_gid)


def listens(port: int) -> bool:
    """Whether somebody accepts connections at a local port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def receives(port: int, greeting: bytes, start: bytes) -> bool:
    """Whether the server on a local port answers a greeting with these first bytes."""
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.settimeout(2)
            connection.sendall(greeting)
            return connection.recv(len(start)) == start
    except OSError:
        return False
