"""What the one address of a campus answers for all its plugins, in both bodies."""

import re

import pytest

from azora.http.cookies import holds_secret
from azora_identity.contracts import Account, NewToken, OneTimePassword


def test_every_plugin_is_in_the_openapi_document_and_the_kernel_too(campus):
    document = campus.http.get("/api/openapi.json").json()
    tags = [tag["name"] for tag in document["tags"]]
    assert tags == sorted(set(tags))
    assert {"campus", "identity", "library", "web"} <= set(tags)
    for path in ("/api/library/search", "/api/identity/me", "/api/batch", "/api/csp-reports"):
        assert path in document["paths"], path


def test_every_plugins_error_codes_are_explained(campus):
    told = {entry["code"]: entry for entry in campus.http.get("/api/errors").json()["codes"]}
    assert told["rate_limited"]["status"] == 429
    assert told["identity.sign_in_failed"]["fix"]
    assert told["library.resource_not_found"]["status"] == 404
    page = campus.http.get("/api/errors", headers={"Accept": "text/html"})
    assert 'id="library.resource_not_found"' in page.text


def test_a_problem_leads_to_its_explanation(campus):
    answer = campus.http.get("/api/library/resources/none-such")
    path, _, anchor = answer.json()["type"].partition("#")
    page = campus.http.get(path, headers={"Accept": "text/html"})
    assert f'id="{anchor}"' in page.text


def test_the_documentation_stays_usable_from_the_browsers_cache(campus):
    fresh = campus.http.get("/api/docs", headers={"Accept": "text/html"})
    again = campus.http.get("/api/docs", headers={"If-None-Match": fresh.headers["ETag"]})
    assert again.status_code == 304
    policies = [
        re.sub(r"'nonce-[^']*'", "", answer.headers["Content-Security-Policy"])
        for answer in (fresh, again)
    ]
    assert policies[0] == policies[1]


def test_what_was_made_has_a_location_that_can_be_read(campus):
    client = campus.sign_in()
    made = client.post("/api/library/resources", json={"title": "Placed", "type": "BOOK"})
    assert made.status_code == 201
    assert client.get(made.headers["Location"]).json()["title"] == "Placed"


def test_a_batch_reaches_every_plugin_and_keeps_the_order(campus):
    asked = [
        {"path": "/api/library/search?query=kliptown"},
        {"path": "/api/identity/me"},
        {"method": "POST", "path": "/api/web/theme", "body": {"theme": "dark"}},
        {"path": "/api/nowhere/at-all"},
    ]
    answer = campus.sign_in().post("/api/batch", json={"requests": asked})
    assert [each["status"] for each in answer.json()["responses"]] == [200, 200, 201, 404]


def test_forwarded_headers_of_a_client_are_not_believed(campus):
    forged = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "x"}
    answer = campus.http.get("/", headers=forged)
    assert "Strict-Transport-Security" not in answer.headers


def test_an_operation_tells_the_rate_that_it_declares(campus):
    described = campus.http.get("/api/openapi.json").json()["paths"]["/api/identity/sessions"]
    rate = described["post"]["x-azora-rate"]
    answer = campus.http.post(
        "/api/identity/sessions", json={"email": "nobody@campus.example", "password": "wrong"}
    )
    assert answer.status_code == 401
    assert rate["seconds"] == 60
    page = campus.sign_in()
    assert page.cookies.get("azora_session")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_what_is_large_is_sent_in_the_coding_that_the_client_takes(campus, coding):
    answer = campus.http.get("/api/openapi.json", headers={"Accept-Encoding": coding}, stream=True)
    assert answer.headers["Content-Encoding"] == coding
    plain = campus.http.get("/api/openapi.json", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(answer.raw.read(decode_content=False)) < len(plain.content) / 3


def test_what_may_hold_a_secret_is_never_compressed(campus):
    asked = {"requests": [{"path": "/api/library/resources?limit=20"}] * 5}
    answer = campus.sign_in().post(
        "/api/batch", json=asked, headers={"Accept-Encoding": "gzip, br, zstd"}
    )
    assert len(answer.content) > 5_000
    assert "Content-Encoding" not in answer.headers
    assert holds_secret(NewToken) and holds_secret(OneTimePassword)
    assert not holds_secret(Account)


def test_a_form_that_is_sent_twice_counts_once(campus):
    client = campus.sign_in()
    drawn = client.get("/library/add").text
    hidden = dict(
        re.findall(
            r'name="(csrf_token|once|_form)" value="([^"]+)"', drawn.partition('id="add"')[2]
        )
    )
    title = f"Counted once in {campus.body}"
    form = hidden | {"title": title, "type": "BOOK"}
    first, second = client.post("/library/add", data=form), client.post("/library/add", data=form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    other = client.post("/library/add", data=form | {"title": f"{title}, otherwise"})
    assert other.headers["Location"] != first.headers["Location"]
    assert drawn.count('name="once"') == len(set(re.findall(r'name="once" value="([^"]+)"', drawn)))
