"""Drafts: kept for one person, found again, closed once saved, and gone with time or with their owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.kernel.shell.browsing import Browser, Campus, token_in
from tests.plugins.library.test_history import stored, sweep

from azora import LimitReached, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora_library import people
from azora_library.drafts import rows
from azora_library.drafts.models import DraftRow


def keep(library: Any, by: str, draft: str = "", place: str = "/library/add", **typed: str) -> str:
    draft = draft or uuid7()
    texts = {name: [text] for name, text in typed.items()}
    library.call("keep_draft", by=by, draft=draft, place=place, form="add", typed=texts)
    return draft


@pytest.fixture
def typist(library: Any) -> str:
    return str(library.person("library.manage"))


def test_a_draft_is_kept_for_who_typed_it_and_for_nobody_else(library: Any, typist: str) -> None:
    id = keep(library, typist, title="Half a ti")
    keep(library, typist, id, title="Half a title", content="Text\n")
    [mine] = library.call("list_drafts", by=typist).items
    assert (mine.title, mine.address) == ("Half a title", f"/library/add?draft={id}")
    read = library.call("read_draft", by=typist, draft=id)
    assert read.typed == {"title": ["Half a title"], "content": ["Text\n"]}
    other = library.person("library.manage")
    assert library.call("list_drafts", by=other).items == []
    with pytest.raises(NotFound):
        library.call("read_draft", by=other, draft=id)
    with pytest.raises(NotAuthenticated):
        library.call("list_drafts", by=None)


def test_nobody_writes_or_discards_what_another_typed(library: Any, typist: str) -> None:
    id = keep(library, typist, title="Mine")
    other = library.person("library.manage")
    keep(library, other, id, title="Theirs")
    library.call("discard_draft", by=other, draft=id)
    assert library.call("read_draft", by=typist, draft=id).typed == {"title": ["Mine"]}
    with pytest.raises(NotFound):
        library.call("read_draft", by=other, draft=id)


def test_what_a_browser_sends_late_does_not_bring_a_saved_draft_back(
    library: Any, typist: str
) -> None:
    known, never_kept = keep(library, typist, title="Saved"), uuid7()
    for id in (known, never_kept):
        library.call("discard_draft", by=typist, draft=id)
        keep(library, typist, id, title="Late")
        with pytest.raises(NotFound):
            library.call("read_draft", by=typist, draft=id)
    assert library.call("list_drafts", by=typist).items == []
    assert DraftRow.get(DraftRow.id == known).typed == {}


def test_drafts_of_one_page_are_listed_the_newest_first(library: Any, typist: str) -> None:
    for number in range(3):
        keep(library, typist, title=str(number))
    keep(library, typist, place="/library/1/edit", title="Elsewhere")
    listed = library.call("list_drafts", by=typist, place="/library/add", limit=2)
    following = library.call("list_drafts", by=typist, place="/library/add", cursor=listed.next)
    assert [one.title for one in (*listed.items, *following.items)] == ["2", "1", "0"]


def test_a_draft_keeps_its_file_until_it_is_discarded(library: Any, typist: str, word: str) -> None:
    file, id = stored(library, word), uuid7()
    given = {"draft": id, "place": "/library/add", "form": "add"}
    library.call("keep_draft", by=typist, typed={}, file=file, **given)
    library.call("keep_draft", by=typist, typed={"title": ["T"]}, **given)
    sweep(library)
    assert library.call("read_draft", by=typist, draft=id).file.name == f"{word}.txt"
    assert library.hosted.files.exists(file["digest"])
    library.call("discard_draft", by=typist, draft=id)
    sweep(library)
    assert not library.hosted.files.exists(file["digest"])


def test_old_drafts_are_shown_no_more_and_then_removed(library: Any, typist: str) -> None:
    old, new = keep(library, typist, title="Old"), keep(library, typist, title="New")
    days = library.hosted.settings.keep_drafts
    past = datetime.now(UTC) - timedelta(days=days + 1)
    with library.hosted.transaction():
        DraftRow.update(at=past).where(DraftRow.id == old).execute()
    assert [one.id for one in library.call("list_drafts", by=typist).items] == [new]
    with pytest.raises(NotFound):
        library.call("read_draft", by=typist, draft=old)
    assert library.call("expire_drafts").removed >= 1
    assert DraftRow.get_or_none(DraftRow.id == old) is None
    assert library.call("read_draft", by=typist, draft=new).title == "New"


def test_one_person_keeps_so_many_drafts_and_no_more(
    library: Any, typist: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST", 1)
    id = keep(library, typist, title="One")
    keep(library, typist, id, title="Still one")
    with pytest.raises(LimitReached):
        keep(library, typist, title="Two")


def test_what_was_typed_about_a_removed_resource_may_become_a_new_one(
    library: Any, typist: str
) -> None:
    resource = library.add(title="Doomed").id
    id = keep(library, typist, place=f"/library/{resource}/edit", title="Better", id=resource)
    library.call("remove_resource", id=resource)
    library.eventually(
        lambda: library.call("read_draft", by=typist, draft=id).place == "/library/add"
    )


def test_a_person_is_told_of_their_drafts_and_then_they_are_gone(library: Any) -> None:
    person = uuid7()
    theirs = library.person("library.manage", id=f"user:{person}")
    keep(library, theirs, title="Private thoughts")
    [told] = people.export(library.hosted, person)["drafts"]  # type: ignore[misc]
    assert told["typed"] == {"title": ["Private thoughts"]}
    assert people.erase(library.hosted, person) == "erased"
    assert library.call("list_drafts", by=theirs).items == []


def test_what_was_typed_comes_back_and_is_kept_when_the_record_cannot_be_read(
    library: Any, word: str
) -> None:
    id = library.add(title="Before").id
    browser = Browser(Campus(library.runtime)).sign_in("library.manage")
    path, draft = f"/library/{id}/edit", uuid7()
    typed = {"_form": "edit", "_draft": draft, "title": word, "type": "BOOK", "if_revision": "1"}
    token = token_in(browser.get(path).text)
    with without_table(library, "library_resource"):
        answer = browser.send(path, csrf_token=token, **typed)
    assert answer.status_code >= 500
    assert f'value="{word}"' in answer.text and '<option value="BOOK" selected' in answer.text
    assert DraftRow.get(DraftRow.id == draft).typed["title"] == [word]
    assert browser.send(path, csrf_token=token, **typed).status_code == 303


@contextmanager
def without_table(library: Any, table: str) -> Iterator[None]:
    """While a table of the library is not there."""
    database = library.hosted.database
    with library.hosted.transaction():
        database.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        with library.hosted.transaction():
            database.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
