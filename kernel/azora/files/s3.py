"""Files in an object store that speaks S3, as `<prefix>/<plugin>/ab/cdef…`.

boto3 is imported only here. Its sockets are green, so it runs in the calling greenlet; its own
threads stay off.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from azora.errors import NotFound, Unavailable
from azora.files import BLOCK, FileStore
from azora.files.incoming import Incoming, Inlet

TRANSFER = TransferConfig(use_threads=False)
_ABSENT = ("404", "NoSuchKey", "NotFound")


class Bucket(NamedTuple):
    """A bucket, the prefix of our keys in it, and the client that reaches it."""

    client: Any
    name: str
    prefix: str


class S3Store(FileStore):
    """Uploads appear whole or not at all: that is the object store's own promise."""

    def __init__(self, bucket: Bucket, plugin: str, inlet: Inlet) -> None:
        super().__init__(inlet)
        self._client = bucket.client
        self._bucket = bucket.name
        self._prefix = f"{bucket.prefix}{plugin}/"
        inlet.remove_abandoned()

    def _keep(self, incoming: Incoming, media_type: str) -> None:
        with store_errors(), incoming.path.open("rb") as content:
            self._client.upload_fileobj(
                content,
                self._bucket,
                self._key(incoming.digest),
                ExtraArgs={"ContentType": media_type},
                Config=TRANSFER,
            )

    def _size(self, digest: str) -> int | None:
        try:
            with store_errors():
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(digest))
        except NotFound:
            return None
        return int(head["ContentLength"])

    def _read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        with store_errors():
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._key(digest), Range=f"bytes={start}-{end - 1}"
            )
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(BLOCK)

    def _remove(self, digest: str) -> None:
        with store_errors():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(digest))

    def _list(self) -> Iterator[tuple[str, float]]:
        with store_errors():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for entry in page.get("Contents", ()):
                    digest = entry["Key"].removeprefix(self._prefix).replace("/", "")
                    yield digest, entry["LastModified"].timestamp()

    def _key(self, digest: str) -> str:
        return f"{self._prefix}{digest[:2]}/{digest[2:]}"


def open_bucket(url: str, access_key: str | None, secret_key: SecretStr | None) -> Bucket:
    """The bucket of `s3://bucket/prefix?endpoint=https://…&region=…`."""
    address = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(address.query).items()}
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key.get_secret_value() if secret_key else None,
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if "endpoint" in options else "auto"},
        ),
    )
    prefix = address.path.strip("/")
    return Bucket(client, address.netloc, f"{prefix}/" if prefix else "")


@contextmanager
def store_errors() -> Iterator[None]:
    """Say what a failing object store means: the file is not there, or the store is not."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            raise NotFound("The file is no longer there.", code="files.not_found") from None
        raise _unreachable(f"it answered {code}") from error
    except BotoCoreError as error:
        raise _unreachable(str(error)) from error


def _unreachable(reason: str) -> Unavailable:
    return Unavailable(
        f"The object store cannot be used: {reason}. Nothing was changed; try again.",
        code="files.unavailable",
    )
