"""A disk that is full: the campus says so, keeps what it has, and goes on once there is room."""

import os
import subprocess

import pytest
from tests.faults.load import counted_in, titles_in

from azora.testing.campus import CampusProcess

pytestmark = pytest.mark.needs("tmpfs")

UNGUARDED = {"AZORA_MIN_FREE_DISK": "0", "AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "100000"}


class Disk:
    """A small disk of its own under a campus's data."""

    def __init__(self, folder, megabytes=12):
        folder.mkdir(mode=0o700)
        self._folder = folder
        options = f"size={megabytes}m,mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)

    def fill(self):
        """Leave no byte free."""
        with (self._folder / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while filler.write(b"\0" * size):
                        pass
                except OSError:
                    continue

    def free(self):
        os.unlink(self._folder / "filler")

    def unmount(self):
        subprocess.run(["umount", "--lazy", self._folder], check=True)


@pytest.fixture
def campus():
    campus = CampusProcess(environment=UNGUARDED)
    campus.disk = Disk(campus.data_dir)
    try:
        yield campus.start()
        campus.stop()
    finally:
        campus.disk.unmount()
        campus.close()


def write_until_full(client, mark):
    """Add resources until one is refused: the titles that were accepted, and the refusal."""
    stored = []
    while True:
        title = f"{mark} {len(stored)}"
        resource = {"title": title, "type": "BOOK", "category": mark, "content": "word " * 2000}
        answer = client.post("/api/library/resources", json=resource)
        if answer.status_code != 201:
            return stored, answer
        stored.append(title)


def test_the_database_on_a_full_disk_refuses_and_recovers(campus):
    client = campus.sign_in()
    campus.disk.fill()
    stored, refusal = write_until_full(client, "full")
    problem = refusal.json()
    assert problem["code"] == "storage_full", problem
    assert problem["trace_id"]
    assert client.get("/api/library/resources").ok
    assert client.get("/").ok
    campus.disk.free()
    assert client.post(
        "/api/library/resources", json={"title": "full last", "type": "BOOK", "category": "full"}
    ).ok
    assert sorted(titles_in(campus, "full")) == sorted([*stored, "full last"])
    campus.eventually(lambda: counted_in(campus, "full") == len(stored) + 1, 20)
    assert campus.azora("events", "parked", "--json").out.strip() == "[]"


def test_files_on_a_full_disk_are_refused_whole(campus):
    client = campus.sign_in()
    book = client.post("/api/library/resources", json={"title": "Heavy", "type": "BOOK"}).json()
    path = f"/api/library/resources/{book['id']}/file"
    small = client.post(path, files={"file": ("small.txt", b"kept")})
    assert small.ok, small.text
    refusal = client.post(path, files={"file": ("heavy.bin", os.urandom(14_000_000))})
    assert refusal.status_code == 503, refusal.text
    assert refusal.json()["code"] == "files.disk_full"
    assert client.get(path).content == b"kept"
    fits = client.post(path, files={"file": ("light.bin", b"x" * 100_000)})
    assert fits.ok, fits.text


def test_a_campus_killed_on_a_full_disk_starts_again_with_all_that_it_accepted(campus):
    client = campus.sign_in()
    campus.disk.fill()
    stored, _ = write_until_full(client, "killed")
    campus.kill()
    campus.disk.free()
    campus.start()
    assert sorted(titles_in(campus, "killed")) == sorted(stored)
    campus.eventually(lambda: counted_in(campus, "killed") == len(stored), 20)
