"""Drafts on the pages, without a script: whatever cannot be saved is kept, offered again, and gone once saved."""

import re
from typing import Any

import pytest
from tests.plugins.library.test_sharing_story import send


@pytest.fixture
def librarian(campus: Any) -> Any:
    return campus.as_account("library.manage", "identity.use_account")


def draft_in(page: str) -> str:
    """The id of the draft that the page's form carries."""
    found = re.search(r'name="_draft" value="([^"]+)">\s*\n\s*<div class="field', page)
    carried = found[1] if found else re.findall(r'name="_draft" value="([^"]+)"', page)[-1]
    return str(carried)


def type_into(client: Any, path: str, form: str, **fields: Any) -> Any:
    """Open the page, and send its form with the draft that it carries."""
    return send(client, path, form, _draft=draft_in(client.get(path).text), **fields)


def test_a_failed_save_keeps_what_was_typed_and_offers_it_again(librarian: Any, word: str) -> None:
    refused = type_into(librarian, "/library/add", "add", title=word, type="BOOK", year="soon")
    assert refused.status_code == 422 and "Write a whole number" in refused.text
    offered = librarian.get("/library/add").text
    assert "You have a draft from" in offered and word in offered
    [address] = re.findall(r'href="(/library/add\?draft=[^"]+)"', offered)
    resumed = librarian.get(address).text
    assert "This is your draft from" in resumed
    assert f'value="{word}"' in resumed and 'value="soon"' in resumed
    assert re.search(r'<option value="BOOK" selected', resumed)
    saved = send(
        librarian, address, "add", _draft=draft_in(resumed), title=word, type="BOOK", year="1930"
    )
    assert saved.status_code == 303 and saved.headers["Location"].endswith("?notice=added")
    assert librarian.get("/api/library/drafts").json()["items"] == []


def test_a_button_keeps_a_draft_with_its_file_and_another_discards_it(
    librarian: Any, word: str
) -> None:
    page = librarian.get("/library/add").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    fields = {"csrf_token": token[1], "_form": "add", "_draft": draft_in(page)}  # type: ignore[index]
    kept = librarian.post(
        "/library/add",
        data={**fields, "_draft_act": "keep", "title": "", "content": "Begun"},
        files={"file": (f"{word}.txt", b"Words", "text/plain")},
    )
    assert kept.status_code == 303 and "notice=kept" in kept.headers["Location"]
    resumed = librarian.get(kept.headers["Location"]).text
    assert "Kept as a draft." in resumed and "Begun" in resumed
    assert f"{word}.txt has arrived and is kept" in resumed
    assert "Without a title" in librarian.get("/library/drafts").text
    gone = librarian.post("/library/add", data={**fields, "_draft_act": "discard"})
    assert gone.status_code == 303 and "notice=discarded" in gone.headers["Location"]
    assert "You have no drafts" in librarian.get("/library/drafts").text


def test_a_script_keeps_a_draft_without_a_page_in_answer(librarian: Any, word: str) -> None:
    fields = {"title": word, "_draft_act": "quietly"}
    answer = type_into(librarian, "/library/add", "add", **fields)
    assert (answer.status_code, answer.text) == (204, "")
    [kept] = librarian.get("/api/library/drafts").json()["items"]
    assert kept["title"] == word
    forged = librarian.post("/library/add", data={"_form": "add", **fields})
    assert (forged.status_code, forged.text) == (403, "")


def test_who_was_signed_out_while_typing_sends_the_same_draft_again(
    campus: Any, librarian: Any, word: str
) -> None:
    page = librarian.get("/library/add").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    typed = {"csrf_token": token[1], "_form": "add", "_draft": draft_in(page), "title": word}  # type: ignore[index]
    session = librarian.cookies["azora_session"]
    del librarian.cookies["azora_session"]
    out = librarian.post("/library/add", data=typed)
    assert out.status_code == 401 and f'value="{word}"' in out.text
    assert draft_in(out.text) == typed["_draft"]
    librarian.cookies["azora_session"] = session
    assert librarian.post("/library/add", data={**typed, "type": "BOOK"}).status_code == 303
    assert librarian.get("/api/library/drafts").json()["items"] == []


def test_a_draft_shows_on_the_home_page(librarian: Any, word: str) -> None:
    type_into(librarian, "/library/add", "add", title=word, _draft_act="quietly")
    assert word in librarian.get("/home").text


def test_whoever_keeps_no_library_has_no_drafts(campus: Any) -> None:
    reader = campus.as_account("identity.use_account")
    assert "Your drafts" not in reader.get("/home").text
    assert reader.get("/api/library/drafts").status_code == 403
