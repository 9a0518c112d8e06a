"""A kernel in this process that hosts the library alone, on either database."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import eventlet
import pytest
from azora.actor import load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.ids import uuid7
from azora.loader import load_registry
from azora.settings import load_campus_settings
from azora.upgrade import upgrade
from azora_library import plugin

OPERATOR = "operator:cli"


class Library:
    """The plugin as its callers see it."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        self.hosted = runtime.hosted["library"]
        self._keeper = load_keyring(runtime.settings.keys_folder, set(), keeper=True)

    def call(self, operation: str, *, by: str | None = OPERATOR, **fields: Any) -> Any:
        """The reply of an operation to the operator, or `by=None` to nobody in particular."""
        context = Context(self.runtime)
        context.token = self._keeper.sign(by, {"*"}) if by else None
        return self.runtime.call(f"library.{operation}", fields, context=context)

    def add(self, **fields: Any) -> Any:
        return self.call("add_resource", **{"title": "A title", "type": "BOOK"} | fields)

    def titles(self, **query: Any) -> list[str]:
        """The titles that a search finds, in its order."""
        return [hit.title for hit in self.call("search", by=None, **query).items]

    def resources_in(self, category: str) -> int:
        found = self.call("list_categories", by=None).items
        return next((one.resources for one in found if one.name == category), 0)

    def eventually(self, predicate: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until events have made it so."""
        limit = time.monotonic() + seconds
        while not predicate():
            assert time.monotonic() < limit, "it did not come about"
            eventlet.sleep(0.01)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """The library, empty at first; a module's tests share it, so each brings its own words."""
    folder: Path = tmp_path_factory.mktemp("library")
    given: dict[str, Any] = {"library": {"demo": False, "facet_bound": 100}}
    if request.param == "postgresql":
        given["database_url"] = request.getfixturevalue("postgresql").new_database()
    registry = load_registry([("library", plugin)], installed=False)
    settings = load_campus_settings(data_dir=folder / "data", plugins=["library"], **given)
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry)
    upgrade(runtime)
    runtime.start()
    runtime.seed()
    yield Library(runtime)
    runtime.stop(grace=2.0)


@pytest.fixture
def word() -> str:
    """A word that no other test's resources hold."""
    return "w" + uuid7().replace("-", "")
