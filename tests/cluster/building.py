"""`python -m tests.cluster.building`: the control plane of the tests, built once from Go modules."""

import os
import re
import sys
from pathlib import Path

from tests.golang import Module, NotBuiltError

SOURCE = Path(__file__).parent / "plane"
NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
PLANE = Module("plane", SOURCE, ("main.go", "go.mod", "go.sum"))


def built() -> Path | None:
    """The folder with its executables, or None: KUBEBUILDER_ASSETS where that has all, or what was built."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    for folder in filter(None, (given and Path(given), PLANE.folder)):
        if all((folder / name).exists() for name in NAMES):
            return folder
    return None


def build() -> Path:
    """Build it if that was not done before; the folder with its executables."""
    if folder := built():
        return folder
    plane = PLANE.build(".", "plane", _flags())
    for name in NAMES:
        _link(plane.parent / name)
    return plane.parent


def _link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("plane")


def _flags() -> str:
    """Drop the debug symbols and tell Kubernetes its version, which a module cannot know."""
    version = re.search(r"k8s\.io/kubernetes (v(\d+)\.(\d+)\S*)", (SOURCE / "go.mod").read_text())
    assert version, "go.mod requires k8s.io/kubernetes"
    given = zip(("gitVersion", "gitMajor", "gitMinor"), version.groups(), strict=True)
    package = "k8s.io/component-base/version"
    return " ".join(["-s -w", *(f"-X {package}.{name}={value}" for name, value in given)])


if __name__ == "__main__":
    if not built():
        print(
            "Building the Kubernetes control plane of the tests (once; some minutes) …", flush=True
        )
    try:
        build()
    except NotBuiltError as error:
        sys.exit(f"It was not built, so the cluster tests are left out and named. {error}")
