"""Before databases are migrated they are backed up; a failed or broken-off migration leaves a way back."""

import importlib
import linecache
import os
import subprocess
import sys

import pytest

from azora.backup.catalog import backups_at
from azora.backup.places import Folder
from azora.cli import app
from azora.data.database import open_database
from azora.data.history import history_of
from azora.settings import load_campus_settings
from azora.testing.servers import wait_until

PLUGIN = """
from azora import Plugin, hookimpl
from azora_clock.models import TABLES

@hookimpl
def describe():
    return Plugin(name="clock", summary="A plugin of a test", tables=TABLES)
"""
MODELS = """
import peewee
from azora import Table

class Hour(Table):
    id = peewee.AutoField()
    class Meta:
        table_name = "hour"
        personal = ()
        retention = "As long as the test."

TABLES = [Hour]
"""
FIRST = """
import peewee

def m0001_create(schema):
    schema.create_table("hour", id=peewee.AutoField())

def m0001_create_down(schema):
    schema.drop_table("hour")
"""
SECOND = """
import pathlib, time
from azora.data.migrations import breaking

{mark}
def m0002_minutes(schema):
    schema.create_table("minute", id=peewee.AutoField())
    schema.execute("INSERT INTO hour (id) VALUES (24)")
    {body}

def m0002_minutes_down(schema):
    schema.drop_table("minute")
"""


class Upgrade:
    """A campus with a plugin of the test's own, whose next version is written when it is wanted."""

    def __init__(self, folder, database, capsys):
        self.folder, self.database, self._capsys = folder, database, capsys
        self.data, self.site = folder / "data", folder / "site"
        self.reached = folder / "reached"
        info, code = self.site / "azora_clock-1.dist-info", self.site / "azora_clock"
        info.mkdir(parents=True)
        code.mkdir()
        (info / "METADATA").write_text("Name: azora-clock\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[azora.plugins]\nclock = azora_clock\n")
        (code / "__init__.py").write_text(PLUGIN)
        (code / "models.py").write_text(MODELS)
        self.migrations = code / "migrations.py"
        self.first_version()

    def first_version(self):
        self.migrations.write_text(FIRST)

    def next_version(self, body, mark=""):
        self.migrations.write_text(FIRST + SECOND.format(body=body, mark=mark))

    def azora(self, *arguments):
        """Run a command here, with the plugin as it is written now: its exit code, and what it said."""
        for name in [name for name in sys.modules if name.startswith("azora_clock")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        linecache.clearcache()
        code = app.run(arguments)
        said = self._capsys.readouterr()
        return code, " ".join((said.out + said.err).split())

    def start(self):
        """The migration in a process of its own."""
        command = [sys.executable, "-m", "azora.command", "migrate", "clock"]
        at = {"env": os.environ | {"PYTHONPATH": str(self.site)}, "cwd": self.folder}
        return subprocess.Popen(command, **at)

    def backups(self):
        return backups_at(Folder(self.data / "before-upgrade"))

    def tables(self):
        """Which of the two tables are there, and how many hours."""
        settings = load_campus_settings(data_dir=self.data, database_url=self.database)
        database = open_database("clock", settings)
        try:
            hours = database.execute("SELECT count(*) FROM hour")[0][0]
            return database.has_table("minute"), hours, len(history_of(database, "plugin"))
        finally:
            database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def upgrade(request, tmp_path, monkeypatch, capsys):
    database = None
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql").new_database()
        monkeypatch.setenv("AZORA_DATABASE_URL", database)
    found = Upgrade(tmp_path, database, capsys)
    monkeypatch.setenv("AZORA_DATA_DIR", str(found.data))
    monkeypatch.setenv("AZORA_MIN_FREE_DISK", "0")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(found.site)
    assert found.azora("migrate")[0] == 0
    return found


def test_a_new_campus_and_one_that_is_up_to_date_are_not_backed_up(upgrade):
    assert upgrade.azora("migrate")[0] == 0
    assert upgrade.backups() == []


def test_pending_migrations_are_preceded_by_a_backup_that_is_told_of(upgrade):
    upgrade.next_version("pass")
    code, said = upgrade.azora("migrate")
    (backup,) = upgrade.backups()
    assert (code, upgrade.tables()) == (0, (True, 1, 2))
    assert {"clock", "identity", "library", "web"} <= set(backup.plugins)
    assert f"azora restore {backup.id} --replace --from" in said


def test_the_setting_turns_it_off(upgrade, monkeypatch):
    monkeypatch.setenv("AZORA_BACKUP_BEFORE_UPGRADE", "false")
    upgrade.next_version("pass")
    assert upgrade.azora("migrate")[0] == 0
    assert (upgrade.tables(), upgrade.backups()) == ((True, 1, 2), [])


def test_a_failed_migration_changes_nothing_and_says_how_to_go_back(upgrade):
    upgrade.next_version("raise RuntimeError('no room for minutes')")
    code, said = upgrade.azora("migrate", "clock")
    (backup,) = upgrade.backups()
    assert (code, upgrade.tables()) == (1, (False, 0, 1))
    assert "no room for minutes" in said and "data are as they were" in said
    assert f"run azora restore {backup.id} --replace --from" in said


def test_the_way_back_brings_the_earlier_databases(upgrade):
    upgrade.next_version("pass")
    upgrade.azora("migrate")
    (backup,) = upgrade.backups()
    upgrade.first_version()
    key = upgrade.data / "keys" / "before-upgrade" / "backup.key"
    at = ["--from", str(upgrade.data / "before-upgrade"), "--key-file", str(key)]
    assert upgrade.azora("restore", backup.id, "--replace", *at)[0] == 0
    assert upgrade.tables() == (False, 0, 1)
    assert upgrade.azora("migrate")[0] == 0


def test_where_no_backup_can_be_made_nothing_is_migrated(upgrade):
    upgrade.next_version("pass")
    (upgrade.data / "before-upgrade").write_text("not a folder")
    code, said = upgrade.azora("migrate")
    assert (code, upgrade.tables()) == (1, (False, 0, 1))
    assert "no backup could be made" in said


def test_a_database_after_which_older_code_must_not_run_is_refused(upgrade):
    upgrade.next_version("pass", "@breaking")
    upgrade.azora("migrate")
    upgrade.first_version()
    code, said = upgrade.azora("migrate", "clock")
    assert (code, upgrade.tables()) == (1, (True, 1, 2))
    assert "has m0002_minutes, after which this older version must not run" in said


def test_those_who_start_at_once_wait_for_one_another(upgrade):
    """On SQLite the folder has one owner; PostgreSQL may be migrated from several places."""
    if not upgrade.database:
        return
    upgrade.next_version("time.sleep(0.3)")
    starters = [upgrade.start() for _ in range(3)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0]
    assert upgrade.tables() == (True, 1, 2)
    assert upgrade.backups()


def test_killed_in_the_middle_of_a_migration_it_is_as_before_and_runs_again(upgrade):
    upgrade.next_version(f"pathlib.Path({str(upgrade.reached)!r}).touch(); time.sleep(60)")
    with upgrade.start() as process:
        wait_until(upgrade.reached.exists, 20)
        process.kill()
    wait_until(lambda: upgrade.tables() == (False, 0, 1))
    upgrade.next_version("pass")
    assert upgrade.azora("migrate")[0] == 0
    assert upgrade.tables() == (True, 1, 2)
