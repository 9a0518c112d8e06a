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
