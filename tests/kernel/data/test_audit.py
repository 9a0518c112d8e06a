"""The audit trail: every change of an audited table, with who made it."""

import json
import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace

import eventlet
import psycopg2
import pytest
from tests.kernel.data.shop import BOTH, FIRST, TABLES, Author, Book

from azora.acts import Act
from azora.context import Context, enter, leave
from azora.data.migrations import migrate, revert
from azora.data.trail import verify


@pytest.fixture
def shop(database):
    migrate(database, BOTH, TABLES)
    database.bind(TABLES)
    return database


@pytest.fixture
def acting():
    """Act as the user of this id for the rest of the test."""
    tokens = []

    def act(actor_id):
        context = Context(None)
        context.actor = SimpleNamespace(id=actor_id)
        tokens.append(enter(context))

    yield act
    for token in reversed(tokens):
        leave(token)


def trail(database):
    rows = database.execute(
        'SELECT actor, entity, "row", action, before, after FROM azora_audit ORDER BY seq'
    )
    return [
        (*row[:4], *(json.loads(image) if image else None for image in row[4:])) for row in rows
    ]


def test_every_change_leaves_a_row_with_actor_and_both_images(shop, acting):
    acting("user:1")
    with shop.transaction():
        author = Author.create(id="a", name="N")
        Book.create(id="b", author=author, title="old", made=datetime(2026, 1, 1, tzinfo=UTC))
    with shop.transaction():
        Book.update(title="new").where(Book.id == "b").execute()
    with shop.transaction():
        Book.delete().execute()
    actions = [(actor, entity, row, action) for actor, entity, row, action, _, _ in trail(shop)]
    assert actions == [
        ("user:1", "author", "a", "insert"),
        ("user:1", "book", "b", "insert"),
        ("user:1", "book", "b", "update"),
        ("user:1", "book", "b", "delete"),
    ]
    _, _, _, _, before, after = trail(shop)[2]
    assert (before["title"], after["title"]) == ("old", "new")
    assert trail(shop)[3][5] is None


def test_without_a_caller_the_plugin_acts(shop):
    with shop.transaction():
        Author.create(name="N")
    assert trail(shop)[0][0] == "plugin:shop"


def test_personal_columns_stay_out_of_the_trail(shop):
    with shop.transaction():
        Author.create(id="a", name="Thandi", email="t@example.org")
    assert trail(shop)[0][5] == {"id": "a"}


def test_raw_sql_from_outside_leaves_a_row_and_is_nobody_of_ours(shop, url, acting):
    acting("user:1")
    with shop.transaction():
        Author.create(id="a", name="N")
    if url is None:
        outside = sqlite3.connect(shop.path, isolation_level=None)
    else:
        outside = psycopg2.connect(url)
        outside.autocommit = True
    table = "author" if url is None else "shop.author"
    outside.cursor().execute(f"UPDATE {table} SET id = 'z'")
    outside.close()
    actor, entity, row, action, _, _ = trail(shop)[-1]
    assert actor.startswith("database")
    assert (entity, row, action) == ("author", "z", "update")


def test_a_rolled_back_change_leaves_no_row(shop):
    with pytest.raises(ZeroDivisionError), shop.transaction():
        Author.create(name="N")
        raise ZeroDivisionError
    assert trail(shop) == []


def test_the_triggers_follow_the_columns_through_migrations(database):
    migrate(database, FIRST, TABLES)
    database.bind(TABLES)
    with database.transaction():
        Author.create(id="a", name="N")
        database.execute(
            "INSERT INTO book (id, author_id, title, made) VALUES ('1', 'a', 't', '2026-01-01 00:00:00')"
        )
    assert "copies" not in trail(database)[-1][5]
    migrate(database, BOTH, TABLES)
    with database.transaction():
        database.execute("UPDATE book SET copies = 3")
    assert trail(database)[-1][5]["copies"] == 3
    revert(database, BOTH, to=1, tables=TABLES)
    with database.transaction():
        database.execute("UPDATE book SET title = 'u'")
    assert trail(database)[-1][5]["title"] == "u"


def test_an_act_ends_with_its_own_body_where_transactions_share_a_commit(shop):
    """What a neighbour changes in the same commit is none of the act's, on whichever database."""

    def write(name, act):
        context = Context(None)
        context.actor = SimpleNamespace(id=f"user:{name}")
        context.act = act
        token = enter(context)
        try:
            with shop.transaction():
                Author.create(id=name, name=name)
        finally:
            shop.expect_writers(-1)
            leave(token)

    shop.expect_writers(3)
    acts = {"a": Act("shop.add"), "b": None, "c": Act("shop.add")}
    for greenlet in [eventlet.spawn(write, *pair) for pair in acts.items()]:
        greenlet.wait()
    found = shop.execute("SELECT \"row\", actor, act FROM azora_audit WHERE entity = 'author'")
    assert sorted(found) == [
        (name, f"user:{name}", act.id if act else None) for name, act in acts.items()
    ]
    assert verify(shop).faults == ()
