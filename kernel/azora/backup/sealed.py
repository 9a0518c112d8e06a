"""Sealed streams: age round what is written, and its errors said in our words."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyrage

from azora.errors import ServiceError

BLOCK = 262_144


def seal(
    chunks: Iterable[bytes], recipient: pyrage.x25519.Recipient, file: IO[bytes]
) -> tuple[int, str]:
    """Write the chunks sealed; the size and the SHA-256 of what was written."""
    source, target = _Source(iter(chunks)), _Target(file)
    try:
        pyrage.encrypt_io(source, target, [recipient])
    except (pyrage.EncryptError, OSError):
        raise source.failure or target.failure or ServiceError("age failed") from None
    return target.size, target.hash.hexdigest()


def unseal(stream: Any, identity: pyrage.x25519.Identity, file: IO[bytes]) -> None:
    """Write what a sealed stream holds. Raises ServiceError where a byte of it is not as it was."""
    source, target = _Source(iter(lambda: stream.read(BLOCK), b"")), _Target(file)
    try:
        pyrage.decrypt_io(source, target, [identity])
    except (pyrage.DecryptError, OSError):  # age tells a changed block as an OSError
        raise source.failure or target.failure or damaged() from None


def damaged(what: str = "This backup") -> ServiceError:
    return ServiceError(
        f"{what} is damaged: a part is missing or was changed. Nothing was changed here; "
        "restore another one.",
        code="backup.damaged",
    )


class _Source:
    """A reader over chunks; it keeps the error that they raise, which age would turn into words."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self.failure: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        block, self._rest = self._rest[:size], self._rest[size:]
        return block


class _Target:
    """A writer that measures what it is given, and keeps the error of the file below."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.hash = hashlib.sha256()
        self.failure: BaseException | None = None

    def write(self, block: bytes) -> int:
        try:
            self._file.write(block)
        except BaseException as error:
            self.failure = error
            raise
        self.size += len(block)
        self.hash.update(block)
        return len(block)

    def flush(self) -> None:
        """The file is flushed by whoever opened it."""
