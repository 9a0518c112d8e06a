"""A file store by each driver: a folder, and an object store that speaks S3."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from azora.files import FileStore, open_files
from azora.settings import CampusSettings, load_campus_settings
from azora.testing.servers import free_port, wait_until

KEYS = {"files_access_key": "azora", "files_secret_key": "azora-secret"}
OpenStore = Callable[..., FileStore]


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of a private server that speaks S3."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"{address}/moto-api/", timeout=1).status == 200
        except OSError:
            return False

    wait_until(answers, 30, "moto answers")
    yield address
    server.kill()
    server.wait()


@pytest.fixture
def disk_settings(tmp_path: Path) -> Callable[..., CampusSettings]:
    def settings(**given: Any) -> CampusSettings:
        return load_campus_settings(**{"data_dir": tmp_path, "min_free_disk": 0, **given})

    return settings


@pytest.fixture
def s3_settings(tmp_path: Path, object_store: str) -> Callable[..., CampusSettings]:
    bucket = f"campus-{uuid4()}"
    boto3.client(
        "s3",
        endpoint_url=object_store,
        region_name="us-east-1",
        aws_access_key_id=KEYS["files_access_key"],
        aws_secret_access_key=KEYS["files_secret_key"],
    ).create_bucket(Bucket=bucket)
    address = f"s3://{bucket}/blobs?endpoint={object_store}&region=us-east-1"

    def settings(**given: Any) -> CampusSettings:
        fixed = {"data_dir": tmp_path, "files": address, "min_free_disk": 0, **KEYS}
        return load_campus_settings(**{**fixed, **given})

    return settings


@pytest.fixture(params=["disk", "s3"])
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """`open_store(plugin="library", max_upload=…)`, by each driver in turn."""
    settings = request.getfixturevalue(f"{request.param}_settings")

    def open_one(plugin: str = "library", **given: Any) -> FileStore:
        return open_files(plugin, settings(**given))

    return open_one


@pytest.fixture
def store(open_store: OpenStore) -> FileStore:
    return open_store()


@pytest.fixture
def leftovers(tmp_path: Path) -> Callable[[], list[Path]]:
    """The unfinished files that lie about."""
    return lambda: [path for path in tmp_path.glob("files/*/.incoming/*") if path.is_file()]
