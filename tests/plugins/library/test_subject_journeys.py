"""Categories and tags in a real browser, with and without scripts, at both widths."""

from pathlib import Path
from typing import Any

from tests.plugins.library.reference_services import Services
from tests.plugins.library.test_classification import DEWEY

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("subject_journeys.py")


def test_a_tree_of_categories_is_taken_in_arranged_and_browsed(
    new_campus: Any, tmp_path: Path
) -> None:
    campus = new_campus()
    (tmp_path / "ddc.csv").write_text(DEWEY)
    poems = {"title": "Inzuzo", "type": "BOOK", "category": "Izibongo"}
    librarian = campus.as_account("library.manage", "library.read")
    reader = campus.as_account("library.read")
    sessions = [one.cookies["azora_session"] for one in (librarian, reader)]
    campus.call("library.add_resource", **poems | {"category": "African literatures"})
    made = browse(JOURNEYS, "arranging", campus.url, tmp_path, *sessions, tmp_path / "ddc.csv")
    seen = made["seen"]
    assert "800 Literature" in seen["taken in"]
    assert seen["above"] == ["Literature"]
    assert seen["in isiZulu"] == "Izibongo zesiZulu"
    assert seen["renamed"] == "Praise poetry"
    assert seen["refused"]
    assert seen["moved"] == ["Literature", "African literatures"]
    assert seen["found"] == ["Inzuzo"]
    assert seen["way"] == ["Literature", "African literatures"]
    assert seen["tree"][:2] == ["Literature", "African literatures"]
    assert seen["removed"] == "Removed."
    assert made["fits"]


def test_tags_are_suggested_and_merged(new_campus: Any, tmp_path: Path) -> None:
    campus = new_campus()
    for number, tags in enumerate((["Novels"], ["Novels", "novel"], ["Poetry"])):
        campus.call("library.add_resource", title=f"Book {number}", type="BOOK", tags=tags)
    session = campus.as_account("library.manage").cookies["azora_session"]
    made = browse(JOURNEYS, "tagging", campus.url, tmp_path, session)
    seen = made["seen"]
    assert seen["suggested"] == ["poetry, novel", "poetry, Novels"]
    assert seen["in use"] == ["novel", "Novels"]
    assert seen["said"] == "Saved."
    assert made["fits"]
    campus.eventually(
        lambda: (
            [one["tag"] for one in campus.call("library.list_tags", query="novel")["items"]]
            == ["Novels"]
        )
    )


def test_a_form_is_filled_in_by_what_others_know(new_campus: Any, tmp_path: Path) -> None:
    services = Services()
    campus = new_campus(
        environment={
            "AZORA_OUTBOUND_INSIDE": "127.0.0.1",
            "AZORA_LIBRARY_DOI_ADDRESS": f"{services.address}/doi",
            "AZORA_LIBRARY_OPEN_LIBRARY": services.address,
            "AZORA_LIBRARY_GOOGLE_BOOKS": services.address,
        }
    )
    session = campus.as_account("library.manage").cookies["azora_session"]
    made = browse(JOURNEYS, "looking_up", campus.url, tmp_path, session, services.address)
    services.close()
    seen = made["seen"]
    assert seen["mistyped"].startswith("This is not an ISBN")
    assert seen["found"].startswith("Filled in from what Open Library says.")
    assert seen["title"] == seen["added"] == "Weep not, child: a novel"
    assert seen["here"] == ["Weep not, child: a novel"]
    assert "by hand" in seen["by hand"] and seen["doi"] == "10.1234/nobody-knows"
    assert seen["page"] == "Insila kaShaka"
    assert seen["figures"] == ["0", "0"]  # a browser that a program drives is a robot
    assert made["fits"]
