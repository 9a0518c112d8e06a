"""Searching in a real browser, without scripts, at both widths."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

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


def test_a_search_is_saved_tells_what_is_new_and_is_let_go(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
    reader = campus.as_account("library.save_searches", "library.read")
    session = reader.cookies["azora_session"]
    made = browse(JOURNEYS, "saving", campus.url, tmp_path, session)
    seen = made["seen"]
    assert seen["Every week"] == "Saved."
    assert "already" in seen["Every day"] and seen["kept"] == "Harvests"
    assert seen["listed"].startswith("“harvest”, Zulu, Xhosa")
    assert seen["listed"].endswith("Every week") and seen["changed"].endswith("Every day")
    assert seen["address"] == "/library?query=harvest&language=zu&language=xh"
    assert made["fits"]

    said = {"title": "A harvest by night", "type": "BOOK", "language": "zu"}
    campus.call("library.add_resource", **said)
    let_a_day_pass(campus.data_dir, said["title"])
    campus.call("library.look_for_new")
    feed = requests.get(seen["feed"], timeout=10)
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    assert said["title"] in feed.text

    made = browse(JOURNEYS, "alerted", campus.url, tmp_path, session)
    seen = made["seen"]
    assert seen["home"] == "Harvests 1 new"
    assert seen["new"] == [said["title"]]
    assert (seen["after"], seen["gone"]) == ("Nothing new", 0)
    assert seen["removed"] == "You have no saved search yet"
    assert made["fits"]


def let_a_day_pass(data: Path, title: str) -> None:
    """For every saved search, and for the resource of this title since."""
    day, hour = (
        (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f")
        for hours in (24, 1)
    )
    with closing(sqlite3.connect(data / "db" / "library.db", timeout=10)) as database, database:
        database.execute("UPDATE library_saved_search SET seen = ?, told = ?", (day, day))
        database.execute("UPDATE library_resource SET created = ? WHERE title = ?", (hour, title))
