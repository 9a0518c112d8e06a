"""A database of one plugin, on each product: every test that asks for `database` runs on both."""

from types import SimpleNamespace

import pytest

from azora.data.database import open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """None for a SQLite file, or the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        return None
    return request.getfixturevalue("postgresql").new_database()


@pytest.fixture
def open_plugin(tmp_path, url):
    """Open the database of a plugin as often as a test wants; all are closed at its end."""
    opened = []

    def open_plugin(name="shop"):
        settings = SimpleNamespace(data_dir=tmp_path, database_url_of=lambda plugin: url)
        opened.append(open_database(name, settings))
        return opened[-1]

    yield open_plugin
    for database in opened:
        database.close()


@pytest.fixture
def database(open_plugin):
    return open_plugin()
