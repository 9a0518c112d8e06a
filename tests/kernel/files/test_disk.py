"""Files on a disk: kill -9, a full disk, a slow disk."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import eventlet
import pytest

from azora.errors import ServiceError, Unavailable
from azora.files import incoming, open_files
from azora.settings import CampusSettings
from azora.testing.parts import executable

Settings = Callable[..., CampusSettings]

UPLOADER = """
import eventlet
eventlet.monkey_patch()
import sys
from azora.files import open_files
from azora.settings import load_campus_settings
store = open_files("library", load_campus_settings(data_dir=sys.argv[1], min_free_disk=0))
number = 0
while True:
    number += 1
    ref = store.put([number.to_bytes(8, "big") * 200_000], "x")
    print(ref.digest, flush=True)
"""


def test_kill_9_leaves_whole_files_only(tmp_path: Path, disk_settings: Settings) -> None:
    store = open_files("library", disk_settings())
    promised: list[str] = []
    for round_ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", UPLOADER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout
        seen = [process.stdout.readline() for _ in range(2 + round_)]
        process.send_signal(signal.SIGKILL)
        promised += [line.decode().strip() for line in (*seen, *process.stdout)]
        process.wait()
    promised = [digest for digest in promised if len(digest) == 64]
    assert promised
    assert all(store.exists(digest) for digest in promised)
    whole = list(tmp_path.glob("files/library/[0-9a-f][0-9a-f]/*"))
    assert {path.stat().st_size for path in whole} == {1_600_000}


def test_what_a_killed_process_left_is_removed_a_day_later(
    tmp_path: Path, disk_settings: Settings
) -> None:
    folder = tmp_path / "files" / "library" / ".incoming"
    folder.mkdir(parents=True)
    old, fresh = folder / "old", folder / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half a book")
    a_day_ago = time.time() - incoming.ABANDONED - 1
    os.utime(old, (a_day_ago, a_day_ago))
    open_files("library", disk_settings())
    assert (old.exists(), fresh.exists()) == (False, True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    executable("tmpfs")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing(small_disk: Path, disk_settings: Settings) -> None:
    store = open_files("library", disk_settings(data_dir=small_disk))
    kept = store.put([bytes(500_000)], "x")
    with pytest.raises(ServiceError, match="disk is full") as caught:
        store.put((bytes(100_000) for _ in range(100)), "x")
    assert caught.value.code == "files.disk_full"
    assert list(small_disk.glob("files/library/.incoming/*")) == []
    assert b"".join(store.open(kept)) == bytes(500_000)
    assert store.put([b"small"], "x").size == 5


def test_space_that_must_stay_free_is_not_used(disk_settings: Settings) -> None:
    store = open_files("library", disk_settings(min_free_disk=10**18))
    with pytest.raises(Unavailable, match="disk is full"):
        store.put([b"x"], "x")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, disk_settings: Settings) -> None:
    (tmp_path / "files").write_text("a file is in the way")
    with pytest.raises(Unavailable, match="could not be stored"):
        open_files("library", disk_settings()).put([b"x"], "x")


def test_a_slow_disk_does_not_hold_up_the_hub(
    disk_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep, fsync = eventlet.patcher.original("time").sleep, os.fsync

    def slow_fsync(descriptor: int) -> None:
        sleep(0.3)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    store = open_files("library", disk_settings())
    longest, last = 0.0, time.perf_counter()
    upload = eventlet.spawn(store.put, (bytes(100_000) for _ in range(50)), "x")
    while not upload.dead:
        eventlet.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert upload.wait().size == 5_000_000
    assert longest < 0.2
