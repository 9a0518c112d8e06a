"""Administration and sign-in in a real browser: by keyboard, without scripts."""

from pathlib import Path

import pytest

from azora.testing.browser import browse
from azora.testing.campus import Client

pytestmark = pytest.mark.needs("chromium")
JOURNEYS = Path(__file__).with_name("journeys.py")


@pytest.fixture
def travel(embedded_campus):
    """`travel("edit_without_scripts", "sipho")`: what that journey saw; a name signs a new administrator in."""

    def run(journey, name=""):
        return browse(
            JOURNEYS,
            journey,
            embedded_campus.url,
            *(_account(embedded_campus, name) if name else ()),
        )

    return run


def _account(campus, name):
    email, password = f"{name}@admin.example", "a long walk to the office"
    made = campus.call("identity.create_account", email=email, name=name, roles=["administrator"])
    client, once = Client(campus.url), made["one_time_password"]
    assert client.post("/api/identity/sessions", json={"email": email, "password": once}).ok
    change = {"current_password": once, "new_password": password}
    assert client.post("/api/identity/password", json=change).ok
    return email, password


def test_a_row_is_found_changed_and_traced_without_scripts(embedded_campus, travel):
    embedded_campus.call("library.add_resource", title="The Gate of the Garden", type="BOOK")
    seen = travel("edit_without_scripts", "sipho")
    assert (seen["notice"], seen["title"]) == ("Saved.", "The Gate of the Orchard")
    assert "The Gate of the Garden" in seen["act"] and "The Gate of the Orchard" in seen["act"]
    assert "sipho" in seen["act"]


def test_a_second_factor_is_set_up_and_used_by_keyboard(travel):
    seen = travel("second_factor", "lerato")
    assert seen.pop("picture") > 100
    assert seen == {
        "codes": 10,
        "asked": "Confirm your sign-in",
        "fill": "one-time-code",
        "at": "/",
    }


def test_a_password_can_be_filled_pasted_and_looked_at(travel):
    assert travel("password_field") == {
        "managers": ["username", "current-password"],
        "pasted": "pasted phrase",
        "shown": "text",
        "hidden": "password",
        "caps": True,
    }
