"""Each plugin's migrations on data, up and down, and when two starters run them at once."""

import random
import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import peewee
import pytest

from azora.data.database import open_database
from azora.data.inspection import describe_schema, differences
from azora.data.migrations import load_migrations, migrate, pending, revert, revert_everything
from azora.loader import load_registry
from azora.testing.servers import wait_until

ROWS = 50
PLUGINS = [loaded for loaded in load_registry().plugins.values() if load_migrations(loaded.package)]


@pytest.fixture(params=PLUGINS, ids=lambda loaded: loaded.name)
def loaded(request):
    return request.param


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path):
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    return SimpleNamespace(data_dir=tmp_path, database_url_of=lambda plugin: url)


@pytest.fixture
def database(settings, loaded):
    database = open_database(loaded.name, settings)
    yield database
    database.close()


def seed(database, tables):
    """Rows of every table, parents first, with values that their types allow."""
    chance = random.Random(20261123)
    database.bind(tables)
    for table in peewee.sort_models(list(tables)):
        rows = [
            {
                field.name: value_of(field, number, chance)
                for field in table._meta.sorted_fields
                if not isinstance(field, peewee.AutoField)
            }
            for number in range(1, ROWS + 1)
        ]
        with database.transaction():
            for row in rows:
                table.insert(row).execute()


def value_of(field, number, chance):
    if isinstance(field, peewee.ForeignKeyField):
        return value_of(field.rel_field, number, chance)
    if isinstance(field, peewee.AutoField):
        return number
    if field.null and chance.random() < 0.3:
        return None
    if isinstance(field, peewee.BooleanField):
        return chance.random() < 0.5
    if isinstance(field, peewee.IntegerField | peewee.FloatField):
        return number
    if isinstance(field, peewee.TextField) and type(field).__name__ == "ListField":
        return [f"É {number}", "b"]
    if isinstance(field, peewee.DateTimeField) or "Time" in type(field).__name__:
        return datetime.fromtimestamp(number, UTC)
    return f"{number}"


def test_the_newest_step_goes_down_and_up_again_on_data(database, loaded):
    module, tables = load_migrations(loaded.package), loaded.plugin.tables
    migrate(database, module, tables)
    schema = describe_schema(database)
    seed(database, tables)
    newest = max(name for name in vars(module) if name.startswith("m0") and "_down" not in name)
    assert revert(database, module, to=int(newest[1:5]) - 1, tables=tables) == [newest]
    assert pending(database, module) == [newest]
    assert migrate(database, module, tables) == [newest]
    assert describe_schema(database) == schema


def test_models_and_migrations_name_the_same_tables_and_columns(database, loaded):
    migrate(database, load_migrations(loaded.package), loaded.plugin.tables)
    found = differences(database, loaded.plugin.tables)
    assert (found.create_tables, found.add_columns, found.drop_columns) == ([], [], [])


def test_all_the_way_down_leaves_nothing_and_up_again_the_same_schema(database, loaded):
    module, tables = load_migrations(loaded.package), loaded.plugin.tables
    migrate(database, module, tables)
    schema = describe_schema(database)
    seed(database, tables)
    revert_everything(database, module)
    left = [name for kind, name, _ in describe_schema(database) if "azora_migrations" not in name]
    assert left == []
    migrate(database, module, tables)
    assert describe_schema(database) == schema


def test_two_that_start_at_once_run_each_step_once(settings, loaded):
    module, tables = load_migrations(loaded.package), loaded.plugin.tables
    starters = [open_database(loaded.name, settings) for _ in range(2)]
    applied: list[str] = []
    threads = [
        threading.Thread(target=lambda each=each: applied.extend(migrate(each, module, tables)))
        for each in starters
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: not any(thread.is_alive() for thread in threads), 30)
    for starter in starters:
        assert pending(starter, module) == []
        starter.close()
    assert sorted(applied) == sorted(set(applied)) and applied
