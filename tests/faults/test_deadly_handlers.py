"""A handler that kills its process, through RabbitMQ: its event is parked in the end, the others go on."""

import json

import pytest

ATTEMPTS = 2
DEADLY = f'''
"""Listens to the library, and dies of one title."""
import os
import pathlib
import signal
from azora import Event, Plugin, Service, hookimpl, on_event

class Added(Event):
    id: str
    title: str

class Deadly(Service):
    @on_event("library.resource_added", attempts={ATTEMPTS})
    def note(self, event: Added) -> None:
        folder = pathlib.Path(__file__).parent
        if event.title == "Fatal":
            with (folder / "deaths").open("a") as deaths:
                deaths.write("x")
            os.kill(os.getpid(), signal.SIGKILL)
        (folder / f"noted {{event.title}}").touch()

@hookimpl
def describe() -> Plugin:
    return Plugin(name="deadly", summary="Dies of one title", services=[Deadly])
'''


@pytest.fixture
def site(tmp_path):
    """A folder with the plugin as pip would have installed it."""
    facts = tmp_path / "azora_deadly-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: azora-deadly\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[azora.plugins]\ndeadly = azora_deadly\n")
    (tmp_path / "azora_deadly.py").write_text(DEADLY)
    return tmp_path


def test_an_event_that_kills_its_process_is_parked_after_its_attempts(site, new_campus):
    campus = new_campus("distributed", environment={"PYTHONPATH": str(site)}, options=("--empty",))

    def add(title):
        return campus.call("library.add_resource", title=title, type="BOOK")["id"]

    def parked():
        listed = campus.azora("events", "parked", "deadly", "--json").out
        return json.loads(listed) if listed.startswith("[") else []

    add("Before")
    campus.eventually((site / "noted Before").exists)
    fatal = add("Fatal")
    (row,) = campus.eventually(parked, 60)
    assert json.loads(row["data"])["id"] == fatal
    assert (row["handler"], row["attempts"]) == ("note", ATTEMPTS)
    assert "the process ended during attempt" in row["error"]
    assert (site / "deaths").read_text() == "x" * ATTEMPTS
    add("After")
    campus.eventually((site / "noted After").exists, 30)
