"""Migrations run once, both ways, and refuse what they do not know."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import peewee
import pytest
from tests.kernel.data import shop
from tests.kernel.data.shop import BOTH, FIRST, TABLES, Author, Book

from azora.data.history import SchemaMismatch, breaking
from azora.data.inspection import (
    broken_references,
    broken_views,
    describe_schema,
    differences,
    unindexed_foreign_keys,
)
from azora.data.migrations import migrate, pending, revert, revert_everything
from azora.errors import PluginError
from azora.tables import IdField

START = """
from azora import command
import json, sys
from types import SimpleNamespace
from azora.data.database import open_database
from azora.data.migrations import migrate
sys.path.insert(0, sys.argv[3])
from tests.kernel.data.shop import BOTH, TABLES
settings = SimpleNamespace(data_dir=sys.argv[1], database_url_of=lambda plugin: sys.argv[2] or None)
print("ready", flush=True); sys.stdin.readline()
print(json.dumps(migrate(open_database("shop", settings), BOTH, TABLES)))
"""


def test_up_runs_what_is_pending_once_and_leaves_what_the_models_say(database):
    assert pending(database, FIRST)[-1] == "m0001_create"
    assert migrate(database, FIRST, TABLES)[-1] == "m0001_create"
    assert migrate(database, BOTH, TABLES) == ["m0002_copies"]
    assert migrate(database, BOTH, TABLES) == []
    assert pending(database, BOTH) == []
    assert not differences(database, TABLES)


def test_up_down_up_leaves_the_identical_schema(database):
    migrate(database, BOTH, TABLES)
    first = describe_schema(database)
    revert_everything(database, BOTH)
    emptied = describe_schema(database)
    assert not [name for _, name, _ in emptied if "azora_migrations" not in name]
    migrate(database, BOTH, TABLES)
    assert describe_schema(database) == first


def test_each_step_down_leaves_what_was_there_before_it(database):
    migrate(database, FIRST, TABLES)
    before = describe_schema(database)
    migrate(database, BOTH, TABLES)
    assert revert(database, BOTH, to=1, tables=TABLES) == ["m0002_copies"]
    assert describe_schema(database) == before


def test_rows_survive_a_rebuilt_table_and_what_refers_to_them(database):
    migrate(database, FIRST, TABLES)
    with database.transaction():
        database.execute("INSERT INTO author VALUES ('a', 'n', '')")
        database.execute(
            "INSERT INTO book (id, author_id, title, made) VALUES ('b', 'a', 't', '2026-01-01 00:00:00')"
        )

    def m0002_country(schema):
        schema.add_column("author", "country", peewee.TextField(default="ZA"))

    def m0002_country_down(schema):
        schema.drop_column("author", "country")

    module = shop.steps(
        "m0001_create", m0002_country=m0002_country, m0002_country_down=m0002_country_down
    )
    migrate(database, module, TABLES)
    assert database.execute("SELECT country FROM author") == [("ZA",)]
    assert database.execute("SELECT author_id, books FROM author_output") == [("a", 1)]
    revert(database, module, to=1, tables=TABLES)
    assert database.execute("SELECT id FROM book") == [("b",)]
    assert broken_references(database) == []


def test_a_step_that_fails_leaves_nothing_of_itself(database):
    def m0002_wrong(schema):
        schema.create_table("half", id=IdField(primary_key=True))
        schema.execute("SELECT nonsense")

    module = shop.steps("m0001_create", m0002_wrong=m0002_wrong, m0002_wrong_down=m0002_wrong)
    with pytest.raises(peewee.PeeweeException):
        migrate(database, module, TABLES)
    assert not database.has_table("half")
    assert pending(database, module) == ["m0002_wrong"]
    assert migrate(database, BOTH, TABLES) == ["m0002_copies"]


def test_concurrent_starters_run_every_step_once(tmp_path, url):
    root = str(__import__("pathlib").Path(__file__).parents[3])
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(tmp_path), url or "", root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            text=True,
        )
        for _ in range(3)
    ]
    for starter in starters:
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        starter.stdin.write("\n")
        starter.stdin.flush()
    applied = [json.loads(starter.communicate(timeout=60)[0]) for starter in starters]
    together = [name for names in applied for name in names]
    assert sorted(together) == sorted(set(together))
    assert {"m0001_create", "m0002_copies", "m0001_events"} <= set(together)


def test_an_edited_migration_is_refused_by_name(database):
    migrate(database, BOTH, TABLES)

    def m0001_create(schema):
        schema.create_table("something_else", id=IdField(primary_key=True))

    edited = SimpleNamespace(m0001_create=m0001_create, m0001_create_down=shop.m0001_create_down)
    with pytest.raises(SchemaMismatch, match="m0001_create was edited"):
        pending(database, edited)


def test_a_renamed_migration_is_refused_with_both_names(database):
    migrate(database, FIRST, TABLES)
    renamed = SimpleNamespace(
        m0001_other=shop.m0001_create, m0001_other_down=shop.m0001_create_down
    )
    with pytest.raises(SchemaMismatch, match=r"m0001_create.*m0001_other"):
        migrate(database, renamed, TABLES)


def test_older_code_runs_on_a_newer_schema_unless_that_one_breaks_it(database):
    @breaking
    def m0003_cut(schema):
        schema.drop_view("author_output")

    def m0003_cut_down(schema):
        schema.create_view("author_output", shop.OUTPUT)

    migrate(database, BOTH, TABLES)
    assert pending(database, FIRST) == []
    assert migrate(database, FIRST, TABLES) == []
    newest = shop.steps(
        "m0001_create", "m0002_copies", m0003_cut=m0003_cut, m0003_cut_down=m0003_cut_down
    )
    migrate(database, newest, TABLES)
    with pytest.raises(SchemaMismatch, match="m0003_cut"):
        pending(database, BOTH)


def test_what_newer_code_did_only_newer_code_undoes(database):
    migrate(database, BOTH, TABLES)
    with pytest.raises(PluginError, match="m0002_copies"):
        revert(database, FIRST)


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (["m0001_create", "m0001_create_down", "m0003_x", "m0003_x_down"], "without a gap"),
        (["m0001_create"], "can be undone"),
        (["m0001_a", "m0001_a_down", "m0001_b", "m0001_b_down"], "without a gap"),
    ],
)
def test_migrations_that_do_not_line_up_are_refused(database, names, complaint):
    module = SimpleNamespace(**dict.fromkeys(names, shop.m0001_create))
    with pytest.raises(PluginError, match=complaint):
        migrate(database, module)


@pytest.mark.parametrize("column", ["author_id", "made"])
def test_dropping_a_column_that_a_view_reads_fails(database, column):
    def m0002_drop(schema):
        schema.drop_column("book", column)

    module = shop.steps("m0001_create", m0002_drop=m0002_drop, m0002_drop_down=m0002_drop)
    with pytest.raises(peewee.PeeweeException, match=r"author_output|author_id|latest|made"):
        migrate(database, module, TABLES)
    assert broken_views(database) == []


def test_every_foreign_key_has_an_index_and_one_without_is_found(database):
    migrate(database, BOTH, TABLES)
    assert unindexed_foreign_keys(database) == []
    with database.altering():
        database.execute(
            "CREATE TABLE loose (id TEXT PRIMARY KEY, book_id TEXT REFERENCES book (id))"
        )
    assert unindexed_foreign_keys(database) == ["loose.book_id"]


def test_models_that_differ_from_the_schema_are_found(database):
    migrate(database, FIRST, TABLES)
    found = str(differences(database, (Author, Book)))
    assert "add column book.copies" in found
