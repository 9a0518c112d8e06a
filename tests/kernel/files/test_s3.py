"""Files in an object store: what differs from a disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from azora.errors import Unavailable
from azora.files import open_files
from azora.files.s3 import open_bucket
from azora.settings import CampusSettings

Settings = Callable[..., CampusSettings]


def test_keys_lie_below_the_prefix_and_the_plugin(s3_settings: Settings) -> None:
    settings = s3_settings()
    ref = open_files("library", settings).put([b"a book"], "x", "text/plain")
    bucket = open_bucket(settings.files, settings.files_access_key, settings.files_secret_key)
    key = f"blobs/library/{ref.digest[:2]}/{ref.digest[2:]}"
    head = bucket.client.head_object(Bucket=bucket.name, Key=key)
    assert (head["ContentLength"], head["ContentType"]) == (6, "text/plain")


def test_a_large_file_goes_in_parts(s3_settings: Settings) -> None:
    store = open_files("library", s3_settings())
    ref = store.put((bytes([number]) * 1_000_000 for number in range(20)), "x")
    assert sum(map(len, store.open(ref))) == 20_000_000


def test_a_store_that_is_away_is_unavailable(s3_settings: Settings, tmp_path: Path) -> None:
    away = s3_settings(files="s3://campus?endpoint=http://127.0.0.1:9&region=us-east-1")
    store = open_files("library", away)
    with pytest.raises(Unavailable, match="Nothing was changed") as caught:
        store.put([b"x"], "x")
    assert caught.value.code == "files.unavailable"
    assert list(tmp_path.glob("files/library/.incoming/*")) == []


def test_a_bucket_that_is_absent_is_unavailable(s3_settings: Settings, object_store: str) -> None:
    absent = s3_settings(files=f"s3://absent?endpoint={object_store}&region=us-east-1")
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        open_files("library", absent).put([b"x"], "x")
