"""A migration beside running pods takes nothing from them: what older code reads and writes stays."""

import peewee
import pytest
from tests.kernel.data import shop
from tests.kernel.data.shop import BOTH, TABLES

from azora.data.compatibility import breaks, columns_of
from azora.data.history import breaking, migrations_of
from azora.data.migrations import load_migrations, migrate, pending
from azora.data.schema import Schema
from azora.errors import PluginError
from azora.loader import load_registry
from azora.tables import IdField

BEFORE_THE_RULE = {"m0002_details", "m0008_finding", "m0013_subjects", "m0018_custom_fields"}
"""Steps of the library that campuses have taken already; where both versions run they are refused by name."""


LAND = peewee.TextField(default="ZA", constraints=[peewee.SQL("DEFAULT 'ZA'")])


def step(change):
    """The shop's migrations, and this one after them."""

    def m0003_change(schema):
        change(schema)

    names = ("m0001_create", "m0002_copies")
    return shop.steps(*names, m0003_change=m0003_change, m0003_change_down=m0003_change)


def rebuild(schema):
    """As SQLite has tables changed: another takes its name."""
    schema.create_table("other", id=IdField(primary_key=True), name=peewee.TextField())
    schema.drop_table("other")


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: schema.add_column("author", "born", peewee.DateField(null=True)),
        lambda schema: schema.create_table("shelf", id=IdField(primary_key=True)),
        lambda schema: schema.add_index("book", "title"),
        lambda schema: schema.add_column("author", "land", LAND),
        rebuild,
    ],
    ids=["column", "table", "index", "filled", "rebuilt"],
)
def test_what_only_adds_is_run(database, change):
    migrate(database, BOTH, TABLES)
    assert migrate(database, step(change), TABLES, additive=True) == ["m0003_change"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.drop_column("author", "email"), "author.email is gone"),
        (
            lambda s: s.drop_view("author_output") or s.rename_column("book", "title", "name"),
            "book.title is gone",
        ),
        (lambda s: s.rename_table("book", "volume"), "book.id is gone"),
        (
            lambda s: s.add_column("author", "land", peewee.TextField(default="ZA")),
            "author.land is new and must be given",
        ),
        (lambda s: s.change_column("author", "name", peewee.CharField()), "author.name was"),
    ],
    ids=["dropped", "renamed", "table", "required", "type"],
)
def test_what_older_code_could_not_go_on_with_is_refused_and_undone(database, change, complaint):
    migrate(database, BOTH, TABLES)
    before = columns_of(database)
    module = step(change)
    with pytest.raises(PluginError, match=complaint):
        migrate(database, module, TABLES, additive=True)
    assert (columns_of(database), pending(database, module)) == (before, ["m0003_change"])
    assert migrate(database, module, TABLES) == ["m0003_change"]


def test_step_that_says_that_it_breaks_is_refused_whatever_it_does(database):
    migrate(database, BOTH, TABLES)
    module = step(lambda schema: None)
    module.m0003_change = breaking(module.m0003_change)
    with pytest.raises(PluginError, match="m0003_change is marked @breaking"):
        migrate(database, module, TABLES, additive=True)
    assert pending(database, module) == ["m0003_change"]


def test_new_database_takes_every_step(database):
    module = step(lambda schema: schema.drop_view("author_output"))
    module.m0003_change = breaking(module.m0003_change)
    assert "m0003_change" in migrate(database, module, TABLES, additive=True)


@pytest.mark.parametrize("name", sorted(load_registry().plugins))
def test_every_step_of_ours_leaves_older_code_what_it_needs(open_plugin, name):
    database, loaded = open_plugin(name), load_registry().plugins[name]
    database.prepare()
    package = loaded.module.__name__.rpartition(".")[0]
    for migration in migrations_of(load_migrations(package)):
        with database.altering():
            before = columns_of(database)
            migration.up(Schema(database))
            broken = breaks(before, columns_of(database))
        assert not broken or migration.breaking or migration.name in BEFORE_THE_RULE
