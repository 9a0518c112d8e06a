"""Reads a backup: unsealed, unpacked, and every part compared with what was written of it."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pyrage

from azora.backup.archive import Manifest, unpack
from azora.backup.blobs import opened
from azora.backup.catalog import ARCHIVE, BLOBS, NAMES, Backup, blob_name
from azora.backup.places import Place
from azora.backup.retention import blob_names
from azora.backup.sealed import damaged, unseal
from azora.backup.sqlite import described_file
from azora.errors import NotFound

Told = Callable[[str, int], None]


def unpacked(
    place: Place, backup: Backup, identity: pyrage.x25519.Identity, folder: Path, told: Told
) -> Manifest:
    """Unpack an archive below the folder. Raises ServiceError where it is not as it was written."""
    with TemporaryFile(dir=folder) as clear:
        with place.reading(backup.part(ARCHIVE)) as stream:
            unseal(stream, identity, clear)
        clear.seek(0)
        manifest = unpack(clear, folder, lambda count: told("Databases", count))
    if manifest.id != backup.id:
        raise damaged()
    there = place.sizes(BLOBS)
    for digest in {digest for blobs in manifest.blobs.values() for digest in blobs}:
        if blob_name(digest, identity.to_public()) not in there:
            raise NotFound(
                f"The file {digest[:12]} of this backup is not at {place.address}. Nothing was "
                "changed; restore another one.",
                code="backup.incomplete",
            )
    return manifest


def verify_sealed(place: Place, backup: Backup) -> None:
    """Compare what can be compared without a key: the archive's digest, and that each file is there."""
    for part, digest in ((ARCHIVE, backup.archive), (NAMES, backup.names)):
        found = hashlib.sha256()
        with place.reading(backup.part(part)) as stream:
            while block := stream.read(1 << 20):
                found.update(block)
        if found.hexdigest() != digest:
            raise damaged(f"Backup {backup.id}")
    if lost := set(blob_names(place, backup)) - place.sizes(BLOBS).keys():
        raise damaged(f"Backup {backup.id} lacks {len(lost)} of its files; it")


def verify_opened(
    place: Place, backup: Backup, identity: pyrage.x25519.Identity, folder: Path, told: Told
) -> Manifest:
    """Open everything as a restore would, look into every database, and read every file."""
    with TemporaryDirectory(dir=folder, prefix=".verify-") as name:
        manifest = unpacked(place, backup, identity, Path(name), told)
        for plugin, part in manifest.plugins.items():
            if part.form == "sqlite":
                found = described_file(Path(name) / "db" / f"{plugin}.db")
                if (found.tables, found.history) != (part.tables, part.history):
                    raise damaged(f"The database of {plugin} in backup {backup.id}")
    for digest, size in {
        d: s for blobs in manifest.blobs.values() for d, s in blobs.items()
    }.items():
        opened(place, digest, size, identity, lambda _block: None)
        told("Files", 1)
    return manifest
