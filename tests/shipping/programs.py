"""The programs that check what we ship: each runs in the repository and returns what it printed."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.shipping import building

from azora.testing.parts import leave_out

ROOT = Path(__file__).parents[2]
CHARTS = ROOT / "charts"


class RefusedError(AssertionError):
    """A program ended with an error; the text is all that it said."""


def run(command: Sequence[str], **environment: str) -> str:
    """What a command prints; RefusedError where it fails."""
    given = os.environ | environment
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)
    if done.returncode:
        raise RefusedError(done.stdout + done.stderr)
    return done.stdout


def built(program: str) -> str:
    """The path of a program that is built for the tests; without it the test is left out and named."""
    found = building.built(program)
    if found is None:
        leave_out(program, "is not built here (python -m tests.shipping.building)")
    return str(found)


def helm(*arguments: str, **environment: str) -> str:
    return run([built("helm"), *arguments], **environment)
