"""With which broker and database a campus was last started, for commands that are told neither.

A backup that did not know of the broker would not wait for the events in its queues.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from azora.settings import CampusSettings

FILE = "addresses.json"
KNOWN = ("broker_url", "database_url")


def remember(settings: "CampusSettings") -> None:
    """Note them in the data folder, for its owner alone: they may bear passwords."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    addresses = {name: getattr(settings, name) for name in KNOWN}
    part = settings.data_dir / f".{FILE}.{os.getpid()}"
    part.touch(mode=0o600)
    part.write_bytes(orjson.dumps({name: str(url) for name, url in addresses.items() if url}))
    part.replace(settings.data_dir / FILE)


def started_with(data_dir: Path) -> dict[str, str]:
    """The addresses of the last start, by setting; none where the campus never started here."""
    try:
        found: dict[str, str] = orjson.loads((data_dir / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    return found
