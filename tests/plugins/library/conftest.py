"""A kernel in this process that hosts the library alone; and catalogues that others wrote."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import eventlet
import pytest

from azora.actor import load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.ids import uuid7
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings
from azora.testing.parts import leave_out
from azora_library import plugin

OPERATOR = "operator:cli"
PYMARC = "pymarc==5.4.0"
DEBIAN = "r-cran-bibtex"


class Library:
    """The plugin as its callers see it."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        self.hosted = runtime.hosted["library"]
        self._keys = load_keyring(runtime.settings.keys_folder, {"identity"}, keeper=True)

    def call(self, operation: str, *, by: str | None = OPERATOR, **fields: Any) -> Any:
        """The reply of an operation to the operator, to a `person`, or `by=None` to nobody in particular."""
        context = Context(self.runtime)
        context.token = self._keys.sign(by, {"*"}) if by == OPERATOR else by
        return self.runtime.call(f"library.{operation}", fields, context=context)

    def person(self, *permissions: str, roles: tuple[str, ...] = (), id: str | None = None) -> str:
        """Somebody who is signed in, for `by`."""
        may = {"identity.use_account", *permissions}
        return self._keys.sign(id or f"user:{uuid7()}", may, name="Thandi", roles=roles)

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
    with opened(request, tmp_path_factory, {"library": plugin}) as runtime:
        yield Library(runtime)


@contextmanager
def opened(
    request: pytest.FixtureRequest,
    folders: pytest.TempPathFactory,
    plugins: dict[str, Any],
    **sections: dict[str, Any],
) -> Iterator[Any]:
    """A started runtime of these plugins, on the database product that the fixture's parameter names."""
    folder: Path = folders.mktemp("library")
    library = {"demo": False, "facet_bound": 100} | sections.pop("library", {})
    given: dict[str, Any] = {"library": library, **sections}
    if request.param == "postgresql":
        given["database_url"] = request.getfixturevalue("postgresql").new_database()
    registry = load_registry(list(plugins.items()), installed=False)
    settings = load_campus_settings(data_dir=folder / "data", plugins=list(plugins), **given)
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry)
    upgrade(runtime)
    runtime.start()
    runtime.seed()
    yield runtime
    runtime.stop(grace=2.0)


@pytest.fixture
def word() -> str:
    """A word that no other test's resources hold."""
    return "w" + uuid7().replace("-", "")


@pytest.fixture(scope="session")
def marc_records(request: pytest.FixtureRequest) -> Path:
    """The folder of test records in pymarc's source distribution, fetched once and kept."""
    cache = _cache(request)
    folder = cache / "pymarc"
    if not folder.exists():
        fetched = cache / "fetched"
        command = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pymarc", PYMARC]
        _run([sys.executable, *command, "--dest", str(fetched)], "pymarc's source distribution")
        shutil.unpack_archive(next(fetched.glob("pymarc-*.tar.gz")), cache / "unpacked")
        next((cache / "unpacked").glob("pymarc-*/test")).rename(folder)
        shutil.rmtree(fetched)
    return folder


@pytest.fixture(scope="session")
def bibtex_files(request: pytest.FixtureRequest) -> Path:
    """The folder of .bib files in a package of Debian's, fetched once and kept."""
    cache = _cache(request)
    folder = cache / "debian"
    if not folder.exists():
        fetched = cache / "fetched-debian"
        fetched.mkdir(exist_ok=True)
        _run(["apt-get", "download", DEBIAN], f"Debian's package {DEBIAN}", fetched)
        _run(["dpkg", "-x", *map(str, fetched.glob("*.deb")), str(folder)], "dpkg")
    return next(folder.rglob("bib"))


def _cache(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.cache.mkdir("library-samples"))  # type: ignore[union-attr]


def _run(command: list[str], what: str, folder: Path | None = None) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error).encode()
        leave_out(what, f"cannot be fetched here: {said.decode(errors='replace')[-300:]}")
