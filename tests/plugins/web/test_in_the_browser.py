"""The campus in a real browser: everything can be reached, and no script is needed."""

from pathlib import Path

import pytest

from azora.testing.browser import browse
from azora.testing.campus import Client

pytestmark = pytest.mark.needs("chromium")
JOURNEYS = Path(__file__).with_name("journeys.py")


@pytest.fixture(scope="module")
def account(embedded_campus):
    """E-mail address and password of an administrator who has chosen their own."""
    email, password = "nomsa@campus.example", "a long walk to the library"
    made = embedded_campus.call(
        "identity.create_account", email=email, name="Nomsa Dlamini", roles=["administrator"]
    )
    client, once = Client(embedded_campus.url), made["one_time_password"]
    assert client.post("/api/identity/sessions", json={"email": email, "password": once}).ok
    change = {"current_password": once, "new_password": password}
    assert client.post("/api/identity/password", json=change).ok
    return email, password


@pytest.fixture(scope="module")
def travel(embedded_campus, account):
    """`travel("keyboard")`: what that journey through the campus saw."""

    def run(journey, *, signed_in=False):
        who = account if signed_in else ()
        return browse(JOURNEYS, journey, embedded_campus.url, *who)

    return run


def test_everything_works_without_scripts(travel):
    seen = travel("without_scripts", signed_in=True)
    assert seen["sent to"] == "/sign-in?next=/account"
    assert seen["back at"] == "/account"
    assert seen["found at"] == "/search?query=the"
    assert seen["found"] > 0
    assert seen["language"] == "zu"
    assert seen["still at"] == "/search?query=the"
    assert seen["theme"] == "dark"
    assert seen["no theme"] is None


def test_the_keyboard_reaches_everything_and_the_focus_is_seen(travel):
    seen = travel("keyboard")
    assert seen["first"] == "skip"
    assert seen["first is seen"]
    assert seen["skipped to"] == "main"
    assert seen["slash"] == "site-search"
    assert seen["typed"] == "a?b/c"
    assert seen["keys"]
    assert seen["keys closed"]
    assert seen["hidden focus"] == []
