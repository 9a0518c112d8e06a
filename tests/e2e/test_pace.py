"""Pages on a slow phone, the search line, and dialogs with and without a script."""

from pathlib import Path

import pytest

from azora.testing.browser import browse
from azora.testing.campus import Client

pytestmark = pytest.mark.needs("chromium")
PACE = Path(__file__).with_name("pace.py")


@pytest.fixture(scope="module")
def paces(embedded_campus):
    found = embedded_campus.call("library.search", query="freedom")
    one = f"/library/{found['items'][0]['id']}"
    return browse(PACE, "on_a_slow_phone", embedded_campus.url, "/", "/home", "/library", one)


@pytest.mark.untraced
def test_the_content_is_there_within_a_second_and_a_half_on_slow_4g(paces):
    assert {path: seen for path, seen in paces.items() if seen["shown"] > 1500} == {}


@pytest.mark.untraced
def test_a_page_can_be_used_within_two_seconds_on_a_slow_phone(paces):
    assert {path: seen for path, seen in paces.items() if seen["ready"] > 2000} == {}


def test_nothing_jumps_while_a_page_loads(paces):
    assert {path: seen for path, seen in paces.items() if seen["shift"] > 0.05} == {}


def test_the_search_line_suggests_from_every_plugin_and_is_used_by_keyboard(embedded_campus):
    seen = browse(PACE, "search", embedded_campus.url)
    assert seen["expanded"] == "true"
    assert any("The Freedom Charter" in words for words in seen["offered"])
    assert seen["chosen"] == seen["offered"][0]
    assert seen["closed"] == "false"
    assert seen["kept"] == "freedom"
    assert seen["opened"] == "The Freedom Charter"
    assert seen["all at"] == "/search?query=freedom"


def test_a_dialog_opens_and_closes_with_a_script_and_without(embedded_campus):
    email, password = "dialog@campus.example", "a long walk to the library"
    made = embedded_campus.call(
        "identity.create_account", email=email, name="Lerato", roles=["administrator"]
    )
    client, once = Client(embedded_campus.url), made["one_time_password"]
    assert client.post("/api/identity/sessions", json={"email": email, "password": once}).ok
    change = {"current_password": once, "new_password": password}
    assert client.post("/api/identity/password", json=change).ok
    seen = browse(PACE, "dialog", embedded_campus.url, email, password)
    for name in ("modal", "plain"):
        assert not seen[f"{name} before"]
        assert seen[f"{name} open"]
        assert seen[f"{name} closed"]
