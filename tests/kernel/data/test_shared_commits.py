"""Greenlets that write to one SQLite file at about the same time share a commit, and fail alone."""

import sqlite3
from types import SimpleNamespace

import eventlet
import pytest

from azora.data.database import open_database
from azora.errors import Unavailable

WRITERS = 6


@pytest.fixture
def shop(tmp_path):
    settings = SimpleNamespace(data_dir=tmp_path, database_url_of=lambda plugin: None)
    shop = open_database("shop", settings)
    with shop.altering():
        shop.execute("CREATE TABLE thing (n INTEGER, CHECK (n < 100))")
    yield shop
    shop.close()


@pytest.fixture
def commits(shop):
    """The COMMITs of the test so far."""
    said = []
    with shop.transaction():
        shop.open_transactions[eventlet.getcurrent()].connection.set_trace_callback(
            lambda sql: said.append(sql) if sql == "COMMIT" else None
        )
    said.clear()
    return said


def side_by_side(shop, write, count=WRITERS):
    """Run so many `write(n)` that are expected to write; what each returned or raised."""

    def run(n):
        try:
            return write(n)
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001
            return type(error)
        finally:
            shop.expect_writers(-1)

    shop.expect_writers(count)
    return [greenlet.wait() for greenlet in [eventlet.spawn(run, n) for n in range(count)]]


def kept(shop):
    return sorted(n for (n,) in shop.execute("SELECT n FROM thing"))


def insert(shop, n):
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES (?)", n)


def test_those_that_are_near_share_one_commit(shop, commits):
    side_by_side(shop, lambda n: insert(shop, n))
    assert kept(shop) == list(range(WRITERS))
    assert len(commits) == 1


def test_one_alone_commits_at_once(shop, commits):
    shop.expect_writers(1)
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES (1)")
    assert len(commits) == 1


def test_nobody_returns_before_the_change_is_there_for_others(shop):
    other = sqlite3.connect(shop.path)

    def write(n):
        insert(shop, n)
        return other.execute("SELECT count(*) FROM thing WHERE n = ?", (n,)).fetchone()[0]

    assert side_by_side(shop, write) == [1] * WRITERS


def test_a_body_that_fails_is_undone_alone(shop, commits):
    def write(n):
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (?)", n)
            assert n % 2

    assert side_by_side(shop, write) == [AssertionError, None] * (WRITERS // 2)
    assert kept(shop) == [1, 3, 5]


def test_what_follows_a_commit_and_a_rollback_happens_for_each(shop):
    happened = []

    def write(n):
        with shop.transaction():
            shop.after_commit(lambda: happened.append(n))
            shop.after_rollback(lambda: happened.append(-n))
            shop.execute("INSERT INTO thing VALUES (?)", n)
            assert n != 3

    side_by_side(shop, write)
    assert sorted(happened) == [-3, 0, 1, 2, 4, 5]


def test_a_commit_that_fails_fails_for_all_of_them(shop, commits):
    undone = []
    with shop.altering():
        shop.execute("CREATE TABLE part (id INTEGER PRIMARY KEY)")
        shop.execute(
            "CREATE TABLE whole (part INTEGER REFERENCES part (id) DEFERRABLE INITIALLY DEFERRED)"
        )

    def write(n):
        with shop.transaction():
            shop.after_rollback(lambda: undone.append(n))
            shop.execute("INSERT INTO thing VALUES (?)", n)
            shop.execute("INSERT INTO whole VALUES (7)")

    assert {each.__name__ for each in side_by_side(shop, write)} == {"IntegrityError"}
    assert (kept(shop), sorted(undone)) == ([], list(range(WRITERS)))
    insert(shop, 1)
    assert kept(shop) == [1]


def test_when_sqlite_undoes_everything_nobody_is_told_that_it_was_kept(shop):
    def write(n):
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (?)", n)
            if n == 2:
                shop.execute("INSERT OR ROLLBACK INTO thing VALUES (1000)")

    told = side_by_side(shop, write)
    assert told[:2] == [Unavailable] * 2
    assert told[3:] == [None] * 3
    assert kept(shop) == [3, 4, 5]


def test_a_timeout_that_comes_after_the_body_does_not_make_it_a_failure(shop):
    def write(n):
        with eventlet.Timeout(0.01):
            insert(shop, n)
            if n == 0:
                return "done"
            return None

    def slow(n):
        if n == 0:
            return write(n)
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (?)", n)
            eventlet.sleep(0.05)
        return None

    assert side_by_side(shop, slow, 2) == ["done", None]
    assert kept(shop) == [0, 1]


def test_a_greenlet_that_is_killed_after_its_body_leaves_the_change_there(shop):
    greenlets = []

    def write(n):
        insert(shop, n)
        eventlet.sleep(10)

    shop.expect_writers(2)
    greenlets = [eventlet.spawn(write, n) for n in range(2)]
    eventlet.sleep(0)
    for greenlet in greenlets:
        eventlet.kill(greenlet)
    for greenlet in greenlets:
        with pytest.raises(eventlet.greenlet.GreenletExit):
            greenlet.wait()
    assert kept(shop) == [0, 1]
    insert(shop, 2)
    assert kept(shop) == [0, 1, 2]


def test_a_change_of_the_schema_shares_nothing(shop, commits):
    def write(n):
        if n == 1:
            with shop.altering():
                shop.execute("CREATE TABLE other (n INTEGER)")
        else:
            insert(shop, n)

    assert side_by_side(shop, write, 3) == [None] * 3
    assert len(commits) == 3
    assert shop.execute("PRAGMA foreign_keys") == [(1,)]


def test_readers_see_nothing_of_a_body_that_waits_for_its_commit(shop):
    seen = []

    def write(n):
        insert(shop, n)

    def look(n):
        seen.append(kept(shop))

    side_by_side(shop, lambda n: (write, look)[n % 2](n), 4)
    assert seen == [[], []]
    assert kept(shop) == [0, 2]
