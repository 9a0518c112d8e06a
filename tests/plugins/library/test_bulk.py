"""Bulk edits: prepared without a change, applied once, kept as versions, undone but for what others did since."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from azora.ids import uuid7
from azora_library import people
from azora_library.bulk.changing import changed, touched
from azora_library.bulk.contracts import Changes
from azora_library.bulk.models import BulkEditRow
from azora_library.bulk.work import AT_ONCE

TAGS = st.lists(st.sampled_from(["a", "B", "c", "d"]), unique=True)


def prepare(library: Any, **said: Any) -> Any:
    return library.call("prepare_bulk_edit", **said)


def settled(library: Any, edit: str, state: str) -> Any:
    """The edit once its work has come to this."""
    library.eventually(lambda: library.call("read_bulk_edit", edit=edit).state == state, 30)
    return library.call("read_bulk_edit", edit=edit)


def applied(library: Any, **said: Any) -> Any:
    edit = prepare(library, **said)
    library.call("apply_bulk_edit", edit=edit.id)
    return settled(library, edit.id, "applied")


def undone(library: Any, edit: str) -> Any:
    library.call("undo_bulk_edit", edit=edit)
    return settled(library, edit, "undone")


def read(library: Any, id: str) -> Any:
    return library.call("read_resource", id=id, count=False)


@given(TAGS, TAGS, TAGS)
def test_tags_are_added_and_removed_whatever_their_case(have: Any, add: Any, remove: Any) -> None:
    after = changed({"tags": have}, Changes(add_tags=add, remove_tags=remove)).get("tags", have)
    folded = {tag.casefold() for tag in after}
    assert {tag.casefold() for tag in add} <= folded
    assert not {tag.casefold() for tag in remove} & folded - {tag.casefold() for tag in add}
    assert len(folded) == len(after)


def test_text_is_replaced_in_one_field_and_emptied_fields_are_none() -> None:
    record = {"title": "Cape of Storms", "authors": ["A. Storm", "B"], "publisher": "Storm"}
    replace = {"find_text": "Storm", "replace_with": "Hope"}
    assert changed(record, Changes(replace_in="title", **replace)) == {"title": "Cape of Hopes"}
    assert changed(record, Changes(replace_in="authors", **replace)) == {
        "authors": ["A. Hope", "B"]
    }
    gone = Changes(replace_in="publisher", find_text="Storm", replace_with="")
    assert (
        changed(record, gone)
        == changed(record, Changes(clear=["publisher"]))
        == {"publisher": None}
    )
    with pytest.raises(Invalid):
        changed(record, Changes(replace_in="title", find_text="Cape of Storms"))
    assert touched(Changes(replace_in="title")) == []


def test_a_prepared_edit_shows_every_change_and_makes_none(library: Any, word: str) -> None:
    ids = [library.add(title=f"{word} {n}", tags=["old"] if n else ["new"]).id for n in range(3)]
    edit = prepare(library, query=word, whole=True, add_tags=["new"], remove_tags=["old"])
    assert (edit.state, edit.planned, edit.alike) == ("prepared", 2, 1)
    first = library.call("list_bulk_records", edit=edit.id, limit=1)
    second = library.call("list_bulk_records", edit=edit.id, cursor=first.next)
    shown = [*first.items, *second.items]
    assert [(one.id, one.title) for one in shown] == [(ids[1], f"{word} 1"), (ids[2], f"{word} 2")]
    assert [(c.field, c.before, c.after) for c in shown[0].changes] == [("tags", "old", "new")]
    assert [read(library, id).revision for id in ids] == [1, 1, 1]


def test_an_applied_edit_is_one_version_of_each_record_and_is_undone_as_one(
    library: Any, word: str
) -> None:
    ids = [library.add(title=f"{word} {n}", language="en").id for n in range(AT_ONCE * 2 + 3)]
    edit = applied(library, query=word, whole=True, set_language="zu", set_category=word)
    assert (edit.changed, edit.done, edit.total) == (len(ids), len(ids), len(ids))
    now = read(library, ids[0])
    assert (now.language, now.category, now.revision) == ("zu", word, 2)
    versions = library.call("list_versions", id=ids[0]).items
    assert [one.bulk_edit for one in versions] == [edit.id, None]
    library.eventually(lambda: library.resources_in(word) == len(ids))
    back = undone(library, edit.id)
    assert (back.taken_back, back.clashed, back.undo_until) == (len(ids), 0, None)
    assert {(read(library, id).language, read(library, id).revision) for id in ids} == {("en", 3)}
    assert library.call("list_versions", id=ids[0]).items[0].bulk_edit == edit.id
    library.eventually(lambda: library.resources_in(word) == 0)


def test_applying_or_undoing_again_changes_nothing_more(library: Any, word: str) -> None:
    id = library.add(title=word, content="x").id
    edit = applied(library, ids=[id], replace_in="content", find_text="x", replace_with="xx")
    assert library.call("apply_bulk_edit", edit=edit.id).state == "applied"
    assert (read(library, id).content, read(library, id).revision) == ("xx", 2)
    undone(library, edit.id)
    with pytest.raises(Conflict) as refused:
        library.call("undo_bulk_edit", edit=edit.id)
    assert refused.value.code == "library.not_now"
    with pytest.raises(Conflict):
        library.call("apply_bulk_edit", edit=edit.id)


def test_undoing_leaves_alone_what_somebody_changed_since(library: Any, word: str) -> None:
    ids = [library.add(title=f"{word} {n}").id for n in range(3)]
    edit = applied(library, ids=ids, add_tags=["bulk"])
    library.call("update_resource", id=ids[1], title=f"{word} edited")
    library.call("remove_resource", id=ids[2])
    back = undone(library, edit.id)
    assert (back.taken_back, back.clashed, back.gone) == (1, 1, 1)
    assert read(library, ids[0]).tags == []
    assert (read(library, ids[1]).tags, read(library, ids[1]).title) == (["bulk"], f"{word} edited")
    [clashed] = library.call("list_bulk_records", edit=edit.id, state="clashed").items
    assert clashed.id == ids[1]


def test_what_was_edited_or_removed_after_the_preview_is_changed_as_it_is_then(
    library: Any, word: str
) -> None:
    ids = [library.add(title=f"{word} {n}", tags=["a"]).id for n in range(3)]
    edit = prepare(library, ids=ids, add_tags=["b"])
    library.call("update_resource", id=ids[0], tags=["c"])
    library.call("update_resource", id=ids[1], tags=["b"])
    library.call("remove_resource", id=ids[2])
    library.call("apply_bulk_edit", edit=edit.id)
    done = settled(library, edit.id, "applied")
    assert (done.changed, done.same, done.gone) == (1, 1, 1)
    assert read(library, ids[0]).tags == ["c", "b"]


def test_a_record_that_cannot_be_so_is_refused_and_the_others_change(
    library: Any, word: str
) -> None:
    bare, more = (library.add(title=title).id for title in (word, f"{word} more"))
    edit = applied(library, ids=[bare, more], replace_in="title", find_text=word)
    assert (edit.changed, edit.refused) == (1, 1)
    [refused] = library.call("list_bulk_records", edit=edit.id, state="refused").items
    assert refused.id == bare and refused.reason.startswith("title: ")
    assert read(library, more).title == "more"


def test_visibility_is_changed_for_many_and_given_back(library: Any, word: str) -> None:
    id = library.add(title=word).id
    edit = applied(library, ids=[id], set_record_access="restricted", set_file_access="restricted")
    with pytest.raises(NotFound):
        library.call("read_resource", by=None, id=id)
    undone(library, edit.id)
    assert library.call("read_resource", by=None, id=id).record_access == "public"


def test_an_edit_says_a_change_and_is_about_some_records_but_not_too_many(
    library: Any, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        library.add(title=f"{word} {number}")
    for said in ({"query": word, "whole": True}, {"ids": [], "add_tags": ["a"]}):
        with pytest.raises(Invalid) as refused:
            prepare(library, **said)
        assert refused.value.code == "library.nothing_to_change"
    with pytest.raises(Invalid) as unknown:
        prepare(library, query=word, whole=True, set_type="NO_SUCH")
    assert unknown.value.code == "library.unknown_type"
    settings = library.hosted.settings
    monkeypatch.setattr(
        library.hosted, "settings", settings.model_copy(update={"bulk_edit_at_most": 2})
    )
    with pytest.raises(LimitReached):
        prepare(library, query=word, whole=True, add_tags=["a"])


def test_only_who_may_edit_makes_bulk_edits(library: Any) -> None:
    reader = library.person("library.read")
    for operation, said in (
        ("prepare_bulk_edit", {"whole": True, "add_tags": ["a"]}),
        ("list_bulk_edits", {}),
        ("apply_bulk_edit", {"edit": "x"}),
        ("undo_bulk_edit", {"edit": "x"}),
    ):
        with pytest.raises(NotAllowed):
            library.call(operation, by=reader, **said)


def test_undoing_has_an_end(library: Any, word: str) -> None:
    id = library.add(title=word).id
    edit = applied(library, ids=[id], add_tags=["a"])
    days = library.hosted.settings.undo_bulk_edits
    with library.hosted.transaction():
        BulkEditRow.update(applied=edit.applied - timedelta(days=days + 1)).where(
            BulkEditRow.id == edit.id
        ).execute()
    assert library.call("read_bulk_edit", edit=edit.id).undo_until is None
    with pytest.raises(Conflict) as refused:
        library.call("undo_bulk_edit", edit=edit.id)
    assert refused.value.code == "library.undo_over"


def test_an_edit_that_is_not_applied_is_discarded_or_expires(library: Any, word: str) -> None:
    id = library.add(title=word).id
    discarded, old = (prepare(library, ids=[id], add_tags=["a"]).id for _ in range(2))
    kept = applied(library, ids=[id], add_tags=["b"])
    library.call("discard_bulk_edit", edit=discarded)
    with library.hosted.transaction():
        BulkEditRow.update(at=kept.at - timedelta(days=8)).where(
            BulkEditRow.id.in_([old, kept.id])
        ).execute()
    assert library.call("expire_bulk_edits").removed == 1
    for gone in (discarded, old):
        with pytest.raises(NotFound):
            library.call("read_bulk_edit", edit=gone)
    with pytest.raises(Conflict):
        library.call("discard_bulk_edit", edit=kept.id)


def test_the_work_goes_on_in_the_name_of_who_asked_for_it(library: Any, word: str) -> None:
    person = uuid7()
    theirs = library.person("library.manage", id=f"user:{person}")
    id = library.add(title=word).id
    edit = library.call("prepare_bulk_edit", by=theirs, ids=[id], add_tags=["a"])
    library.call("apply_bulk_edit", by=theirs, edit=edit.id)
    settled(library, edit.id, "applied")
    assert library.call("list_versions", id=id).items[0].by == f"user:{person}"
    [told] = people.export(library.hosted, person)["bulk_edits"]  # type: ignore[misc]
    assert told["changes"] == {"add_tags": ["a"]}
    assert people.erase(library.hosted, person) == "erased"
    assert library.call("read_bulk_edit", edit=edit.id).by is None
