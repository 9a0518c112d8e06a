"""What backups a place holds, and the names under which their parts lie there."""

import hmac
import secrets
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pyrage

from azora.backup.places import Place
from azora.errors import NotFound

BACKUPS, BLOBS = "backups/", "blobs/"
ARCHIVE, NAMES, COMPLETE = "campus.age", "blobs", "complete.json"


@dataclass(frozen=True)
class Backup:
    """A complete backup as anybody may see it: when, of how much, and the digests of its parts."""

    id: str
    at: float
    azora: str
    whole: bool
    plugins: list[str]
    rows: int
    blobs: int
    new_blobs: int
    damaged_blobs: int
    size: int
    archive: str
    names: str
    queued_events: int = 0

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def part(self, name: str) -> str:
        return f"{BACKUPS}{self.id}/{name}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.moment.isoformat(timespec="seconds")}


def new_id(at: float | None = None) -> str:
    """A name that sorts by time and that two backups of one second do not share."""
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def blob_name(digest: str, recipient: pyrage.x25519.Recipient) -> str:
    """Where a blob lies: the same for the same content, and telling nobody else which content."""
    name = hmac.digest(str(recipient).encode(), bytes.fromhex(digest), "sha256").hex()
    return f"{BLOBS}{name[:2]}/{name[2:]}"


def complete(place: Place, backup: Backup) -> None:
    """Say that a backup is whole; until then it does not count."""
    place.write(backup.part(COMPLETE), orjson.dumps(asdict(backup), option=orjson.OPT_INDENT_2))


def backups_at(place: Place) -> list[Backup]:
    """Every complete backup, the oldest first."""
    found = [name for name in place.sizes(BACKUPS) if name.endswith(f"/{COMPLETE}")]
    read = (place.read(name) for name in found)
    backups = (Backup(**orjson.loads(text)) for text in read if text)
    return sorted(backups, key=lambda backup: (backup.at, backup.id))


def chosen(place: Place, id: str | None) -> Backup:
    """The backup with this id, or the newest. Raises NotFound."""
    backups = backups_at(place)
    for backup in reversed(backups):
        if id in (None, backup.id):
            return backup
    what = f"backup {id}" if id and backups else "complete backup"
    raise NotFound(f"There is no {what} at {place.address}.", code="backup.none")
