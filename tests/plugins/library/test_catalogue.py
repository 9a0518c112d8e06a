"""Adding, reading, changing and removing resources; what is counted, and what events tell."""

from typing import Any

import eventlet
import pytest

from azora import Conflict, Invalid, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora.messages import FileRef
from azora_library import people
from azora_library.catalogue.models import ResourceRow

MHUDI = {
    "title": "Mhudi",
    "type": "BOOK",
    "content": "A love story.",
    "authors": ["Sol T. Plaatje"],
    "category": "Literature",
    "tags": ["Novels", "South Africa"],
    "language": "en",
    "year": 1930,
    "isbn": ["0-385-47454-7"],
    "doi": "https://doi.org/10.1000/Mhudi",
    "link": "https://example.org/mhudi",
}


def test_what_is_added_is_read_again(library: Any) -> None:
    added = library.add(**MHUDI)
    found = library.call("read_resource", by=None, id=added.id)
    said = found.model_dump(include=set(MHUDI))
    assert said == MHUDI | {"isbn": ["9780385474542"], "doi": "10.1000/mhudi"}
    assert found.revision == 1
    assert found.created == found.updated
    assert found.created.tzinfo is not None


def test_only_who_may_manage_changes_anything(library: Any) -> None:
    added = library.add()
    for operation, fields in (
        ("add_resource", MHUDI),
        ("update_resource", {"id": added.id, "title": "Theirs"}),
        ("remove_resource", {"id": added.id}),
        ("import_records", {"source": "a", "records": [MHUDI | {"key": "k"}]}),
    ):
        with pytest.raises(NotAuthenticated):
            library.call(operation, by=None, **fields)
    assert library.call("read_resource", by=None, id=added.id).title == "A title"


@pytest.mark.parametrize("id", ["0", "01999999-0000-7000-8000-000000000000", "' OR 1=1 --", "é"])
def test_a_resource_that_is_not_there_has_a_code(library: Any, id: str) -> None:
    with pytest.raises(NotFound) as refused:
        library.call("read_resource", by=None, id=id)
    assert refused.value.code == "library.resource_not_found"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "a\x00b"),
        ("content", "a\x00b"),
        ("authors", ["a\x07"]),
        ("isbn", ["978-0-385-47454-3"]),
        ("link", "javascript:alert(1)"),
        ("language", "English"),
        ("year", 99_999),
        ("doi", "11.1/x"),
    ],
)
def test_what_is_no_sound_value_is_refused_by_its_field(
    library: Any, field: str, value: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        library.add(**MHUDI | {field: value})
    assert [problem["field"].partition(".")[0] for problem in refused.value.fields] == [field]


class TestTypes:
    def test_the_five_types_are_there_and_others_are_refused(self, library: Any) -> None:
        for name in ("BOOK", "ARTICLE", "VIDEO", "DOCUMENT", "PRESENTATION"):
            assert library.add(type=name).type == name
        with pytest.raises(Invalid) as refused:
            library.add(type="HOLOGRAM")
        assert refused.value.fields[0]["field"] == "type"
        assert refused.value.fields[0]["code"] == "library.unknown_type"

    def test_a_plugin_may_add_a_type_again_and_again(self, library: Any) -> None:
        library.call("add_type", name="SCORE", label="Sheet music")
        library.call("add_type", name="SCORE", label="Score")
        assert library.add(type="SCORE").type == "SCORE"
        listed = {one.name: one.label for one in library.call("list_types", by=None).items}
        assert listed["SCORE"] == "Score" and listed["BOOK"] == "Book"


class TestChanges:
    def test_an_update_leaves_out_what_stays(self, library: Any) -> None:
        added = library.add(**MHUDI)
        changed = library.call("update_resource", id=added.id, title="Mhudi, again")
        assert (changed.title, changed.category, changed.revision) == (
            "Mhudi, again",
            "Literature",
            2,
        )

    def test_a_replacement_clears_what_is_left_out(self, library: Any) -> None:
        added = library.add(**MHUDI)
        changed = library.call("replace_resource", id=added.id, title="Mhudi", type="ARTICLE")
        assert (changed.type, changed.category, changed.tags, changed.year) == (
            "ARTICLE",
            None,
            [],
            None,
        )

    def test_a_change_that_changes_nothing_makes_no_revision(self, library: Any) -> None:
        added = library.add(**MHUDI)
        assert library.call("update_resource", id=added.id, **MHUDI).revision == 1

    def test_who_read_an_older_revision_is_refused_and_loses_nothing(self, library: Any) -> None:
        added = library.add()
        library.call("update_resource", id=added.id, if_revision=1, title="First")
        for operation, fields in (
            ("update_resource", {"title": "Second"}),
            ("remove_resource", {}),
        ):
            with pytest.raises(Conflict) as refused:
                library.call(operation, id=added.id, if_revision=1, **fields)
            assert refused.value.code == "library.resource_changed"
        assert library.call("read_resource", id=added.id).title == "First"

    def test_of_two_at_once_one_wins(self, library: Any) -> None:
        added = library.add()

        def change(title: str) -> str:
            try:
                return library.call(
                    "update_resource", id=added.id, if_revision=1, title=title
                ).title
            except Conflict:
                return "refused"

        pool = eventlet.GreenPool()
        outcomes = list(pool.imap(change, [f"Title {n}" for n in range(8)]))
        assert outcomes.count("refused") == 7
        assert library.call("read_resource", id=added.id).title in outcomes

    def test_what_is_removed_is_gone_everywhere(self, library: Any, word: str) -> None:
        added = library.add(title=word, tags=[word])
        library.call("remove_resource", id=added.id)
        with pytest.raises(NotFound):
            library.call("read_resource", id=added.id)
        assert library.titles(query=word) == library.titles(tag=word) == []


class TestFiles:
    def test_a_resource_without_file_has_nothing_to_download(self, library: Any) -> None:
        with pytest.raises(NotFound) as refused:
            library.call("download_file", by=None, id=library.add().id)
        assert refused.value.code == "library.file_not_found"


def test_categories_are_counted_from_events_each_once(library: Any, word: str) -> None:
    first, second = f"{word}-a", f"{word}-b"
    added = [library.add(category=first).id for _ in range(5)]
    library.eventually(lambda: library.resources_in(first) == 5)
    library.call("update_resource", id=added[0], category=second)
    library.call("remove_resource", id=added[1])
    library.eventually(lambda: library.resources_in(first) == 3)
    library.eventually(lambda: library.resources_in(second) == 1)


def test_files_that_nobody_uses_are_swept_and_others_stay(library: Any) -> None:
    used = library.hosted.files.put([b"used"], "used.txt")
    library.call("upload_file", id=library.add().id, file=used.model_dump())
    assert library.call("sweep_files").removed == 0
    assert library.hosted.files.exists(FileRef(**used.model_dump()))


def test_a_person_is_exported_and_forgotten_and_their_resources_stay(
    library: Any, word: str
) -> None:
    person = uuid7()
    added = library.add(title=word)
    with library.hosted.transaction():
        ResourceRow.update(created_by=f"user:{person}").where(ResourceRow.id == added.id).execute()
    told = people.export(library.hosted, person)
    assert [one["title"] for one in told["added"]] == [word]  # type: ignore[index]
    assert people.erase(library.hosted, person) == "erased"
    assert people.erase(library.hosted, person) == "none"
    assert not any(people.export(library.hosted, person).values())
    assert library.call("read_resource", id=added.id).title == word
