"""`python -m azora.islands`: build the islands of every plugin, or say why pages do without them."""

import sys
from importlib import resources
from pathlib import Path

import azora.command  # noqa: F401 – patches, before anything that waits is loaded
from azora.islands.build import BuildError, build, fresh
from azora.islands.node import npm
from azora.loader import load_registry


def main() -> int:
    folders = {name: folder for name, folder in _folders() if not fresh(folder)}
    if not folders:
        print("The islands of every plugin are built.")  # noqa: T201 – this is a command
        return 0
    tool = npm()
    if tool is None:
        print("Islands are left out: there is no Node here. Every page works without them.")  # noqa: T201
        return 0
    failed = 0
    for name, folder in folders.items():
        try:
            print(f"{name}: {', '.join(build(folder, tool))}")  # noqa: T201
        except BuildError as error:
            failed += 1
            print(f"{name}: its islands are left out; pages work without them. {error}")  # noqa: T201
    return 1 if failed else 0


def _folders() -> list[tuple[str, Path]]:
    """The folder of each plugin that has islands."""
    found = []
    for name, loaded in load_registry().plugins.items():
        folder = Path(str(resources.files(loaded.package)))
        if (folder / "islands" / "package.json").is_file():
            found.append((name, folder))
    return found


if __name__ == "__main__":
    sys.exit(main())
