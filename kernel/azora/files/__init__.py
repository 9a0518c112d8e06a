"""A plugin's files: blobs under the SHA-256 of their content, on disk or in an object store."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from azora.errors import NotFound, ServiceError
from azora.extras import needs_extra
from azora.files.incoming import Incoming, Inlet
from azora.files.names import safe_media_type, safe_name
from azora.messages import FileRef

if TYPE_CHECKING:
    from azora.settings import CampusSettings

BLOCK = 262_144
"""Bytes that are read at once."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore(ABC):
    """Keeps blobs. The same content is kept once, however often and under whatever name it is put."""

    def __init__(self, inlet: Inlet) -> None:
        self._inlet = inlet

    def put(
        self, chunks: Iterable[bytes], name: str, media_type: str = "application/octet-stream"
    ) -> FileRef:
        """Store what `chunks` bring and return its reference; it is durable when this returns.

        Raises LimitReached for more bytes than `max_upload`, Unavailable where the disk is full or
        the store cannot be reached. Nothing is left over when it raises, or when `chunks` does.
        """
        with self.receiving(media_type) as incoming:
            for chunk in chunks:
                incoming.write(chunk)
        return FileRef(
            digest=incoming.digest,
            size=incoming.size,
            name=safe_name(name),
            media_type=safe_media_type(media_type),
        )

    @contextmanager
    def receiving(self, media_type: str = "application/octet-stream") -> Iterator[Incoming]:
        """A file to write into, which is stored when the body ends; raises as `put` does."""
        with self._inlet.open() as incoming:
            yield incoming
            incoming.finish()
            self._keep(incoming, safe_media_type(media_type))

    def open(self, ref: FileRef | str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in blocks.

        `ref` is a reference or its digest. Raises NotFound, and ServiceError where the content is
        damaged, before the first block.
        """
        size = self._checked_size(ref)
        stop = size if end is None else min(end, size)
        return self._read(_digest(ref), start, stop) if start < stop else iter(())

    @contextmanager
    def local(self, ref: FileRef | str) -> Iterator[Path]:
        """The content as a file of this machine, for libraries that read only those; not to be changed.

        Raises as `open` does. A store elsewhere brings a copy, which goes when the body ends.
        """
        blocks = self.open(ref)
        with self._inlet.open() as copy:
            for block in blocks:
                copy.write(block)
            copy.finish()
            yield copy.path

    def exists(self, ref: FileRef | str) -> bool:
        return self._size(_digest(ref)) is not None

    def size(self, ref: FileRef | str) -> int:
        """The size of a blob in bytes. Raises NotFound."""
        return self._checked_size(ref)

    def digests(self) -> Iterator[str]:
        """The digests of all content that is here."""
        return (digest for digest, _ in self._list())

    def delete(self, ref: FileRef | str) -> None:
        """Remove the content, if it is there, whoever else refers to it: see `sweep`."""
        self._remove(_digest(ref))

    def sweep(self, in_use: Collection[str], older_than: float = 86_400.0) -> int:
        """Remove all content that is not among these digests and was last put before so many seconds.

        Returns how many blobs went. Younger ones stay: their owner may not have committed yet.
        """
        limit = time.time() - older_than
        stale = [
            digest for digest, put_at in self._list() if digest not in in_use and put_at < limit
        ]
        for digest in stale:
            self._remove(digest)
        return len(stale)

    def _checked_size(self, ref: FileRef | str) -> int:
        size = self._size(_digest(ref))
        if size is None:
            raise NotFound("The file is no longer there.", code="files.not_found")
        if isinstance(ref, FileRef) and ref.size != size:
            raise _damaged(ref.digest)
        return size

    @abstractmethod
    def _keep(self, incoming: Incoming, media_type: str) -> None:
        """Move what came in to its place, durably."""

    @abstractmethod
    def _size(self, digest: str) -> int | None:
        """The size of a blob, or None where there is none."""

    @abstractmethod
    def _read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes of a blob that is there; `start < end <= size`."""

    @abstractmethod
    def _remove(self, digest: str) -> None:
        """Remove a blob; fine where there is none."""

    @abstractmethod
    def _list(self) -> Iterator[tuple[str, float]]:
        """Every digest, and when it was last put, in seconds since 1970."""


def open_files(plugin: str, settings: "CampusSettings") -> FileStore:
    """The file store of a plugin, by the driver that the settings name."""
    folder = settings.data_dir / "files" / plugin
    inlet = Inlet(folder / ".incoming", settings.max_upload, settings.min_free_disk)
    if settings.files == "disk":
        from azora.files.disk import DiskStore

        return DiskStore(folder, inlet)
    with needs_extra("s3", "AZORA_FILES"):
        from azora.files.s3 import S3Store, open_bucket

    bucket = open_bucket(settings.files, settings.files_access_key, settings.files_secret_key)
    return S3Store(bucket, plugin, inlet)


def _digest(ref: FileRef | str) -> str:
    """The digest of a reference; anything else than one names no file."""
    digest = ref.digest if isinstance(ref, FileRef) else ref
    if not _DIGEST.fullmatch(digest):
        raise NotFound("That is no reference to a file.", code="files.not_found")
    return digest


def _damaged(digest: str) -> ServiceError:
    return ServiceError(
        f"The stored file {digest[:12]} is damaged. Restore it from a backup.", code="files.damaged"
    )
