"""Files on a disk: `ab/cdef…` below the plugin's folder, written so that a crash leaves whole files only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from azora.errors import NotFound
from azora.files import BLOCK, FileStore
from azora.files.incoming import Incoming, Inlet, disk_errors
from azora.messages import FileRef
from azora.threads import in_thread


class DiskStore(FileStore):
    """A temporary file, fsync, rename, fsync of the folder: a blob is there whole or not at all."""

    def __init__(self, folder: Path, inlet: Inlet) -> None:
        super().__init__(inlet)
        self._folder = folder
        inlet.remove_abandoned()

    @contextmanager
    def local(self, ref: FileRef | str) -> Iterator[Path]:
        """The blob itself."""
        self._checked_size(ref)
        yield self._path(ref.digest if isinstance(ref, FileRef) else ref)

    def _keep(self, incoming: Incoming, media_type: str) -> None:
        with disk_errors():
            in_thread(_place, incoming.path, self._path(incoming.digest))

    def _size(self, digest: str) -> int | None:
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def _read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        try:
            file = self._path(digest).open("rb", buffering=0)
        except FileNotFoundError:
            raise NotFound("The file is no longer there.", code="files.not_found") from None
        with file:
            file.seek(start)
            while start < end:
                block = in_thread(file.read, min(BLOCK, end - start)) or b""
                if not block:
                    return
                start += len(block)
                yield block

    def _remove(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def _list(self) -> Iterator[tuple[str, float]]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            yield path.parent.name + path.name, path.stat().st_mtime

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]


def _place(source: Path, target: Path) -> None:
    """Rename and make the name durable. Content that is there already only counts as put again."""
    created = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.stat().st_size == source.stat().st_size:
        os.utime(target)
        return
    source.rename(target)
    _sync_folder(target.parent)
    if created:
        _sync_folder(target.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
