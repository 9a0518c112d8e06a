"""The library over HTTP and in the browser's terms, in both bodies."""

import re
from typing import Any

import pytest

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROOM = "/api/library"


@pytest.fixture(scope="module")
def librarian(campus: Any) -> Any:
    return campus.as_account("library.manage")


def form(client: Any, path: str, **fields: Any) -> Any:
    """Send the form at a path as a browser without scripts does."""
    files = fields.pop("files", None)
    page = client.get(path).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page[:500]
    return client.post(path, data={"csrf_token": token[1], **fields}, files=files)


def test_a_resource_with_a_file_from_first_to_last(campus: Any, librarian: Any, word: str) -> None:
    given = {"title": word, "type": "DOCUMENT", "category": word, "authors": "Sol T. Plaatje"}
    content = b"The quick brown fox" * 1000
    made = librarian.post(
        f"{ROOM}/resources", data=given, files={"file": ("../../fox.txt", content, "text/plain")}
    )
    assert made.status_code == 201, made.text
    resource = made.json()
    assert resource["file"]["name"] == "fox.txt"
    path = f"{ROOM}/resources/{resource['id']}"

    found = campus.http.get(f"{ROOM}/search", params={"query": word}).json()
    assert [hit["id"] for hit in found["items"]] == [resource["id"]]

    campus.http.headers["User-Agent"] = FIREFOX
    file = campus.http.get(f"{path}/file")
    assert file.content == content
    assert campus.http.get(f"{path}/file", headers={"Range": "bytes=0-2"}).content == b"The"
    assert campus.http.get(f"{path}/file", headers={"Range": "bytes=4-8"}).content == b"quick"
    assert campus.http.head(f"{path}/file").status_code == 200
    unchanged = {"If-None-Match": file.headers["ETag"]}
    assert campus.http.get(f"{path}/file", headers=unchanged).status_code == 304

    categories = campus.eventually(
        lambda: [
            one
            for one in campus.http.get(f"{ROOM}/categories").json()["items"]
            if one["name"] == word
        ]
    )
    assert categories[0]["resources"] == 1

    read = campus.http.get(path)
    assert read.json()["downloads"] == 1
    changed = librarian.patch(
        path, json={"title": "Changed"}, headers={"If-Match": read.headers["ETag"]}
    )
    assert changed.json()["revision"] == 2
    late = librarian.patch(path, json={"title": "Late"}, headers={"If-Match": read.headers["ETag"]})
    assert (late.status_code, late.json()["code"]) == (412, "library.resource_changed")

    assert librarian.delete(path).status_code == 204
    gone = campus.http.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "library.resource_not_found")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?sort=sideways", 422),
        ("/search?unknown=1", 422),
        ("/search?year_from=MMXX", 422),
        ("/search?query=%00", 422),
        ("/search?query=%ff", 400),
        ("/resources/%2e%2e%2fpasswd", 404),
    ],
)
def test_bad_input_has_a_clear_answer(campus: Any, path: str, status: int) -> None:
    answer = campus.http.get(ROOM + path)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] and answer.json()["trace_id"]


def test_visitors_may_search_and_not_change(campus: Any) -> None:
    assert campus.http.get(f"{ROOM}/search").status_code == 200
    assert (
        campus.http.post(f"{ROOM}/resources", json={"title": "x", "type": "BOOK"}).status_code
        == 401
    )
    assert (
        campus.as_account()
        .post(f"{ROOM}/resources", json={"title": "x", "type": "BOOK"})
        .status_code
        == 403
    )


def test_pages_add_show_edit_and_remove_without_scripts(
    campus: Any, librarian: Any, word: str
) -> None:
    added = form(
        librarian,
        "/library/add",
        title=f"{word} & <b>bold</b>",
        type="BOOK",
        authors="Plaatje, Sol T.\nDube, John L.",
        tags="Novels, Land",
        category="",
        year="",
        files={"file": ("mhudi.pdf", b"%PDF-1.4", "application/pdf")},
    )
    assert added.status_code == 303, added.text
    path = added.headers["Location"].partition("?")[0]

    page = campus.http.get(path).text
    assert f"{word} &amp; &lt;b&gt;bold&lt;/b&gt;" in page and "<b>bold" not in page
    assert "Plaatje, Sol T." in page and "mhudi.pdf" in page
    assert "/edit" not in page
    assert f"{path}/edit" in librarian.get(path).text

    results = campus.http.get("/library", params={"query": word}).text
    assert path in results and "<mark>" not in results.partition("</main>")[2]

    edit = librarian.get(f"{path}/edit").text
    assert "Plaatje, Sol T.\nDube, John L.</textarea>" in edit and 'value="Novels, Land"' in edit
    saved = form(
        librarian, f"{path}/edit", _form="edit", if_revision="1", title=word, type="BOOK",
        authors="Plaatje, Sol T.", tags="", category="Novels",
    )  # fmt: skip
    assert saved.status_code == 303, saved.text
    resource = campus.http.get(f"{ROOM}/resources/{path.rpartition('/')[2]}").json()
    assert (resource["authors"], resource["tags"], resource["category"]) == (
        ["Plaatje, Sol T."],
        [],
        "Novels",
    )
    assert resource["file"]["name"] == "mhudi.pdf"

    stale = form(
        librarian, f"{path}/edit", _form="edit", if_revision="1", title="Late", type="BOOK"
    )
    assert stale.status_code == 303 and "/merge?draft=" in stale.headers["Location"]

    removed = form(librarian, f"{path}/delete", if_revision="2")
    assert removed.headers["Location"].startswith("/library?")
    assert campus.http.get(path).status_code == 404


def test_a_form_with_errors_comes_back_with_all_that_was_typed(librarian: Any) -> None:
    answer = form(
        librarian,
        "/library/add",
        title="",
        type="BOOK",
        isbn="978-0-385-47454-3",
        year="soon",
        authors="A, B",
    )
    assert answer.status_code == 422
    for kept in ("978-0-385-47454-3", "soon", "A, B", "This is not an ISBN"):
        assert kept in answer.text


def test_pages_for_librarians_are_closed_to_others(campus: Any) -> None:
    away = campus.http.get("/library/add", allow_redirects=False)
    assert away.headers["Location"].startswith("/sign-in")
    assert campus.as_account().get("/library/add").status_code == 403


def test_pages_speak_isizulu(campus: Any) -> None:
    page = campus.http.get("/library", headers={"Accept-Language": "zu"}).text
    assert 'lang="zu"' in page and "Sesha" in page


def test_the_demo_catalogue_is_there_once(campus: Any) -> None:
    found = campus.http.get(f"{ROOM}/search", params={"query": "mhudi plaatje"}).json()
    assert [hit["title"] for hit in found["items"]] == ["Mhudi"]
