"""The generator of reference pages draws what plugins declare, whoever they are."""

import subprocess
import sys
from types import SimpleNamespace

import peewee
import pytest

from azora import (
    Event,
    Permission,
    Plugin,
    Request,
    Service,
    Table,
    hookimpl,
    needs,
    on_event,
    operation,
)
from azora.loader import load_registry
from azora.reference import refreshed


class Sow(Request):
    plant: str


class Sown(Event):
    key_field = "plant"

    plant: str


class Bed(Table):
    """One bed of the garden."""

    keeper = peewee.CharField(null=True, help_text="who waters it")

    class Meta:
        personal = ("keeper",)
        retention = "As long as the garden."


class Plot(Table):
    bed = peewee.ForeignKeyField(Bed)

    class Meta:
        personal = ()
        retention = "As long as its bed."


class Garden(Service):
    @operation("POST /plants", permission="garden.sow")
    def sow(self, request: Sow) -> None:
        """Sow a plant | or a tree."""


class Kitchen(Service):
    @on_event("garden.sown")
    def plan(self, event: Sown) -> None: ...


@needs("garden")
class Needed:
    def sow(self, request: Sow) -> None: ...


def module_of(plugin):
    return SimpleNamespace(__name__=plugin.name, describe=hookimpl(lambda: plugin))


@pytest.fixture(scope="module")
def registry():
    garden = Plugin(
        name="garden",
        summary="Grows things",
        services=[Garden],
        events=[Sown],
        permissions=[Permission("garden.sow", "Sow")],
        tables=[Bed, Plot],
    )
    kitchen = Plugin(name="kitchen", summary="Cooks", services=[Kitchen], needs=[Needed])
    found = load_registry(
        [("garden", module_of(garden)), ("kitchen", module_of(kitchen))], installed=False
    )
    assert found.refused == {}
    return found


@pytest.fixture
def page(registry):
    return lambda part: refreshed(f"<!-- begin: {part} -->\nold\n<!-- end: {part} -->\n", registry)


def test_what_stood_there_is_replaced_and_the_rest_stays(registry):
    text = "# Mine\n\n<!-- begin: needs -->\nold\n<!-- end: needs -->\n\nMine too.\n"
    fresh = refreshed(text, registry)
    assert fresh.startswith("# Mine\n") and fresh.endswith("\nMine too.\n")
    assert "old" not in fresh
    assert refreshed(fresh, registry) == fresh


def test_an_operation_stands_with_its_route_its_right_and_its_purpose(page):
    row = r"| `sow` | `POST /api/garden/plants` | `garden.sow` | Sow a plant \| or a tree. |"
    assert row in page("operations")


def test_an_event_stands_with_its_fields_and_its_order(page):
    assert "| `garden.sown` | `plant`; in order by `plant` |" in page("operations")


def test_an_arrow_leads_from_who_needs_to_who_offers(page):
    assert 'kitchen -->|"sow"| garden' in page("needs")


def test_an_event_leads_from_who_publishes_to_who_listens(page):
    drawn = page("events")
    assert 'garden["garden"] --> garden_sown(["garden.sown"])' in drawn
    assert 'garden_sown -->|"plan"| kitchen_hears["kitchen"]' in drawn


def test_a_table_shows_its_keys_its_notes_and_what_it_refers_to(page):
    drawn = page("tables")
    assert 'char keeper "who waters it, may be empty, personal"' in drawn
    assert "bed ||--o{ plot : bed" in drawn
    assert "auto bed_id FK" in drawn
    assert "| `bed` | One bed of the garden. | `keeper` | As long as the garden. |" in drawn


def test_a_hook_is_told_with_who_implements_it(page):
    assert "def describe() -> Plugin" in page("hooks")
    assert "Of our plugins: `garden`, `kitchen`." in page("hooks")


def test_the_command_refreshes_a_folder(tmp_path):
    page = tmp_path / "needs.md"
    page.write_text("<!-- begin: needs -->\n<!-- end: needs -->\n")
    command = [sys.executable, "-m", "azora.reference", str(tmp_path)]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert first == f"{page} is fresh again\n"
    assert "flowchart" in page.read_text()
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert again == "Everything is fresh.\n"


def test_the_command_says_how_it_is_used():
    done = subprocess.run([sys.executable, "-m", "azora.reference"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "usage: python -m azora.reference docs/\n")
