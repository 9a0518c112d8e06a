"""Letting people in, as librarians and readers do it: over HTTP and on the pages, in both bodies."""

import re
from typing import Any

import pytest

ROOM = "/api/library"


@pytest.fixture(scope="module")
def librarian(campus: Any) -> Any:
    return campus.as_account("library.manage", "identity.read_accounts")


@pytest.fixture
def closed(librarian: Any, word: str) -> str:
    """A resource whose record everybody sees and whose file nobody opens; its id."""
    made = librarian.post(
        f"{ROOM}/resources",
        data={"title": word, "type": "DOCUMENT", "file_access": "restricted"},
        files={"file": ("thesis.txt", b"Secret words", "text/plain")},
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def send(client: Any, path: str, form: str, **fields: Any) -> Any:
    """Send one form of a page as a browser without scripts does."""
    page = client.get(path)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token, (page.status_code, page.text[:500])
    return client.post(path, data={"csrf_token": token[1], "_form": form, **fields})


def test_a_closed_file_tells_everybody_what_they_can_do(campus: Any, closed: str) -> None:
    path, page = f"{ROOM}/resources/{closed}/file", f"/library/{closed}"
    assert campus.http.get(path).status_code == 401
    visitor = campus.http.get(page).text
    assert "Sign in to open it" in visitor and "thesis.txt" not in visitor
    reader = campus.as_account("library.read")
    refused = reader.get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "library.file_closed")
    assert "Ask for access" in reader.get(page).text


def test_a_hidden_record_answers_as_one_that_never_was(
    campus: Any, librarian: Any, closed: str
) -> None:
    set_to = {"record_access": "restricted", "file_access": "restricted"}
    assert librarian.put(f"{ROOM}/resources/{closed}/access", json=set_to).status_code == 200
    never = "01999999-0000-7000-8000-000000000000"
    for form in (f"{ROOM}/resources/{{}}", f"{ROOM}/resources/{{}}/file", "/library/{}"):
        hidden, absent = (campus.http.get(form.format(id)) for id in (closed, never))
        assert hidden.status_code == absent.status_code == 404
        if form.startswith("/api"):
            said = [one.json() | {"trace_id": ""} for one in (hidden, absent)]
            told = [repr(one).replace(closed, "ID").replace(never, "ID") for one in said]
            assert re.sub("[0-9a-f]{32}", "", told[0]) == re.sub("[0-9a-f]{32}", "", told[1])


def test_a_person_is_let_in_by_name_and_opens_the_file_until_it_is_taken_back(
    campus: Any, librarian: Any, closed: str, word: str
) -> None:
    reader = campus.as_account(name=f"Reader {word}")
    page = f"/library/{closed}/access"
    nobody = send(librarian, page, "let_in", person="Nobody of this name")
    assert nobody.status_code == 422 and "Nobody here has this name" in nobody.text
    assert send(librarian, page, "let_in", person=f"Reader {word}").status_code == 303
    file = f"{ROOM}/resources/{closed}/file"
    assert reader.get(file).content == b"Secret words"
    subject = reader.get("/api/identity/me").json()["id"]
    assert f"Reader {word}" in librarian.get(page).text
    assert send(librarian, page, "shut_out", subject=subject).status_code == 303
    assert reader.get(file).status_code == 403


def test_the_holders_of_a_role_are_let_in(campus: Any, librarian: Any, closed: str) -> None:
    reader, other = campus.as_account(), campus.as_account()
    [role] = reader.get("/api/identity/me").json()["roles"]
    assert send(librarian, f"/library/{closed}/access", "let_in", role=role).status_code == 303
    assert reader.get(f"{ROOM}/resources/{closed}/file").status_code == 200
    assert other.get(f"{ROOM}/resources/{closed}/file").status_code == 403


def test_asking_and_being_let_in_on_the_pages(
    campus: Any, librarian: Any, closed: str, word: str
) -> None:
    reader, page = campus.as_account(name="Sipho"), f"/library/{closed}"
    assert send(reader, page, "ask", reason="For my thesis.").status_code == 303
    assert "For my thesis." in reader.get(page).text
    waiting = librarian.get("/library/requests").text
    assert f"Sipho asks for “{word}”" in waiting and "For my thesis." in waiting
    request = reader.get(f"{ROOM}/access-requests/own").json()["items"][0]
    answer = {"request": request["id"], "decision": "granted", "answer": "Good luck."}
    assert send(librarian, "/library/requests", "answer", **answer).status_code == 303
    assert reader.get(f"{ROOM}/resources/{closed}/file").status_code == 200
    assert "Good luck." in reader.get("/library/asked").text


def test_a_secret_link_is_shown_once_and_opens_the_page_and_the_file(
    campus: Any, librarian: Any, closed: str
) -> None:
    page = f"/library/{closed}/access"
    made = send(librarian, page, "make_link", note="Reviewer", covers="file")
    address = re.search(r"(/library/[^/?\s]+\?token=[\w-]+)", made.text)
    assert made.status_code == 200 and address, made.text
    assert address[1] not in librarian.get(page).text
    shown = campus.http.get(address[1]).text
    file = re.search(r'href="(/api/library/resources/[^"]+/file\?token=[^"]+)"', shown)
    assert file and campus.http.get(file[1]).content == b"Secret words"
    [link] = librarian.get(f"{ROOM}/resources/{closed}/sharing").json()["links"]
    campus.eventually(
        lambda: librarian.get(f"{ROOM}/resources/{closed}/sharing").json()["links"][0]["uses"] == 2
    )
    assert send(librarian, page, "revoke_link", link=link["id"]).status_code == 303
    assert campus.http.get(file[1]).status_code == 401


def test_pages_about_access_are_for_librarians(campus: Any, closed: str) -> None:
    reader = campus.as_account("library.read")
    for path in ("/library/requests", f"/library/{closed}/access"):
        assert reader.get(path).status_code == 403
    away = campus.http.get("/library/asked", allow_redirects=False)
    assert away.headers["Location"].startswith("/sign-in")
