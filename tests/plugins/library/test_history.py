"""Versions: every change kept, compared field by field, and taken up again; old files stay."""

from typing import Any

import pytest

from azora import Conflict, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora_library import people
from azora_library.history.models import VersionRow


def test_every_change_is_kept_with_who_and_when(library: Any) -> None:
    id = library.add(title="First").id
    for title in ("Second", "Third"):
        library.call("update_resource", id=id, title=title)
    found = library.call("list_versions", id=id).items
    assert [(one.revision, one.title, one.current) for one in found] == [
        (3, "Third", True), (2, "Second", False), (1, "First", False),
    ]  # fmt: skip
    assert all(one.by == "operator:cli" for one in found)
    assert found[0].at > found[1].at > found[2].at


def test_versions_come_page_by_page(library: Any) -> None:
    id = library.add(title="0").id
    for number in range(1, 6):
        library.call("update_resource", id=id, title=str(number))
    first = library.call("list_versions", id=id, limit=3)
    second = library.call("list_versions", id=id, limit=3, cursor=first.next)
    assert [one.title for one in (*first.items, *second.items)] == ["5", "4", "3", "2", "1", "0"]
    assert second.next is None


def test_two_versions_are_compared_field_by_field(library: Any) -> None:
    id = library.add(title="Mhudi", authors=["Plaatje"], year=1930, tags=["a"]).id
    library.call("update_resource", id=id, authors=["Sol T. Plaatje", "A friend"], tags=["a", "b"])
    library.call("set_access", id=id, record_access="members")
    found = library.call("compare_versions", id=id, before=1, after=3).changes
    assert {one.field: (one.before, one.after) for one in found} == {
        "authors": ("Plaatje", "Sol T. Plaatje\nA friend"),
        "tags": ("a", "a\nb"),
        "record_access": ("public", "members"),
    }
    with pytest.raises(NotFound) as refused:
        library.call("compare_versions", id=id, before=1, after=9)
    assert refused.value.code == "library.version_not_found"


def test_taking_up_an_old_version_makes_a_new_one_and_opens_nothing(library: Any) -> None:
    id = library.add(title="As it was", tags=["old"]).id
    library.call("update_resource", id=id, title="Spoilt", tags=["new"])
    library.call("set_access", id=id, record_access="restricted")
    restored = library.call("restore_version", id=id, revision=1, if_revision=3)
    assert (restored.title, restored.tags, restored.revision) == ("As it was", ["old"], 4)
    assert restored.record_access == "restricted"
    assert library.titles(tag="new") == []
    with pytest.raises(Conflict):
        library.call("restore_version", id=id, revision=1, if_revision=3)


def test_the_file_of_an_old_version_stays_until_its_resource_goes(library: Any, word: str) -> None:
    first, second = (
        library.hosted.files.put([f"{word}{n}".encode()], f"{n}.txt", "text/plain") for n in "12"
    )
    id = library.add(file=first.model_dump()).id
    library.call("upload_file", id=id, file=second.model_dump())
    sweep(library)
    assert library.hosted.files.exists(first.digest)
    assert library.call("download_version", id=id, revision=1).digest == first.digest
    restored = library.call("restore_version", id=id, revision=1)
    assert restored.file.name == "1.txt"
    library.call("remove_resource", id=id)
    sweep(library)
    assert not library.hosted.files.exists(first.digest)
    assert not library.hosted.files.exists(second.digest)


def test_readers_see_that_there_were_versions_and_librarians_what_changed(library: Any) -> None:
    id = library.add(title="Before").id
    library.call("update_resource", id=id, title="After")
    told = library.call("list_versions", by=None, id=id).items
    assert [(one.title, one.by, one.name) for one in told] == [
        ("After", None, ""), ("Before", None, ""),
    ]  # fmt: skip
    with pytest.raises(NotAuthenticated):
        library.call("compare_versions", by=None, id=id, before=1, after=2)
    with pytest.raises(NotAuthenticated):
        library.call("restore_version", by=None, id=id, revision=1)


def test_versions_of_a_hidden_record_are_hidden_alike(library: Any, word: str) -> None:
    id = library.add(file=stored(library, word)).id
    library.call("update_resource", id=id, title="After")
    library.call("set_access", id=id, record_access="restricted", file_access="restricted")
    for operation, more in (("list_versions", {}), ("download_version", {"revision": 1})):
        with pytest.raises(NotFound) as hidden:
            library.call(operation, by=library.person("library.read"), id=id, **more)
        assert hidden.value.code == "library.resource_not_found"


def test_the_file_of_a_version_is_open_to_whom_the_present_file_is(library: Any, word: str) -> None:
    id = library.add(file=stored(library, word)).id
    library.call("upload_file", id=id, file=stored(library, f"{word}2"))
    assert library.call("download_version", by=None, id=id, revision=1).name == f"{word}.txt"
    library.call("set_access", id=id, file_access="members")
    with pytest.raises(NotAuthenticated):
        library.call("download_version", by=None, id=id, revision=1)
    member = library.person("library.read")
    assert library.call("download_version", by=member, id=id, revision=1).name == f"{word}.txt"
    assert {one.file for one in library.call("list_versions", by=None, id=id).items} == {None}


def stored(library: Any, name: str) -> dict[str, Any]:
    """A file that has arrived, named and filled with `name`."""
    kept = library.hosted.files.put([name.encode()], f"{name}.txt", "text/plain")
    return kept.model_dump()  # type: ignore[no-any-return]


def test_a_removed_resource_leaves_no_versions(library: Any) -> None:
    id = library.add(title="Gone").id
    library.call("update_resource", id=id, title="Going")
    [row] = [one for one in VersionRow.select() if one.said["title"] == "Gone"]
    library.call("remove_resource", id=id)
    assert not VersionRow.select().where(VersionRow.resource == row.resource_id).exists()


def test_a_person_is_told_of_their_versions_and_then_forgotten(library: Any) -> None:
    person = uuid7()
    id = library.add(title="Before").id
    theirs = library.person("library.manage", id=f"user:{person}")
    library.call("update_resource", by=theirs, id=id, title="Between")
    library.call("update_resource", id=id, title="After")
    [told] = people.export(library.hosted, person)["versions"]  # type: ignore[misc]
    assert (told["id"], told["title"], told["revision"]) == (id, "Between", 2)
    assert people.erase(library.hosted, person) == "erased"
    assert not any(people.export(library.hosted, person).values())
    assert [one.by for one in library.call("list_versions", id=id).items][1] is None


def sweep(library: Any) -> None:
    """Sweep as the job does, as if a day had passed."""
    files = library.hosted.files
    keep = files.sweep
    files.sweep = lambda in_use: keep(in_use, older_than=-60.0)
    try:
        library.call("sweep_files")
    finally:
        files.sweep = keep
