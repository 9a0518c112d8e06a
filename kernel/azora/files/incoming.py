"""Files on their way in: hashed and bounded while they are written, gone unless they are kept.

Disks may be slow: all that touches one runs in a real thread, and the hub goes on.
"""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from azora.errors import LimitReached, Unavailable
from azora.ids import uuid7
from azora.threads import in_thread

BUFFER = 1_048_576
"""Bytes that are gathered before they are written."""
ABANDONED = 86_400.0
"""Seconds after which what a killed process left behind is removed."""

FULL = (errno.ENOSPC, errno.EDQUOT)


class Incoming:
    """A file that is being written. `size` and `digest` are right after `finish`."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.size = 0
        self._limit = limit
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._file: BinaryIO | None = None

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take some bytes. Raises LimitReached beyond the limit, Unavailable when the disk is full."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise LimitReached(
                f"The file is larger than the {self._limit:,} bytes that may be stored.",
                code="files.too_large",
            )
        self._buffer += chunk
        if len(self._buffer) >= BUFFER:
            self._drain()

    def finish(self) -> None:
        """Write what is left and wait until the disk has it."""
        block, self._buffer = self._buffer, bytearray()
        with disk_errors():
            in_thread(self._complete, bytes(block))

    def discard(self) -> None:
        """Remove it, where it has not been moved away."""
        if self._file is not None:
            self._file.close()
        self.path.unlink(missing_ok=True)

    def _drain(self) -> None:
        block, self._buffer = self._buffer, bytearray()
        with disk_errors():
            in_thread(self._append, bytes(block))

    def _append(self, block: bytes) -> None:
        self._hash.update(block)
        if self._file is None:
            self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115 – until it is complete
        written = 0
        while written < len(block):
            written += self._file.write(memoryview(block)[written:]) or 0

    def _complete(self, block: bytes) -> None:
        self._append(block)
        assert self._file is not None
        os.fsync(self._file.fileno())
        self._file.close()


class Inlet:
    """Where files of one plugin come in, and how much it takes."""

    def __init__(self, folder: Path, limit: int, min_free: int) -> None:
        self._folder = folder
        self._limit = limit
        self._min_free = min_free

    @contextmanager
    def open(self) -> Iterator[Incoming]:
        """A new incoming file; what the body did not move away is removed."""
        with disk_errors():
            self._prepare()
        incoming = Incoming(self._folder / uuid7(), self._limit)
        try:
            yield incoming
        finally:
            incoming.discard()

    def remove_abandoned(self) -> None:
        """Remove what processes that were killed left here a day ago."""
        if not self._folder.is_dir():
            return
        limit = time.time() - ABANDONED
        for path in self._folder.iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < self._min_free:
            raise _disk_full()


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say what a failing disk means for whoever stores a file."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _disk_full() from error
        raise Unavailable(
            f"The file could not be stored: {error.strerror or error}. Nothing was kept; try again.",
            code="files.unavailable",
        ) from error


def _disk_full() -> Unavailable:
    return Unavailable(
        "The disk is full. Nothing of the file was kept; free some space and try again.",
        code="files.disk_full",
    )
