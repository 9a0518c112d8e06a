"""Bulk edits on the pages and over a kill: as a librarian does it, in both bodies, and what a crash leaves."""

from typing import Any

from tests.plugins.library.test_sharing_story import send

EDITS = "/library/bulk-edits"
MANY = 400


def test_a_librarian_edits_many_looks_first_and_undoes_it(campus: Any, word: str) -> None:
    librarian, colleague = (campus.as_account("library.manage") for _ in range(2))
    for number in range(3):
        book = {"title": f"{word} {number}", "type": "BOOK", "language": "en"}
        assert librarian.post("/api/library/resources", json=book).status_code == 201
    assert f"{EDITS}/add?query={word}" in librarian.get(f"/library?query={word}").text
    add = f"{EDITS}/add?query={word}"
    empty = send(librarian, add, "prepare", whole="true", query=word)
    assert empty.status_code == 422 and "Say what is to change." in empty.text
    made = send(librarian, add, "prepare", whole="true", query=word, add_tags="new, bulk")
    page = made.headers["Location"]
    preview = librarian.get(page).text
    assert "3 records change." in preview and preview.count("will change") == 3
    assert "<ins" in preview and "Tags: add new, bulk" in preview
    assert send(librarian, page, "apply").status_code == 303
    seen = campus.eventually(lambda: "You can undo this until" in colleague.get(page).text, 30)
    assert seen
    found = campus.http.get(f"/api/library/search?query={word}&tag=bulk").json()
    assert found["total"] == 3
    first = found["items"][0]["id"]
    assert "by a bulk edit" in librarian.get(f"/library/{first}/history").text
    edited = colleague.patch(f"/api/library/resources/{first}", json={"publisher": word})
    assert edited.status_code == 200
    assert send(colleague, page, "undo").status_code == 303
    campus.eventually(lambda: "left alone: somebody changed it" in librarian.get(page).text, 30)
    left = campus.http.get(f"/api/library/search?query={word}&tag=bulk").json()["items"]
    assert [one["id"] for one in left] == [first]
    assert page in librarian.get(EDITS).text


def test_what_a_kill_interrupts_goes_on_and_happens_once(new_campus: Any, word: str) -> None:
    campus = new_campus()
    librarian = campus.as_account("library.manage")
    records = [
        {"key": str(n), "title": f"{word} {n}", "type": "BOOK", "content": "x"} for n in range(MANY)
    ]
    for start in range(0, MANY, 200):
        batch = {"source": word, "records": records[start : start + 200]}
        assert librarian.post("/api/library/imports", json=batch).ok
    said = {"query": word, "whole": True, "replace_in": "content", "find_text": "x"}
    edit = librarian.post("/api/library/bulk-edits", json={**said, "replace_with": "xx"}).json()
    assert edit["planned"] == MANY
    path = f"/api/library/bulk-edits/{edit['id']}"
    assert librarian.post(f"{path}/apply").ok
    begun = campus.eventually(lambda: librarian.get(path).json()["changed"], 20)
    campus.kill()
    assert 0 < begun < MANY
    campus.start()
    campus.eventually(lambda: librarian.get(path).json()["state"] == "applied", 60)
    assert librarian.get(path).json()["changed"] == MANY
    said_now = _contents(librarian, word)
    assert said_now == {("xx", 2)}


def _contents(client: Any, word: str) -> set[tuple[str, int]]:
    """What all of the records say, and how often each was changed."""
    found, cursor = set(), None
    while True:
        asked = {"query": word, "limit": 100} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/library/search", params=asked).json()
        for one in page["items"]:
            now = client.get(f"/api/library/resources/{one['id']}?count=false").json()
            found.add((now["content"], now["revision"]))
        if not (cursor := page["next"]):
            return found
