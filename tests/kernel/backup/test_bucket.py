"""Backups in a bucket, of files in a bucket."""

import boto3
import pytest
from tests.kernel.files.conftest import KEYS, object_store

from azora.backup.reading import verify_sealed
from azora.errors import Unavailable

__all__ = ["object_store"]


@pytest.fixture
def bucket(object_store):
    boto3.client(
        "s3",
        endpoint_url=object_store,
        region_name="us-east-1",
        aws_access_key_id=KEYS["files_access_key"],
        aws_secret_access_key=KEYS["files_secret_key"],
    ).create_bucket(Bucket="keeper")
    return f"s3://keeper/{{}}?endpoint={object_store}&region=us-east-1"


@pytest.fixture
def kept_there(kept, bucket):
    keys = {"access_key": "azora", "secret_key": KEYS["files_secret_key"]}
    kept.settings = type(kept.settings)(
        to=bucket.format("backups"), key_file=kept.settings.key_file, **keys
    )
    return kept


def test_a_campus_with_its_files_in_a_bucket_comes_back_from_one(
    kept_there, bucket, new_campus_here
):
    campus = new_campus_here("campus", files=bucket.format("files"), **KEYS)
    there = new_campus_here("there", files=bucket.format("others"), **KEYS)
    campus.add_books("Mhudi")
    digest = campus.add_file(b"x" * 300_000)
    first = kept_there.back_up(campus)
    assert kept_there.back_up(campus).new_blobs == 0
    verify_sealed(kept_there.place, first)
    kept_there.restore(there, id=first.id)
    assert there.titles("mhudi") == ["Mhudi"]
    assert there.has_file(digest)


def test_a_bucket_that_is_not_there_is_said(kept_there, campus):
    kept_there.settings = kept_there.settings.model_copy(
        update={"to": kept_there.settings.to.replace("keeper", "nobody")}
    )
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        kept_there.back_up(campus)
