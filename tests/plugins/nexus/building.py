"""`python -m tests.plugins.nexus.building`: the conformance vectors of CESQL, fetched once.

They are CloudEvents' own, which their library for Go carries among its tests.
"""

import shutil
import sys
from pathlib import Path

from tests.golang import Module, NotBuiltError

VECTORS = Module("vectors", Path(__file__).parent / "vectors", ("go.mod", "go.sum"))
_LIBRARY = "github.com/cloudevents/sdk-go/sql/v2"


def fetched() -> Path | None:
    """The folder with their YAML files, or None where they were not fetched."""
    folder = VECTORS.folder / "tck"
    return folder if folder.exists() else None


def fetch() -> None:
    """Fetch them if that was not done before; half of them are never in their place."""
    if fetched():
        return
    source = VECTORS.sources(_LIBRARY) / "test" / "tck"
    unfinished = VECTORS.folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for path in source.glob("*.yaml"):
        shutil.copyfile(path, unfinished / path.name)
    unfinished.rename(VECTORS.folder / "tck")


if __name__ == "__main__":
    try:
        fetch()
    except NotBuiltError as error:
        sys.exit(f"They were not fetched, so their test is left out and named. {error}")
