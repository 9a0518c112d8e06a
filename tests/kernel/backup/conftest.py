"""A campus in this process, with books, files and people, that is backed up and restored."""

import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest

from azora.backup.create import back_up
from azora.backup.keys import Secrets
from azora.backup.places import open_place
from azora.backup.restore import restore
from azora.backup.settings import BackupSettings
from azora.campus import open_runtime, prepare_campus
from azora.cli.campus import OwnCampus, operator_token
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings


class Campus:
    """A campus's folder; `open` runs it for a moment, the rest works on it as the commands do."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.settings = load_campus_settings(data_dir=folder, min_free_disk=0, **settings)

    @contextmanager
    def open(self):
        registry = load_registry()
        prepare_campus(self.settings, registry)
        runtime = open_runtime(self.settings, registry)
        upgrade(runtime)
        runtime.start()
        here = OwnCampus(runtime, operator_token(self.settings))
        here.runtime = runtime
        try:
            yield here
        finally:
            runtime.stop(2.0)

    def add_books(self, *titles, category="Cape"):
        with self.open() as here:
            return [
                here.call(
                    "library.add_resource", {"title": title, "type": "BOOK", "category": category}
                )["id"]
                for title in titles
            ]

    def add_file(self, content, plugin="library"):
        with self.open() as here:
            return here.runtime.hosted[plugin].files.put([content], "book.pdf").digest

    def titles(self, query):
        with self.open() as here:
            return sorted(
                item["title"] for item in here.call("library.search", {"query": query})["items"]
            )

    def has_file(self, digest, plugin="library"):
        with self.open() as here:
            return here.runtime.hosted[plugin].files.exists(digest)

    def content(self):
        """Every row of every table of every SQLite file, for comparing."""
        return {path.stem: rows_of(path) for path in sorted((self.folder / "db").glob("*.db"))}


def rows_of(path):
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return {
            table: sorted(map(repr, connection.execute(f"SELECT {_columns(connection, table)}")))
            for (table,) in tables
        }


def _columns(connection, table):
    """All but the two columns that a restore moves on by the time that the campus slept."""
    moved = {("azora_inbox", "changed"), ("azora_idempotency", "until")}
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    kept = [f'"{column}"' for column in columns if (table, column) not in moved]
    return f'{", ".join(kept)} FROM "{table}"'


@pytest.fixture
def new_campus_here(tmp_path):
    """`new_campus_here("name", database_url=…)`: a campus in a folder of the test's own."""
    return lambda name="campus", **settings: Campus(tmp_path / name, **settings)


@pytest.fixture(scope="module")
def library_of_two(tmp_path_factory):
    """The folder of a campus with two books and a file, and the file's digest."""
    campus = Campus(tmp_path_factory.mktemp("template") / "campus")
    campus.add_books("Mhudi", "Ubuntu")
    return campus.folder, campus.add_file(b"%PDF " * 100_000)


@pytest.fixture
def campus(library_of_two, new_campus_here, tmp_path):
    """A campus with two books and a file of the test's own."""
    folder, digest = library_of_two
    shutil.copytree(folder, tmp_path / "campus")
    campus = new_campus_here()
    campus.digest = digest
    return campus


@pytest.fixture
def kept(tmp_path):
    """Backs up to, and restores from, one place with one key file."""
    return Kept(tmp_path)


class Kept:
    def __init__(self, folder, to=None, **settings):
        self.settings = BackupSettings(
            to=to or str(folder / "backups"), key_file=folder / "my.key", **settings
        )
        self.secrets = Secrets(key_file=folder / "my.key")

    @property
    def place(self):
        return open_place(self.settings.to, self.settings)

    def back_up(self, campus, plugins=None):
        return back_up(campus.settings, load_registry(), self.settings, self.place, plugins)

    def restore(self, campus, **given):
        given.setdefault("secrets", self.secrets)
        secrets = given.pop("secrets")
        return restore(campus.settings, load_registry(), self.place, secrets, **given)
