"""Blobs on their way to a backup and back: each content once, sealed, under a name of its own."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

import pyrage

from azora.backup.archive import Manifest
from azora.backup.catalog import blob_name
from azora.backup.places import Place
from azora.backup.sealed import damaged, seal, unseal
from azora.errors import NotFound, ServiceError
from azora.files import FileStore

Told = Callable[[int], None]


class BlobCopier:
    """Copies what a place does not have yet; what it has, it keeps."""

    def __init__(
        self, place: Place, recipient: pyrage.x25519.Recipient, there: Iterable[str]
    ) -> None:
        self._place = place
        self._recipient = recipient
        self._there = set(there)
        self.copied = 0

    def copy(self, plugin: str, store: FileStore, manifest: Manifest, told: Told) -> None:
        """Copy every blob of a plugin that is not in the manifest yet; those gone by now are left out."""
        known = manifest.blobs.setdefault(plugin, {})
        seen = {*known, *manifest.damaged_blobs.get(plugin, ())}
        for digest in [digest for digest in store.digests() if digest not in seen]:
            try:
                known[digest] = self._one(store, digest)
            except NotFound:
                continue
            except ServiceError as error:
                if error.code != "files.damaged":
                    raise
                manifest.damaged_blobs.setdefault(plugin, []).append(digest)
            told(1)

    def _one(self, store: FileStore, digest: str) -> int:
        """Copy one where it is missing; its size."""
        name = blob_name(digest, self._recipient)
        if name in self._there:
            return store.size(digest)
        with self._place.writing(name) as file:
            size = _Measured(store.open(digest), digest)
            seal(size, self._recipient, file)
        self._there.add(name)
        self.copied += 1
        return size.size


class _Measured:
    """Blocks of a blob. Raises ServiceError at their end where they are not what their digest says."""

    def __init__(self, blocks: Iterator[bytes], digest: str) -> None:
        self._blocks, self._digest = blocks, digest
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        found = hashlib.sha256()
        for block in self._blocks:
            found.update(block)
            self.size += len(block)
            yield block
        if found.hexdigest() != self._digest:
            raise ServiceError(f"{self._digest[:12]} is damaged", code="files.damaged")


def opened(
    place: Place,
    digest: str,
    size: int,
    identity: pyrage.x25519.Identity,
    into: Callable[[bytes], object],
) -> None:
    """Hand the blocks of a blob on. Raises where it is missing, or is not what its digest says."""
    check = _Check(into)
    with place.reading(blob_name(digest, identity.to_public())) as stream:
        unseal(stream, identity, check)  # type: ignore[arg-type]
    if (check.hash.hexdigest(), check.size) != (digest, size):
        raise damaged(f"The file {digest[:12]} of this backup")


class _Check:
    def __init__(self, into: Callable[[bytes], object]) -> None:
        self._into = into
        self.hash, self.size = hashlib.sha256(), 0

    def write(self, block: bytes) -> int:
        self.hash.update(block)
        self.size += len(block)
        self._into(block)
        return len(block)


def put_back(
    place: Place,
    plugin: str,
    blobs: dict[str, int],
    store: FileStore,
    identity: pyrage.x25519.Identity,
    told: Told,
) -> None:
    """Give a store the blobs that it lacks. More than it needs does no harm: nothing names them."""
    for digest, size in blobs.items():
        if not store.exists(digest):
            with store.receiving() as incoming:
                opened(place, digest, size, identity, incoming.write)
        told(1)
