"""Editing in a real browser: what is typed survives whatever happens to the campus."""

import threading
from pathlib import Path
from typing import Any

import pytest

from azora.testing.browser import browse

pytestmark = pytest.mark.needs("chromium")
JOURNEYS = Path(__file__).with_name("editing.py")


def test_what_is_typed_survives_a_campus_that_is_killed(new_campus: Any, tmp_path: Path) -> None:
    campus = new_campus()
    book = campus.call("library.add_resource", title="Mhudi", type="BOOK")["id"]
    librarian = campus.as_account("library.manage", "identity.use_account")
    given = (campus.url, tmp_path, librarian.cookies["azora_session"])
    told: dict[str, Any] = {}
    typing = threading.Thread(
        target=lambda: told.update(browse(JOURNEYS, "outage", *given, book, tmp_path))
    )
    typing.start()
    campus.eventually(lambda: (tmp_path / "typed").exists(), 30)
    assert browse(JOURNEYS, "button", *given)["said"] == "Kept as a draft."
    campus.kill()
    (tmp_path / "killed").touch()
    campus.eventually(lambda: (tmp_path / "waiting").exists(), 30)
    campus.start()
    typing.join(60)
    assert told["seen"]["kept"].startswith("Kept as a draft at")
    assert "tries again" in told["seen"]["waiting"]
    assert "kept again" in told["seen"] and told["fits"]
    back = browse(JOURNEYS, "coming_back", *given, book)
    assert back["seen"]["begun"].startswith("This is your draft from")
    assert back["seen"]["typed"] == ["Mhudi, an epic", "Lovedale Press"]
    assert back["seen"]["title"] == "Mhudi, an epic"
    assert back["seen"]["left"] == 0
    assert back["fits"]
    without = browse(JOURNEYS, "button_again", *given)
    assert without == {"title": "Written at night", "fits": True}


def test_the_second_to_save_decides_what_both_changed(embedded_campus: Any, tmp_path: Path) -> None:
    campus = embedded_campus
    book = campus.call("library.add_resource", title="Mhudi", type="BOOK", tags=["novel"])["id"]
    first = campus.as_account("library.manage", name="Lerato")
    second = campus.as_account("library.manage", "identity.read_accounts", name="Naledi")
    sessions = [one.cookies["azora_session"] for one in (first, second)]
    made = browse(JOURNEYS, "conflict", campus.url, tmp_path, *sessions, book)
    seen = made["seen"]
    assert seen["heading"].startswith("Two of you changed")
    assert ["epic" in one for one in seen["sides"]] == [True, False, False]
    assert [row.partition(" ")[0] for row in seen["merged"]] == ["Tags", "Publisher"]
    assert "Choose one side" in seen["asked"]
    assert seen["said"] == "Saved."
    assert seen["title"] == "Mhudi: an epic of South African native life"
    assert "Lovedale Press" in seen["facts"] and "history" in seen["facts"]
    assert made["fits"]


def test_many_are_edited_as_one_and_undone_as_one(embedded_campus: Any, tmp_path: Path) -> None:
    campus, word = embedded_campus, "Nonpareil"
    for number in range(12):
        campus.call(
            "library.add_resource", title=f"{word} {number}", type="BOOK", publisher="Lovdale Press"
        )
    people = [campus.as_account("library.manage") for _ in range(2)]
    sessions = [one.cookies["azora_session"] for one in people]
    made = browse(JOURNEYS, "bulk", campus.url, tmp_path, *sessions, word)
    seen = made["seen"]
    assert "Lovedale" in seen["first"] and "south africa" in seen["first"]
    assert "You can undo this until" in seen["colleague"]
    assert "Lovedale Press" in seen["tagged"]
    assert "11: undone" in seen["undone"] and "1: left alone" in seen["undone"]
    assert "undone" in seen["list"][0]
    assert made["fits"]
