"""Searching in a real browser, without scripts, at both widths."""

from pathlib import Path
from typing import Any

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("journeys.py")


def test_a_search_is_mended_narrowed_widened_and_taken_along(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
    every = [f"Subject {number}" for number in range(1, 13)]
    for title, language, tags in (
        ("Mountain of the night", "zu", every),
        ("The mountain road", "xh", every),
        ("Mountain weather", "en", ["Subject 3"]),
    ):
        campus.call("library.add_resource", title=title, type="BOOK", language=language, tags=tags)
    session = campus.as_account("library.read").cookies["azora_session"]
    made = browse(JOURNEYS, "searching", campus.url, tmp_path, session)
    seen = made["seen"]
    assert seen["close"].startswith("Nothing has exactly “mountian”.")
    three = {"Mountain of the night", "Mountain weather", "The mountain road"}
    assert three <= set(seen["all"])
    assert seen["marked"].casefold().startswith("mountain")
    assert seen["narrowed"] == ["Mountain of the night", "The mountain road"]
    assert seen["chips"] == ["Xhosa", "Zulu", "Take all away"]
    assert seen["taken back"] == ["The mountain road"]
    assert seen["values"] == [f"Subject {number}" for number in (1, 10, 11, 12)]
    assert seen["still ticked"]
    assert seen["by subject"] == ["The mountain road"]
    assert seen["saved"] == 1
    assert made["fits"]


def test_a_page_leads_to_what_it_refers_to_what_refers_to_it_and_what_is_like_it(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus

    def add(title: str, doi: str, cites: str = "", tag: str = "") -> str:
        related = [{"identifier": cites, "relation": "References"}] if cites else []
        said = {"doi": doi, "tags": [tag] if tag else [], "details": {"related": related}}
        return str(campus.call("library.add_resource", title=title, type="BOOK", **said)["id"])

    add("Ground", "10.1234/ground")
    book = add("Fields", "10.1234/fields", "10.1234/ground", "Ploughing by hand")
    studies = [add(f"Study {n}", f"10.1234/s{n}", "10.1234/fields") for n in range(6)]
    add("Oxen", "10.1234/oxen", tag="Ploughing by hand")
    session = campus.as_account("library.read").cookies["azora_session"]
    made = browse(JOURNEYS, "referring", campus.url, tmp_path, session, book)
    seen = made["seen"]
    assert seen["near"]["cites"] == ["Ground"]
    assert seen["near"]["cited-by"] == ["Study 5", "Study 4", "Study 3", "Study 2", "Study 1"]
    assert seen["near"]["alike"] == ["Oxen"]
    assert len(seen["all"]) == len(studies)
    assert seen["chip"].startswith("Refers to “Fields”")
    assert made["fits"]
