"""What is particular to PostgreSQL: the pool, interrupted queries, restarts, schemas of one database."""

import threading
import time
from types import SimpleNamespace

import eventlet
import peewee
import psycopg2
import pytest

from azora.data import postgres
from azora.data.database import open_database
from azora.data.pool import SIZE
from azora.data.postgres import PostgresSchema
from azora.errors import Unavailable
from azora.testing.postgresql import PostgreSQL


def open_schema(url, name="shop"):
    database = open_database(
        name, SimpleNamespace(data_dir=None, database_url_of=lambda plugin: url)
    )
    database.prepare()
    return database


@pytest.fixture
def shop(postgresql):
    database = open_schema(postgresql.new_database())
    with database.altering():
        database.execute("CREATE TABLE thing (name TEXT PRIMARY KEY)")
    yield database
    database.close()


def things(database):
    return {name for (name,) in database.execute("SELECT name FROM thing")}


def connections(database):
    return database.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )[0][0]


def test_a_thousand_workers_share_few_connections(shop):
    seen = []

    def work(number):
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (?)", str(number))
        if number % 100 == 0:
            seen.append(connections(shop))

    for greenlet in [eventlet.spawn(work, number) for number in range(1000)]:
        greenlet.wait()
    assert len(things(shop)) == 1000
    assert max(seen) <= SIZE <= 50


def test_plugins_with_one_url_share_the_pool_and_see_only_their_own_schema(postgresql):
    url = postgresql.new_database()
    one, two = open_schema(url, "one"), open_schema(url, "two")
    for database in (one, two):
        with database.altering():
            database.execute("CREATE TABLE thing (name TEXT)")
        with database.transaction():
            database.execute("INSERT INTO thing VALUES (?)", database.name)
    assert one.pool is two.pool
    for _ in range(3):
        assert (things(one), things(two)) == ({"one"}, {"two"})


def test_other_greenlets_run_while_the_server_works(shop):
    ticks = []
    ticker = eventlet.spawn(lambda: [(ticks.append(1), eventlet.sleep(0.01)) for _ in range(1000)])
    shop.execute("SELECT pg_sleep(0.3)")
    ticker.kill()
    assert len(ticks) > 10


def test_a_timed_out_transaction_is_undone_and_holds_no_lock(shop):
    with eventlet.Timeout(0.2, False), shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('late')")
        shop.execute("SELECT pg_sleep(30)")
    started = time.monotonic()
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('late')")
    assert time.monotonic() - started < 5
    assert things(shop) == {"late"}


def test_a_timed_out_read_leaves_no_connection_that_answers_the_wrong_question(shop):
    for _ in range(SIZE * 2):
        with eventlet.Timeout(0.01, False):
            shop.execute("SELECT 'wrong', pg_sleep(30)")
    assert [shop.execute("SELECT ?", n) for n in range(SIZE)] == [[(n,)] for n in range(SIZE)]


def test_an_error_that_stays_never_uses_the_pool_up(shop):
    for _ in range(SIZE * 3):
        with pytest.raises(peewee.ProgrammingError):
            shop.execute("SELECT * FROM nowhere")
        with pytest.raises(peewee.IntegrityError), shop.transaction():
            shop.execute("INSERT INTO thing VALUES (NULL)")
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('fine')")
    assert things(shop) == {"fine"}


def test_connections_that_the_server_ended_are_replaced_unseen(shop):
    greenlets = [eventlet.spawn(shop.execute, "SELECT pg_sleep(0.05)") for _ in range(SIZE)]
    for greenlet in greenlets:
        greenlet.wait()
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    shop.execute(end_all)
    assert things(shop) == set()
    shop.execute(end_all)
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('after')")
    assert things(shop) == {"after"}


def test_a_restart_of_the_database_is_survived(postgresql_of_its_own):
    server = postgresql_of_its_own
    shop = open_schema(server.new_database())
    with shop.altering():
        shop.execute("CREATE TABLE thing (name TEXT)")
    server.stop()
    with pytest.raises(Unavailable) as refused:
        shop.ping()
    assert refused.value.code == "database_unreachable"
    with pytest.raises(Unavailable), shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('no')")
    server.start()
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('yes')")
    assert things(shop) == {"yes"}


def test_a_transaction_that_the_server_cuts_off_is_unavailable_and_undone(shop, postgresql):
    with pytest.raises(Unavailable), shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('half')")
        pid = shop.execute("SELECT pg_backend_pid()")[0][0]
        postgresql.execute(f"SELECT pg_terminate_backend({pid})")
        shop.execute("INSERT INTO thing VALUES ('half too')")
    assert things(shop) == set()


def test_no_server_is_said_in_words(tmp_path):
    shop = PostgresSchema("shop", "postgresql://azora@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="shop cannot be reached"):
        shop.ping()


def test_a_write_lock_of_another_client_holds_no_greenlet_up(shop):
    locked, done = threading.Event(), []
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('a')")
        rival = eventlet.spawn(lambda: _insert(shop, "a", done))
        eventlet.sleep(0.1)
        locked.set()
        assert done == []
    rival.wait()
    assert done == ["conflict"]


def _insert(shop, name, done):
    try:
        with shop.transaction():
            shop.execute("INSERT INTO thing VALUES (?)", name)
    except peewee.IntegrityError:
        done.append("conflict")


@pytest.fixture
def postgresql_of_its_own():
    server = PostgreSQL().start()
    yield server
    server.close()


@pytest.fixture
def asked(monkeypatch):
    """What the server has been asked, each a way there and back."""
    statements = []
    execute = postgres._execute

    def listen(connection, sql, params):
        statements.append(sql)
        return execute(connection, sql, params)

    monkeypatch.setattr(postgres, "_execute", listen)
    return statements


def test_a_transaction_begins_with_its_first_statement(shop, asked):
    with shop.transaction():
        assert asked == []
        shop.execute("INSERT INTO thing VALUES ('a')")
        shop.execute_many("INSERT INTO thing VALUES (?)", [("b",), ("c",)])
    assert asked == ["BEGIN READ WRITE; INSERT INTO thing VALUES ('a')", "COMMIT"]
    assert things(shop) == {"a", "b", "c"}


def test_a_transaction_without_a_statement_asks_nothing(shop, asked):
    with shop.transaction():
        pass
    with pytest.raises(ZeroDivisionError), shop.transaction():
        raise ZeroDivisionError
    assert asked == []


def test_many_rows_may_be_the_first_that_a_transaction_writes(shop):
    with pytest.raises(ZeroDivisionError), shop.transaction():
        shop.execute_many("INSERT INTO thing VALUES (?)", [("a",), ("b",)])
        raise ZeroDivisionError
    assert things(shop) == set()


def test_a_first_statement_that_cannot_be_read_leaves_the_transaction_whole(shop):
    with pytest.raises(ZeroDivisionError), shop.transaction():
        with pytest.raises(peewee.ProgrammingError):
            shop.execute("INSERTS INTO thing")
        shop.execute("INSERT INTO thing VALUES ('a')")
        raise ZeroDivisionError
    assert things(shop) == set()


def test_a_transaction_on_a_dead_connection_begins_on_a_new_one(shop):
    with shop.transaction():
        shop.execute("INSERT INTO thing VALUES ('before')")
    with shop.transaction():
        with psycopg2.connect(shop.pool.url) as outside, outside.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'azora'"
            )
        shop.execute("INSERT INTO thing VALUES ('after')")
    assert things(shop) == {"before", "after"}
    assert shop.pool._slots.balance == SIZE
