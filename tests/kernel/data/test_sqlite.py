"""What is particular to SQLite: foreign writers, threads, full disks, killed processes."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import eventlet
import pytest
from eventlet.patcher import original

from azora.data import checkpoint
from azora.data.database import open_database
from azora.errors import ServiceError
from azora.testing.parts import executable

HOLD = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN IMMEDIATE"); print("held", flush=True)
sys.stdin.readline(); c.execute("COMMIT")
"""
WRITE_FOR_EVER = """
from azora import command
import sys
from types import SimpleNamespace
from azora.data import checkpoint
from azora.data.database import open_database
db = open_database("shop", SimpleNamespace(data_dir=sys.argv[1], database_url_of=lambda plugin: None))
with db.altering():
    db.execute("CREATE TABLE IF NOT EXISTS number (n INTEGER)")
n = db.execute("SELECT count(*) FROM number")[0][0]
while True:
    with db.transaction():
        db.execute("INSERT INTO number VALUES (?)", n)
    print(n, flush=True)
    n += 1
"""
real_time = original("time")


def open_shop(folder):
    return open_database(
        "shop", SimpleNamespace(data_dir=folder, database_url_of=lambda plugin: None)
    )


@pytest.fixture
def shop(tmp_path):
    database = open_shop(tmp_path)
    with database.altering():
        database.execute("CREATE TABLE thing (body BLOB)")
    yield database
    database.close()


def longest_stall(during):
    """The longest time for which other greenlets could not run while `during` did."""
    late = [0.0]

    def watch():
        while True:
            asked = time.perf_counter()
            eventlet.sleep(0.005)
            late.append(time.perf_counter() - asked - 0.005)

    watcher = eventlet.spawn(watch)
    eventlet.sleep(0)
    during()
    watcher.kill()
    return max(late)


def test_waiting_for_another_process_that_writes_holds_no_greenlet_up(shop):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(shop.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    other.stdout.readline()
    eventlet.spawn_after(0.5, lambda: (other.stdin.write(b"\n"), other.stdin.flush()))

    def write():
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (1)")

    assert longest_stall(write) < 0.1
    assert shop.execute("SELECT body FROM thing") == [(1,)]
    other.communicate()


def test_a_heavy_read_holds_no_greenlet_up(shop):
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n"
    answer = []
    stalls = [longest_stall(lambda: answer.extend(shop.heavy_read(count))) for _ in range(3)]
    assert min(stalls) < 0.1
    assert answer == [(2_000_000,)] * 3


def test_a_heavy_read_that_is_timed_out_stops_and_the_next_one_works(shop):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    started = time.monotonic()
    with eventlet.Timeout(0.1, False):
        shop.heavy_read(endless)
    assert shop.heavy_read("SELECT 1") == [(1,)]
    assert time.monotonic() - started < 5


def test_those_who_write_wait_where_the_log_is_moved_slowly(shop, monkeypatch):
    move = checkpoint._checkpoint

    def slowly(connection):
        real_time.sleep(0.1)
        move(connection)

    monkeypatch.setattr(checkpoint, "_checkpoint", slowly)
    assert max(sizes_of_the_log(shop)) < checkpoint.CROWDED + 70 * 45_000


def test_the_write_ahead_log_does_not_grow_for_ever(shop):
    assert max(sizes_of_the_log(shop)) < 16_000_000
    assert shop.execute("SELECT count(*) FROM thing") == [(600,)]


def sizes_of_the_log(shop):
    """The size of the log after each of 600 commits of 40 KB."""
    log = shop.path.with_name("shop.db-wal")
    sizes = []
    for _ in range(600):
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (zeroblob(40000))")
        sizes.append(log.stat().st_size)
        eventlet.sleep(0)
    return sizes


def test_a_full_disk_is_said_and_loses_nothing(shop):
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('before')")
    pages = shop.execute("PRAGMA page_count")[0][0]
    with shop.transaction():
        shop.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(ServiceError, match="full") as refused, shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('half')")
        shop.execute("INSERT INTO thing VALUES (zeroblob(100000))")
    assert refused.value.code == "storage_full"
    assert shop.execute("SELECT body FROM thing") == [("before",)]
    with shop.transaction():
        shop.execute("PRAGMA max_page_count = 1000000")
        shop.execute("INSERT INTO thing VALUES ('after')")
    assert shop.execute("SELECT count(*) FROM thing") == [(2,)]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    executable("tmpfs")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_fills_up_refuses_the_change_and_keeps_all_earlier_ones(small_disk):
    shop = open_shop(small_disk)
    with shop.altering():
        shop.execute("CREATE TABLE thing (body BLOB)")
    kept = 0
    with pytest.raises(ServiceError) as refused:
        while True:
            with shop.transaction():
                shop.execute("INSERT INTO thing VALUES (zeroblob(9000))")
            kept += 1
    assert refused.value.code == "storage_full"
    assert shop.execute("SELECT count(*) FROM thing") == [(kept,)]
    assert shop.execute("PRAGMA integrity_check") == [("ok",)]
    shop.close()


def test_a_killed_process_loses_nothing_that_it_had_committed(tmp_path):
    promised = -1
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )
        for _ in range(200):
            promised = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        promised = max([promised, *map(int, writer.communicate()[0].split())])
        database = open_shop(tmp_path)
        kept = {n for (n,) in database.execute("SELECT n FROM number")}
        assert kept >= set(range(promised + 1))
        assert database.execute("PRAGMA integrity_check") == [("ok",)]
        database.close()
