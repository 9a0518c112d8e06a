"""Categories and tags in a real browser, with and without scripts, at both widths."""

from pathlib import Path
from typing import Any

from tests.plugins.library.test_classification import DEWEY

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("subject_journeys.py")


def test_a_tree_of_categories_is_taken_in_arranged_and_browsed(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
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
    assert seen["renamed"] == "Praise poetry"
    assert seen["refused"]
    assert seen["moved"] == ["Literature", "African literatures"]
    assert seen["found"] == ["Inzuzo"]
    assert seen["way"] == ["Literature", "African literatures"]
    assert seen["tree"][:2] == ["Literature", "African literatures"]
    assert seen["removed"] == "Removed."
    assert made["fits"]


def test_tags_are_suggested_and_merged(embedded_campus: Any, tmp_path: Path) -> None:
    campus = embedded_campus
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
