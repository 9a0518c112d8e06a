"""The image, really built: with Debian's buildah, which needs root and no daemon, on a base from debootstrap.

What is run of it shares this machine's kernel, network and time, and sees no other files.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.shipping.programs import ROOT, run

BASE, NAME = "localhost/debian:12", "localhost/azora:test"
_MIRROR = "http://deb.debian.org/debian"
_SOURCES = f"""\
deb {_MIRROR} bookworm main
deb {_MIRROR} bookworm-updates main
deb {_MIRROR}-security bookworm-security main
"""
_TRUSTED, _COPY = Path("/etc/ssl/certs/ca-certificates.crt"), "etc/ssl/machine.crt"


class Image:
    """Built by `build`; `run` starts a command of it in a container of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buildah = [
            "buildah",
            "--root",
            str(folder / "root"),
            "--runroot",
            str(folder / "run"),
        ]

    def build(self, **arguments: str) -> "Image":
        """Build the base, then the image with these build arguments."""
        self._base()
        given = {"DEBIAN": BASE, **arguments}
        options = [f"--build-arg={name}={value}" for name, value in given.items()]
        self("bud", "--isolation=chroot", "--format=docker", *options, f"--tag={NAME}", str(ROOT))
        return self

    def run(self, *command: str) -> str:
        """What a command prints that is run from the image, as the image's user."""
        container = self("from", NAME).strip()
        try:
            return self.run_in(container, *command)
        finally:
            self("rm", container)

    @contextmanager
    def running(
        self, *command: str, secrets: Path | None = None, **environment: str
    ) -> Iterator[str]:
        """The container in which a command runs on meanwhile; `run_in` runs another beside it."""
        container = self("from", NAME).strip()
        given = [f"--env={name}={value}" for name, value in environment.items()]
        given += [f"--volume={secrets}:/run/secrets:ro"] if secrets else []
        whole = [*self._buildah, "run", "--isolation=chroot", *given, container, "--", *command]
        process = subprocess.Popen(whole, start_new_session=True)
        try:
            yield container
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
            self("rm", container)

    def run_in(self, container: str, *command: str) -> str:
        """What a command prints that is run in a container that is there."""
        return self("run", "--isolation=chroot", container, "--", *command)

    def inspect(self) -> dict[str, Any]:
        """The configuration of the image."""
        return json.loads(self("inspect", "--type=image", NAME))["Docker"]["config"]

    def files(self) -> set[str]:
        """The paths of all its files."""
        container = self("from", NAME).strip()
        try:
            root = Path(self("mount", container).strip())
            return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
        finally:
            self("rm", container)

    def close(self) -> None:
        """Take everything away."""
        self("rm", "--all")
        self("rmi", "--all", "--force")
        shutil.rmtree(self._folder)

    def _base(self) -> None:
        """A Debian that also trusts the authorities that this machine trusts."""
        base = self._folder / "base"
        run(["debootstrap", "--variant=minbase", "bookworm", str(base), _MIRROR])
        (base / "etc" / "apt" / "sources.list").write_text(_SOURCES)
        (base / _COPY).parent.mkdir(exist_ok=True)
        shutil.copy(_TRUSTED, base / _COPY)
        container = self("from", "scratch").strip()
        self("add", container, str(base), "/")
        self("config", "--env", f"PIP_CERT=/{_COPY}", container)
        self("commit", "--rm", container, BASE)
        shutil.rmtree(base)

    def __call__(self, *arguments: str) -> str:
        return run([*self._buildah, *arguments])
