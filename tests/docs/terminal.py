"""A reader at a terminal: runs a page's commands in a folder of their own, on a campus of their own."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.docs.pages import Command, File

from azora.testing.campus import CampusProcess
from azora.testing.forks import fork_server

ADDRESS = "http://127.0.0.1:8000"
STARTS = ("make run", "azora up")
"""What starts the campus, or starts it again; it runs on while the next commands are typed."""

_BROKER, _DATABASE = re.compile(r"amqp://[\w:@./-]+"), re.compile(r"postgresql://[\w:@./-]+")
_SECONDS = 180
Server = Callable[[], str]


class Terminal:
    """One page's reader. Addresses that the page gives become those of private servers."""

    def __init__(self, new_vhost: Server, new_database: Server) -> None:
        self.campus = CampusProcess(forked=True)
        self.folder = self.campus.directory
        self._new = {_BROKER: new_vhost, _DATABASE: new_database}
        self._given: dict[re.Pattern[str], str] = {}
        (self.folder / ".azora").symlink_to(self.campus.data_dir)

    def close(self) -> None:
        self.campus.close()

    def write(self, file: File) -> None:
        """Write a file as the page shows it."""
        path = self.folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._here(file.text), "utf-8")

    def run(self, command: Command) -> tuple[int, str, str]:
        """The exit code of a command, what it printed, and what it said on standard error."""
        if command.text.startswith(STARTS):
            return self._start(command.text)
        if self.campus.process is None:
            self._start("azora up")
        state = self.folder / ".state"
        script = (
            f"set -a; [ -f {state} ] && . {state}; {self._here(command.text)}\n"
            f"code=$?; export -p > {state}; exit $code"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
        return done.returncode, self._there(done.stdout), self._there(done.stderr)

    def _start(self, command: str) -> tuple[int, str, str]:
        """Start the campus as the page says, or start it again, and wait until it is ready."""
        self.campus.stop()
        self.campus._given = {"PYTHONPATH": self._environment()["PYTHONPATH"]}
        self.campus._options = shlex.split(self._here(command))[2:]
        self.campus.speak("--tls" in self.campus._options)
        self.campus.start()
        return 0, "", ""

    def _there(self, text: str) -> str:
        """What was printed, with the address that the page gives."""
        return text.replace(self.campus.url, self._address)

    def _here(self, text: str) -> str:
        """The text with the addresses of this reader's servers."""
        for pattern, new in self._new.items():
            if pattern.search(text):
                address = self._given.setdefault(pattern, "") or new()
                self._given[pattern] = address
                text = pattern.sub(address, text)
        return text.replace(self._address, self.campus.url)

    @property
    def _address(self) -> str:
        return ADDRESS.replace("http:", "https:") if self.campus.root else ADDRESS

    def _environment(self) -> dict[str, str]:
        """`azora`, `python` and `pip` of this Python; pip installs beside it, never into it."""
        site, bin = self.folder / "site", self.folder / "bin"
        bin.mkdir(exist_ok=True)
        self._write_pip(bin, site)
        fork_server().write_command(bin / "azora")
        return self.campus.environment() | {
            "PATH": os.pathsep.join(
                [str(bin), str(Path(sys.executable).parent), os.environ["PATH"]]
            ),
            "PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(":"),
            "NO_COLOR": "1",
            "TERM": "dumb",
        }

    def _write_pip(self, bin: Path, site: Path) -> None:
        """A `pip` whose install goes to `site`; what pip starts to build a package is left alone."""
        pip = bin / "pip"
        beside = f"--target {shlex.quote(str(site))} --upgrade --no-deps"
        pip.write_text(
            f'#!/bin/sh\ncommand=$1\nshift\n[ "$command" = install ] && set -- {beside} "$@"\n'
            f'exec {shlex.quote(sys.executable)} -m pip "$command" --quiet --quiet "$@"\n'
        )
        pip.chmod(0o755)
