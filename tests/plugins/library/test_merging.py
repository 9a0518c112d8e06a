"""Two people edit the same record: nothing that either did is lost, and a person decides what only one can."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.library.test_draft_pages import draft_in, librarian, type_into
from tests.plugins.library.test_sharing_story import send

from azora import Conflict, Invalid, NotFound
from azora.ids import uuid7
from azora_library.merging.threeway import SETS, merge

__all__ = ["librarian"]
VALUES = st.one_of(st.none(), st.sampled_from("abc"))
TAGS = st.lists(st.sampled_from("abcde"), unique=True)
RECORDS = st.fixed_dictionaries({"title": VALUES, "year": VALUES, "tags": TAGS})


@given(RECORDS, RECORDS, RECORDS)
def test_what_only_one_side_changed_is_taken_from_it(before: Any, theirs: Any, mine: Any) -> None:
    merged = {one.field: one for one in merge(before, theirs, mine)}
    for name in before:
        was, they, i = before[name], theirs[name], mine[name]
        if was == they == i:
            assert name not in merged
        elif i == was or they == was:
            assert merged[name].value == (they if i == was else i)
        elif they == i:
            assert merged[name].value == they
        else:
            assert (merged[name].by is None) == (name not in SETS)


@given(TAGS, TAGS, TAGS)
def test_of_sets_both_sides_additions_and_removals_hold(
    before: Any, theirs: Any, mine: Any
) -> None:
    found = merge({"tags": before}, {"tags": theirs}, {"tags": mine})
    merged = found[0].value if found else before
    was, they, i = map(set, (before, theirs, mine))
    assert set(merged) == (was & they & i) | (they - was) | (i - was)
    assert len(merged) == len(set(merged))


@given(RECORDS, RECORDS)
def test_where_nobody_knows_what_was_every_difference_is_asked(theirs: Any, mine: Any) -> None:
    asked = {one.field for one in merge(None, theirs, mine) if one.by is None}
    assert asked == {name for name in theirs if theirs[name] != mine[name]}


@pytest.fixture
def editor(library: Any) -> str:
    return str(library.person("library.manage"))


def clash(library: Any, editor: str, theirs: dict[str, Any], **mine: str) -> tuple[str, str]:
    """A record of somebody else's, and my draft from before they saved: the ids of both."""
    id = library.add(title="Mhudi", year=1930, publisher="Lovedale", tags=["novel", "old"]).id
    typed = {
        "id": id, "if_revision": "1", "title": "Mhudi", "type": "BOOK", "year": "1930",
        "publisher": "Lovedale", "tags": "novel, old",
    } | mine  # fmt: skip
    library.call("update_resource", id=id, **theirs)
    draft = uuid7()
    library.call(
        "keep_draft", by=editor, draft=draft, place=f"/library/{id}/edit", form="edit",
        typed={name: [text] for name, text in typed.items()},
    )  # fmt: skip
    return id, draft


def test_changes_of_different_fields_are_joined_without_a_question(
    library: Any, editor: str
) -> None:
    theirs = {"publisher": "Heinemann", "tags": ["novel", "history"]}
    id, draft = clash(library, editor, theirs, year="1931", tags="novel, old, epic")
    seen = library.call("read_clash", by=editor, id=id, draft=draft)
    assert {one.field: one.settled for one in seen.fields} == {
        "year": "mine", "publisher": "theirs", "tags": "both",
    }  # fmt: skip
    library.call("settle_clash", by=editor, id=id, draft=draft, if_revision=seen.revision)
    now = library.call("read_resource", id=id)
    assert (now.year, now.publisher, now.tags) == (1931, "Heinemann", ["novel", "history", "epic"])
    with pytest.raises(NotFound):
        library.call("read_draft", by=editor, draft=draft)


def test_what_both_changed_is_asked_and_taken_as_chosen(library: Any, editor: str) -> None:
    id, draft = clash(library, editor, {"title": "Mhudi: an epic"}, title="Mhudi, a novel")
    seen = library.call("read_clash", by=editor, id=id, draft=draft)
    [asked] = seen.fields
    assert (asked.before, asked.theirs, asked.mine, asked.settled) == (
        "Mhudi", "Mhudi: an epic", "Mhudi, a novel", None,
    )  # fmt: skip
    settle = {"by": editor, "id": id, "draft": draft, "if_revision": seen.revision}
    with pytest.raises(Invalid) as refused:
        library.call("settle_clash", **settle)
    assert [one["field"] for one in refused.value.fields] == ["take.title"]
    library.call("settle_clash", **settle, take={"title": "mine"})
    assert library.call("read_resource", id=id).title == "Mhudi, a novel"
    versions = library.call("list_versions", id=id).items
    assert [one.title for one in versions] == ["Mhudi, a novel", "Mhudi: an epic", "Mhudi"]


def test_a_third_change_meanwhile_is_seen_before_anything_is_saved(
    library: Any, editor: str
) -> None:
    id, draft = clash(library, editor, {"year": 1932}, title="Mine")
    seen = library.call("read_clash", by=editor, id=id, draft=draft)
    library.call("update_resource", id=id, title="A third")
    with pytest.raises(Conflict):
        library.call("settle_clash", by=editor, id=id, draft=draft, if_revision=seen.revision)
    again = library.call("read_clash", by=editor, id=id, draft=draft)
    assert {one.field: one.settled for one in again.fields} == {"title": None, "year": "theirs"}


def test_the_choice_goes_into_the_draft_for_more_editing(library: Any, editor: str) -> None:
    id, draft = clash(library, editor, {"title": "Theirs", "year": 1932}, title="Mine")
    settled = library.call(
        "settle_clash", by=editor, id=id, draft=draft, if_revision=2, take={"title": "theirs"},
        then="edit",
    )  # fmt: skip
    assert settled.address == f"/library/{id}/edit?draft={draft}"
    typed = library.call("read_draft", by=editor, draft=draft).typed
    assert (typed["title"], typed["year"], typed["if_revision"]) == (["Theirs"], ["1932"], ["2"])
    assert library.call("read_resource", id=id).revision == 2


def test_nobody_reads_a_clash_through_anothers_draft(library: Any, editor: str) -> None:
    id, draft = clash(library, editor, {"year": 1932}, title="Mine")
    other = library.person("library.manage")
    with pytest.raises(NotFound):
        library.call("read_clash", by=other, id=id, draft=draft)


def test_the_second_to_save_chooses_on_a_page_and_loses_nothing(
    campus: Any, librarian: Any, word: str
) -> None:
    book = campus.call("library.add_resource", title=word, type="BOOK", year=1930)
    path = f"/library/{book['id']}/edit"
    first = {"title": f"{word} by the first", "type": "BOOK", "year": "1930", "if_revision": "1"}
    second = {"title": f"{word} by the second", "type": "BOOK", "year": "1931", "if_revision": "1"}
    assert type_into(campus.as_account("library.manage"), path, "edit", **first).status_code == 303
    late = type_into(librarian, path, "edit", **second)
    assert late.status_code == 303 and "/merge?draft=" in late.headers["Location"]
    address = late.headers["Location"]
    page = librarian.get(address).text
    assert "Two of you changed" in page and "the second" in page and "Merged by itself" in page
    hidden = {"draft": address.partition("draft=")[2], "if_revision": "2"}
    unchosen = send(librarian, address, "settle", **hidden, then="save")
    assert unchosen.status_code == 422 and "This is needed." in unchosen.text
    saved = send(librarian, address, "settle", **hidden, then="save", **{"take.title": "mine"})
    assert saved.status_code == 303
    now = campus.call("library.read_resource", id=book["id"])
    assert (now["title"], now["year"]) == (f"{word} by the second", 1931)
    assert draft_in(librarian.get(path).text)
    assert "You have a draft" not in librarian.get(path).text
