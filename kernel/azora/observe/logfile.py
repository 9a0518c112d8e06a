"""A log file that never fills the disk: put aside when it is large or old, and only so many are kept.

Several processes may write to it, and `logrotate` may move or truncate it: each line looks whether
the file is still the one that it was.
"""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from azora.settings.layers import SettingsError

if TYPE_CHECKING:
    from azora.settings import CampusSettings

DAY = 86_400.0


class LogFile:
    """Takes lines as `sys.stderr.buffer` does. `size` is in bytes, `age` in seconds."""

    def __init__(self, path: Path, size: int, age: float, kept: int) -> None:
        self.path = path
        self._size, self._age, self._kept = size, age, kept
        self._descriptor = -1
        self._open()

    def write(self, line: bytes) -> int:
        """Append one line, as one piece. Raises OSError where the disk is full."""
        self._look(len(line))
        return os.write(self._descriptor, line)

    def flush(self) -> None:
        """Each line is written at once."""

    def isatty(self) -> bool:
        return False

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        """Open the file anew; the old one stays in use where that fails."""
        opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.close()
        self._descriptor = opened
        own = os.fstat(opened)
        self._identity = (own.st_dev, own.st_ino)
        self._due = _begun(self.path, own) + self._age

    def _look(self, more: int) -> None:
        """Follow a file that was moved, and put aside one that is large or old."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            self._open()
            return
        if (found.st_dev, found.st_ino) != self._identity:
            self._open()
        elif found.st_size and (found.st_size + more > self._size or time.time() > self._due):
            self._put_aside()

    def _put_aside(self) -> None:
        """Rename `log` to `log.1`, `log.1` to `log.2` … once, whichever process comes first."""
        lock = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = os.stat(self.path)
            if (found.st_dev, found.st_ino) == self._identity:
                self._shift()
        except FileNotFoundError:
            pass
        finally:
            os.close(lock)
        self._open()

    def _shift(self) -> None:
        for number in range(self._kept, 0, -1):
            newer = self._numbered(number - 1) if number > 1 else self.path
            with suppress(FileNotFoundError):
                newer.replace(self._numbered(number))
        if not self._kept:
            self.path.unlink()

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def open_log_file(settings: "CampusSettings") -> LogFile | None:
    """The file that the settings ask for, or None. Raises SettingsError where it cannot be written."""
    if settings.log_file is None:
        return None
    try:
        settings.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LogFile(
            settings.log_file,
            settings.log_file_size,
            settings.log_file_days * DAY,
            settings.log_files_kept,
        )
    except OSError as error:
        words = f"AZORA_LOG_FILE: {settings.log_file} cannot be written: {error.strerror}."
        raise SettingsError([words]) from None


def _begun(path: Path, own: os.stat_result) -> float:
    """When the file's first line was written, by the line itself: no file system tells it everywhere."""
    if not own.st_size:
        return time.time()
    with suppress(OSError, ValueError), path.open("rb") as file:
        return _moment(file.readline(200))
    return own.st_mtime


def _moment(line: bytes) -> float:
    """The timestamp of a JSON line. Raises ValueError where it has none."""
    from datetime import datetime

    _, found, rest = line.partition(b'"timestamp":"')
    if not found:
        raise ValueError("no timestamp")
    return datetime.fromisoformat(rest.partition(b'"')[0].decode()).timestamp()
