"""An event that a handler cannot handle: seen and driven again from the terminal."""

import json

import pytest

FRAGILE = '''
"""Listens to the library, and fails until its file is there."""
import pathlib
from azora import Event, Plugin, Service, hookimpl, on_event

class Added(Event):
    id: str

class Fragile(Service):
    @on_event("library.resource_added", attempts=1)
    def note(self, event: Added) -> None:
        folder = pathlib.Path(__file__).parent
        if not (folder / "mended").exists():
            raise RuntimeError("the note book is missing")
        (folder / "noted").write_text(event.id)

@hookimpl
def describe() -> Plugin:
    return Plugin(name="fragile", summary="Fails at first", services=[Fragile])
'''


@pytest.fixture
def site(tmp_path):
    """A folder with the plugin as pip would have installed it."""
    facts = tmp_path / "azora_fragile-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: azora-fragile\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[azora.plugins]\nfragile = azora_fragile\n")
    (tmp_path / "azora_fragile.py").write_text(FRAGILE)
    return tmp_path


@pytest.mark.parametrize("body", ["embedded", "distributed"])
def test_a_parked_event_is_listed_and_handled_once_it_is_driven_again(site, new_campus, body):
    campus = new_campus(body, environment={"PYTHONPATH": str(site)}, options=("--empty",))
    added = campus.call("library.add_resource", title="Noted", type="BOOK")

    def parked():
        return json.loads(campus.azora("events", "parked", "fragile", "--json").out)

    row = campus.eventually(parked)[0]
    assert (row["handler"], json.loads(row["data"])["id"]) == ("note", added["id"])
    assert "the note book is missing" in row["error"]
    (site / "mended").write_text("")
    for chosen, driven in (("--all", 1), ("--all", 0)) if body == "embedded" else ((row["id"], 1),):
        done = campus.azora("events", "redrive", "fragile", chosen, "--json")
        assert json.loads(done.out) == {"redriven": driven}, done.err
    campus.eventually((site / "noted").exists)
    assert (site / "noted").read_text() == added["id"]
    assert parked() == []
