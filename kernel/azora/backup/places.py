"""Where backups lie: a folder, or a bucket that speaks S3. What is there under its name is whole."""

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from azora.errors import NotFound, Unavailable
from azora.extras import needs_extra
from azora.files.incoming import FULL

if TYPE_CHECKING:
    from azora.backup.settings import BackupSettings
    from azora.files.s3 import Bucket


class Place(ABC):
    """Named objects. A name appears once its content is complete and durable, or never."""

    address: str

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file whose content takes the name when the body ends; one that raises leaves nothing."""

    @abstractmethod
    def reading(self, name: str) -> AbstractContextManager[Any]:
        """An open stream of an object. Raises NotFound."""

    @abstractmethod
    def sizes(self, prefix: str = "") -> dict[str, int]:
        """Every name under a prefix, with its size in bytes."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove an object; fine where there is none."""

    def read(self, name: str) -> bytes | None:
        """A small object, or None."""
        try:
            with self.reading(name) as stream:
                return bytes(stream.read())
        except NotFound:
            return None

    def write(self, name: str, content: bytes) -> None:
        with self.writing(name) as file:
            file.write(content)


class Folder(Place):
    """Objects as files of their names, below a folder that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.address = str(self.path)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        target = self.path / name
        with place_errors():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, part = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                Path(part).rename(target)
            finally:
                Path(part).unlink(missing_ok=True)

    @contextmanager
    def reading(self, name: str) -> Iterator[Any]:
        try:
            file = (self.path / name).open("rb")
        except FileNotFoundError:
            raise missing(name, self) from None
        with file, place_errors():
            yield file

    def sizes(self, prefix: str = "") -> dict[str, int]:
        found = (path for path in (self.path / prefix).rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.path)): path.stat().st_size
            for path in found
            if not path.name.startswith(".part-")
        }

    def remove(self, name: str) -> None:
        path = self.path / name
        path.unlink(missing_ok=True)
        if path.parent != self.path and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


class BucketPlace(Place):
    """Objects of a bucket: uploads appear whole or not at all, that is the store's own promise."""

    def __init__(self, bucket: "Bucket", address: str) -> None:
        self._bucket = bucket
        self.address = address

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        from azora.files.s3 import TRANSFER, store_errors

        with place_errors(), tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            with store_errors():
                self._bucket.client.upload_fileobj(
                    file, self._bucket.name, self._bucket.prefix + name, Config=TRANSFER
                )

    @contextmanager
    def reading(self, name: str) -> Iterator[Any]:
        from azora.files.s3 import store_errors

        key = self._bucket.prefix + name
        try:
            with store_errors():
                answer = self._bucket.client.get_object(Bucket=self._bucket.name, Key=key)
        except NotFound:
            raise missing(name, self) from None
        with closing(answer["Body"]) as body, store_errors():
            yield body

    def sizes(self, prefix: str = "") -> dict[str, int]:
        from azora.files.s3 import store_errors

        found = {}
        with store_errors():
            pages = self._bucket.client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name, Prefix=self._bucket.prefix + prefix
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    found[entry["Key"].removeprefix(self._bucket.prefix)] = int(entry["Size"])
        return found

    def remove(self, name: str) -> None:
        from azora.files.s3 import store_errors

        with store_errors():
            self._bucket.client.delete_object(
                Bucket=self._bucket.name, Key=self._bucket.prefix + name
            )


def open_place(address: str, settings: "BackupSettings") -> Place:
    """The place at an address: `s3://…`, else a folder."""
    if not address.startswith("s3://"):
        return Folder(Path(address))
    with needs_extra("s3", "AZORA_BACKUP_TO"):
        from azora.files.s3 import open_bucket
    return BucketPlace(open_bucket(address, settings.access_key, settings.secret_key), address)


@contextmanager
def place_errors() -> Iterator[None]:
    """Say what a failing disk means for whoever makes or reads a backup."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable(
                "The disk is full. No backup was made, and the earlier ones are whole. "
                "Free some space and try again.",
                code="backup.disk_full",
            ) from error
        raise Unavailable(
            f"The backups cannot be reached: {error.strerror or error}. Nothing was changed.",
            code="backup.unavailable",
        ) from error


def missing(name: str, place: Place) -> NotFound:
    return NotFound(
        f"{name} is not at {place.address}: this backup is not whole. Nothing was changed; "
        "restore another one.",
        code="backup.incomplete",
    )
