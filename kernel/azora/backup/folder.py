"""The rest of a campus's folder: keys and settings, and who may work on it."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from azora.errors import Conflict

if TYPE_CHECKING:
    from azora.settings import CampusSettings

LOCK, LAST = "backup.lock", "last-backup.json"
BEFORE_UPGRADE = "before-upgrade"
ELSEWHERE = {"db", "files", "run", "logs", "restoring", "keys", BEFORE_UPGRADE}
"""Folders that a backup takes otherwise, or that are not worth keeping."""
_PASSING = {"campus.lock", "addresses.json", LOCK, LAST}


def kept_files(campus: "CampusSettings") -> Iterator[tuple[str, Path]]:
    """Keys, and whatever else lies in the folder, by the name in the archive; the settings' file too."""
    for path in _below(campus.keys_folder):
        yield f"keys/{path.relative_to(campus.keys_folder)}", path
    for entry in sorted(campus.data_dir.iterdir()):
        if entry.name in ELSEWHERE or entry.name.startswith((".", "replaced-")):
            continue
        for path in _below(entry):
            if path.name not in _PASSING and path.suffix != ".log":
                yield f"folder/{path.relative_to(campus.data_dir)}", path
    config = Path(os.environ.get("AZORA_CONFIG", "azora.toml"))
    if config.is_file():
        yield "settings/azora.toml", config


def _below(path: Path) -> list[Path]:
    """The regular files at or below a path; sockets and links are left."""
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [each for each in found if stat.S_ISREG(each.lstat().st_mode)]


@contextmanager
def one_at_a_time(data_dir: Path) -> Iterator[None]:
    """One backup of a campus at a time. Raises Conflict."""
    with (data_dir / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(
                "A backup of this campus is running. Wait for it; nothing was changed.",
                code="backup.running",
            ) from None
        yield


def last_backup(data_dir: Path) -> float:
    """When this campus was last backed up as a whole, in seconds since 1970; 0 for never."""
    try:
        return float(orjson.loads((data_dir / LAST).read_bytes())["at"])
    except (OSError, ValueError, KeyError):
        return 0.0


def remember_backup(data_dir: Path, id: str, at: float, address: str) -> None:
    """Note the last backup where the clock, `azora doctor` and the keeper look."""
    (data_dir / LAST).write_bytes(orjson.dumps({"id": id, "at": at, "place": address}))
