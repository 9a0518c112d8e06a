"""`python -m tests.shipping.building`: the programs that check what we ship, built once from Go modules.

Their Kubernetes libraries are those of tests/cluster/plane, whose compiled packages they share.
"""

import sys
from pathlib import Path

from tests.golang import Module, NotBuiltError

TOOLS = Module("tools", Path(__file__).parent / "tools", ("compose/main.go", "go.mod", "go.sum"))
PROGRAMS = {
    "helm": "helm.sh/helm/v4/cmd/helm",
    "actionlint": "github.com/rhysd/actionlint/cmd/actionlint",
    "compose": "./compose",
}


def built(program: str) -> Path | None:
    """Its executable, or None where it was not built."""
    path = TOOLS.folder / program
    return path if path.exists() else None


def build() -> None:
    """Build what was not built before."""
    for program, package in PROGRAMS.items():
        if not built(program):
            print(f"Building {program} for the tests (once) …", flush=True)
            TOOLS.build(package, program)


if __name__ == "__main__":
    try:
        build()
    except NotBuiltError as error:
        sys.exit(f"It was not built, so the tests that use it are left out and named. {error}")
