"""The story in a real browser on a real campus: by pointer, by keyboard alone, and without scripts."""

from pathlib import Path

import pytest

from azora.testing.browser import browse

pytestmark = pytest.mark.needs("chromium")
JOURNEYS = Path(__file__).with_name("journeys.py")
PAPER = "Herons stand by the weir until the water tells them."


@pytest.fixture(scope="module")
def campus(new_module_campus):
    """A campus as it is on its first day, whatever other tests did to theirs."""
    return new_module_campus()


@pytest.fixture
def newcomer(campus):
    """Makes an administrator who has a one-time password: e-mail address and that password."""

    def make(name):
        email = f"{name}@campus.example"
        made = campus.call(
            "identity.create_account", email=email, name=name.title(), roles=["administrator"]
        )
        return email, made["one_time_password"]

    return make


@pytest.fixture
def paper(tmp_path):
    file = tmp_path / "herons.txt"
    file.write_text(PAPER)
    return file


@pytest.mark.parametrize("how", ["by_pointer", "by_keyboard", "without_scripts"])
def test_a_newcomer_signs_in_finds_adds_edits_and_downloads(campus, newcomer, paper, tmp_path, how):
    account = newcomer(how.replace("_", "-"))
    seen = browse(JOURNEYS, how, campus.url, tmp_path, *account, paper)
    title = seen["added"][0]
    assert seen["first sent to"].startswith("/account/password")
    assert seen["kept at"] == "/account/password?next=/people"
    assert seen["opened"] == "The Freedom Charter"
    assert title.startswith("Herons of the weir")
    assert seen["added"][1] == "Added."
    assert seen["edited"] == [f"{title}, revised", "Saved."]
    assert seen["downloaded"] == PAPER
    assert seen["left to"].startswith("/sign-in")
    assert seen["complaints"] == []
    assert seen["wide"] == []


def test_an_operation_is_tried_from_its_documentation_without_the_internet(campus, tmp_path):
    token = campus.sign_in().post(
        "/api/identity/tokens", json={"name": "trial", "scopes": ["library.read"], "days": 1}
    )
    seen = browse(JOURNEYS, "try_an_operation", campus.url, tmp_path, token.json()["secret"])
    found, me = seen["answers"]
    assert found.startswith("200 OK")
    assert "The Freedom Charter" in found
    assert me.startswith("200 OK")
    assert seen["strangers"] == []
    assert seen["complaints"] == []
    assert seen["wide"] == []
