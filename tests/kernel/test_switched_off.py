"""Switching plugins off, on and away: what is seen of them, and what becomes of their events and data."""

import json

import pytest
from tests.kernel.backup.conftest import new_campus_here
from tests.kernel.hosting import make_plugin, running

from azora import Event, Reply, Request, Service, needs, on_event, operation
from azora.errors import PluginError, Unavailable
from azora.switched_off import SwitchedOff, remember
from azora.testing.campus import run_azora
from azora.testing.servers import wait_until

__all__ = ["new_campus_here"]


class Ticked(Event):
    n: int


class Tick(Request):
    n: int


class Heard(Reply):
    numbers: list[int]


class Clock(Service):
    @operation("POST /ticks", public=True)
    def tick(self, request: Tick) -> None:
        self.emit(Ticked(n=request.n))


heard: list[int] = []


class Ear(Service):
    @on_event("clock.ticked")
    def hear(self, event: Ticked) -> None:
        heard.append(event.n)

    @operation("GET /heard", public=True)
    def list_heard(self, request: Request) -> Heard:
        return Heard(numbers=heard)


@needs("ear")
class EarClient:
    def list_heard(self, request: Request) -> Heard: ...


class Mouth(Service):
    pass


def plugins():
    return (
        make_plugin("clock", services=[Clock], events=[Ticked]),
        make_plugin("ear", services=[Ear]),
        make_plugin("mouth", services=[Mouth], needs=[EarClient]),
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    if request.param == "sqlite":
        return {}
    return {"database_url": request.getfixturevalue("postgresql").new_database()}


@pytest.mark.parametrize(("events", "expected"), [("keep", [1, 2, 3]), ("drop", [1, 3])])
def test_events_are_kept_or_dropped_as_the_keeper_chose(tmp_path, database, events, expected):
    heard.clear()
    with running(tmp_path, *plugins(), **database) as runtime:
        runtime.call("clock.tick", {"n": 1})
        wait_until(lambda: heard == [1])
    remember(tmp_path / "data", "ear", SwitchedOff(events))
    with running(tmp_path, *plugins(), **database) as runtime:
        runtime.call("clock.tick", {"n": 2})
        outbox = runtime.hosted["clock"].outbox
        wait_until(lambda: not outbox.waiting(runtime.hosted["clock"].database))
        assert heard == [1]
    remember(tmp_path / "data", "ear", None)
    with running(tmp_path, *plugins(), **database) as runtime:
        runtime.call("clock.tick", {"n": 3})
        wait_until(lambda: sorted(heard) == expected)


def test_who_needs_it_says_so_and_what_to_do(tmp_path):
    remember(tmp_path / "data", "ear", SwitchedOff())
    with running(tmp_path, *plugins()) as runtime:
        assert runtime.waiting() == {
            "mouth": "awaits ear, which is disabled (azora plugins enable ear)"
        }
        with pytest.raises(Unavailable, match="ear.list_heard"):
            runtime.call("ear.list_heard", {})


def test_a_process_of_its_own_is_refused_with_the_reason(tmp_path):
    remember(tmp_path / "data", "ear", SwitchedOff())
    with pytest.raises(PluginError, match="ear cannot be run: it is disabled"):
        with running(tmp_path, *plugins(), names=["ear"]):
            pass


@pytest.fixture(scope="module")
def own(new_module_campus):
    campus = new_module_campus()
    campus.call("library.add_resource", title="Kept", type="BOOK")
    return campus


def test_its_pages_routes_and_navigation_vanish_and_come_back_with_its_data(own):
    assert own.http.get("/library").ok
    assert own.azora("plugins", "disable", "library").code == 0
    own.restart()
    assert own.http.get("/library").status_code == 404
    assert own.http.get("/api/library/resources").status_code == 404
    assert 'href="/library"' not in own.http.get("/").text
    assert json.loads(own.azora("plugins", "--json").out)["disabled"]["library"]["events"] == "keep"
    assert own.azora("plugins", "enable", "library").code == 0
    own.restart()
    titles = [item["title"] for item in own.call("library.list_resources")["items"]]
    assert "Kept" in titles


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("disable", "identity"), "does not run without it"),
        (("disable", "nobody"), "nobody is not installed"),
        (("enable", "library"), "library is not disabled"),
        (("uninstall", "library", "--data", "delete"), "belongs to a campus that is running"),
    ],
)
def test_a_mistake_is_told_in_a_line(own, arguments, words):
    done = own.azora("plugins", *arguments)
    assert done.code == 1 and words in done.err and "Traceback" not in done.err


class TestUninstalling:
    """On both products: a campus with a book and its file, and what is left of them afterwards."""

    @pytest.fixture
    def campus(self, tmp_path, database, new_campus_here):
        campus = new_campus_here(**database)
        campus.add_books("Mhudi")
        campus.digest = campus.add_file(b"its text")
        campus.command = {"AZORA_DATA_DIR": str(campus.folder), "PATH": "/usr/bin"}
        if database:
            campus.command["AZORA_DATABASE_URL"] = database["database_url"]
        return campus

    def run(self, campus, tmp_path, *arguments):
        done = run_azora(*arguments, cwd=tmp_path, environment=campus.command)
        assert done.code == 0, done.err
        return done.out

    def test_keeping_deletes_nothing(self, campus, tmp_path):
        said = self.run(campus, tmp_path, "plugins", "uninstall", "library", "--data", "keep")
        assert "stays" in said
        with campus.open() as here:
            assert "library" not in here.runtime.hosted
        self.run(campus, tmp_path, "plugins", "enable", "library")
        assert campus.titles("mhudi") == ["Mhudi"] and campus.has_file(campus.digest)

    def test_deleting_leaves_nothing(self, campus, tmp_path):
        self.run(campus, tmp_path, "plugins", "uninstall", "library", "--data", "delete")
        assert not list(campus.folder.rglob("*library*"))
        self.run(campus, tmp_path, "plugins", "enable", "library")
        assert campus.titles("mhudi") == [] and not campus.has_file(campus.digest)

    def test_what_was_exported_comes_back(self, campus, tmp_path):
        at = ("--to", str(tmp_path / "out"), "--key-file", str(tmp_path / "k"))
        said = self.run(
            campus, tmp_path, "plugins", "uninstall", "library", "--data", "export", *at
        )
        assert "azora restore" in said
        assert not list(campus.folder.rglob("*library*"))
        self.run(campus, tmp_path, "plugins", "enable", "library")
        back = ("--plugin", "library", "--from", str(tmp_path / "out"))
        self.run(campus, tmp_path, "restore", *back, "--key-file", str(tmp_path / "k"))
        assert campus.titles("mhudi") == ["Mhudi"] and campus.has_file(campus.digest)
