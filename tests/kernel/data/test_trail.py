"""The chain of the audit trail: what is changed, lost or forged shows, and what may go does not."""

import time

import peewee
import psycopg2
import pytest

from azora.data import trail
from azora.data.migrations import migrate
from azora.data.trail import append, forget, prune, verify


@pytest.fixture
def shop(database):
    migrate(database, None)
    return database


def write(shop, count=1, **values):
    given = {"actor": "user:1", "entity": "shop.sell", "row": "r", "action": "act"} | values
    with shop.transaction():
        for _ in range(count):
            append(shop, **given)


def tamper(shop, statement):
    """Change the trail as somebody may who owns the database: the guards first, then the rows."""
    with shop.transaction():
        if shop.dialect == "sqlite":
            shop.execute("DROP TRIGGER azora_trail_update")
            shop.execute("DROP TRIGGER azora_trail_delete")
        else:
            shop.execute("DROP TRIGGER azora_trail ON azora_audit")
        shop.execute(statement)


def test_an_untouched_chain_is_whole_and_its_head_is_its_last_digest(shop):
    write(shop, 3, after={"price": 3.5})
    write(shop, 2, address="192.0.2.7")
    verdict = verify(shop)
    assert (verdict.entries, verdict.faults, verdict.unsealed) == (5, (), 0)
    assert verdict.head == shop.execute("SELECT digest FROM azora_audit WHERE link = 5")[0][0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE azora_audit SET actor = 'user:2' WHERE link = 2", "entry 2 was changed"),
        ("UPDATE azora_audit SET after = '{}' WHERE link = 3", "entry 3 was changed"),
        ("DELETE FROM azora_audit WHERE link = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM azora_audit WHERE link = 1", "entries 1 to 1 are missing"),
    ],
)
def test_what_is_changed_or_taken_out_shows(shop, statement, words):
    write(shop, 4)
    tamper(shop, statement)
    assert words in " ".join(verify(shop).faults)


@pytest.mark.parametrize(
    "statement", ["UPDATE azora_audit SET actor = 'user:2'", "DELETE FROM azora_audit"]
)
def test_the_database_itself_refuses_to_change_it(shop, statement):
    write(shop, 2)
    with pytest.raises((peewee.PeeweeException, psycopg2.Error), match="only appended to"):
        with shop.transaction():
            shop.execute(statement)
    assert verify(shop).entries == 2


def test_old_entries_go_and_the_chain_still_holds(shop, monkeypatch):
    write(shop, 5)
    later = time.time() + 100
    monkeypatch.setattr(trail.time, "time", lambda: later)
    write(shop, 3)
    assert prune(shop, later - 50) == 5
    verdict = verify(shop)
    assert (verdict.entries, verdict.faults) == (4, ())
    write(shop)
    assert verify(shop).faults == ()
    assert prune(shop, later - 50) == 0


def test_an_address_can_be_forgotten_and_the_chain_still_holds(shop):
    write(shop, actor="user:1", address="192.0.2.1")
    write(shop, actor="user:2", address="192.0.2.2")
    forget(shop, "user:1")
    assert [row[0] for row in shop.execute("SELECT address FROM azora_audit ORDER BY link")] == [
        None,
        "192.0.2.2",
    ]
    forget(shop, before=time.time() + 1)
    assert shop.execute("SELECT COUNT(address) FROM azora_audit") == [(0,)]
    assert verify(shop).faults == ()


def test_what_is_not_sealed_yet_is_counted(shop):
    with shop.transaction():
        shop.execute(
            "INSERT INTO azora_audit (at, actor, entity, \"row\", action) VALUES (0, 'a', 'e', 'r', 'x')"
        )
    assert verify(shop).unsealed == 1
    write(shop)
    assert (verify(shop).unsealed, verify(shop).entries) == (0, 2)


def test_writers_at_once_make_one_chain(open_plugin):
    import eventlet

    first, second = open_plugin(), open_plugin()
    migrate(first, None)
    pool = eventlet.GreenPool()
    for number in range(20):
        pool.spawn(write, first if number % 2 else second, 2)
    pool.waitall()
    verdict = verify(first)
    assert (verdict.entries, verdict.faults) == (40, ())
