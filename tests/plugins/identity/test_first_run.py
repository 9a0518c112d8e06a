"""An empty campus is set up once, at its one-time address, by whoever is first to finish; in both bodies."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from azora.testing.campus import BODIES

GIVEN = {
    "campus_name": "Thuto Secondary School",
    "language": "zu",
    "name": "Nomsa",
    "email": "nomsa@thuto.example",
    "new_password": "five kettles under a baobab",
}
PATH = "/api/identity/first-run"


@pytest.fixture(params=BODIES)
def empty(request, new_campus):
    """A campus that nobody has set up."""
    campus = new_campus(request.param, options=("--empty",))
    campus.key = (campus.data_dir / "first-run").read_text().strip()
    return campus


def test_it_is_set_up_once_by_the_first_of_two_who_finish_at_the_same_time(empty):
    empty.eventually(lambda: f"/first-run?token={empty.key}" in empty.log.read_text())
    both = [GIVEN | {"token": empty.key}, GIVEN | {"token": empty.key, "email": "other@b.example"}]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda given: empty.client().post(PATH, json=given), both))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "identity.campus_begun"
    assert len(empty.call("identity.list_accounts")["items"]) == 1
    again = empty.client().post(PATH, json=GIVEN | {"token": empty.key, "email": "x@b.example"})
    assert again.status_code == 409
    assert not (empty.data_dir / "first-run").exists()


def test_whoever_sets_it_up_is_signed_in_and_administers_a_campus_of_that_name(empty):
    browser = empty.client()
    address = f"/first-run?token={empty.key}"
    page = browser.get(address)
    assert page.status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    weak = GIVEN | {"csrf_token": token, "token": empty.key, "new_password": "nomsa nomsa"}
    refused = browser.post(address, data=weak)
    assert refused.status_code == 422
    assert 'value="Thuto Secondary School"' in refused.text and "aria-invalid" in refused.text
    assert empty.call("identity.list_accounts")["items"] == []
    done = browser.post(address, data=weak | {"new_password": GIVEN["new_password"]})
    assert (done.status_code, done.headers["Location"]) == (303, "/home")
    assert "*" in browser.get("/api/identity/me").json()["permissions"]
    named = lambda: empty.client().get("/").text  # noqa: E731
    empty.eventually(lambda: "Thuto Secondary School</title>" in named())
    assert '<html lang="zu"' in named()
    assert empty.client().get("/", headers={"Accept-Language": "en"}).text.count('<html lang="en"')
    assert 'href="/sign-in"' in empty.client().get(address).text
    empty.restart()
    assert not (empty.data_dir / "first-run").exists()
    assert "Thuto Secondary School</title>" in named()


def test_another_address_sets_nothing_up_and_says_where_the_right_one_stands(embedded_campus):
    page = embedded_campus.client().get("/first-run?token=guessed")
    assert page.status_code == 200
    assert "set up already" in page.text


def test_a_wrong_key_is_refused(new_campus):
    campus = new_campus(options=("--empty",))
    assert "not at this address" in campus.http.get("/first-run?token=guessed").text
    assert 'name="new_password"' not in campus.http.get("/first-run").text
    answer = campus.client().post(PATH, json=GIVEN | {"token": "guessed"})
    assert (answer.status_code, answer.json()["code"]) == (404, "identity.first_run_unknown")
    assert campus.call("identity.list_accounts")["items"] == []
    assert campus.call("library.list_resources")["items"] == []
    names = {role["name"] for role in campus.call("identity.list_roles")["items"]}
    assert names == {"administrator", "member", "guest"}
    campus.restart()
    key = (campus.data_dir / "first-run").read_text().strip()
    assert campus.client().post(PATH, json=GIVEN | {"token": key}).status_code == 201


def test_administrator_of_the_settings_is_let_in_once_and_nobody_else_names_themselves(new_campus):
    given = {"email": "keeper@thuto.example", "password": "four words of ours"}
    named = {f"AZORA_IDENTITY_ADMINISTRATOR_{name.upper()}": each for name, each in given.items()}
    campus = new_campus(options=("--empty",), environment=named)
    assert not (campus.data_dir / "first-run").exists()
    assert not (campus.data_dir / "first-password").exists()
    answer = campus.client().post("/api/identity/sessions", json=given)
    assert answer.status_code == 201
    assert answer.json()["must_change_password"]
    assert given["password"] not in campus.log.read_text()
    campus.restart()
    assert len(campus.call("identity.list_accounts")["items"]) == 1
