"""Categories and tags as librarians arrange them, and as readers browse them."""

from typing import Any

import pytest

from azora.errors import Conflict, Invalid, NotAllowed, NotFound
from azora_library.subjects.models import BranchRow, CategoryRow


def names(found: Any) -> list[str]:
    return [one.name for one in found]


def moved(library: Any) -> None:
    library.eventually(lambda: not library.call("list_moves", limit=100).items)


def branch_of(library: Any, name: str, by: Any = None) -> Any:
    return library.call("browse_categories", id=name, by=by)


def test_a_category_that_a_resource_names_stands_at_the_top(library: Any, word: str) -> None:
    library.add(category=word)
    library.eventually(lambda: word in names(library.call("browse_categories", by=None).below))
    shown = branch_of(library, word)
    assert (shown.category.name, shown.category.total, shown.path) == (word, 1, [])


def test_a_branch_shows_the_way_to_it_and_counts_all_below(library: Any, word: str) -> None:
    library.call("add_category", name=f"{word} africa", notation="960", labels={"zu": "I-Afrika"})
    library.call("add_category", name=f"{word} south", parent=f"{word} africa")
    library.call("add_category", name=f"{word} natal", parent=f"{word} south")
    here = library.add(category=f"{word} natal").id
    library.add(category=f"{word} africa")
    library.eventually(lambda: branch_of(library, f"{word} africa").category.total == 2)
    top = branch_of(library, f"{word} africa").category
    assert (top.resources, top.notation, top.labels) == (1, "960", {"zu": "I-Afrika"})
    deep = branch_of(library, f"{word} natal")
    assert names(deep.path) == [f"{word} africa", f"{word} south"]
    way = library.call("list_way", id=here, by=None).items
    assert names(way) == [f"{word} africa", f"{word} south", f"{word} natal"]
    found = library.call("list_category", id=f"{word} africa", by=None).items
    assert len(found) == 2
    assert library.call("search", category=f"{word} south", by=None).total == 1


def test_readers_count_and_see_only_what_is_open_to_them(library: Any, word: str) -> None:
    library.call("add_category", name=word)
    library.call("add_category", name=f"{word} in", parent=word)
    library.call("add_category", name=f"{word} empty", parent=word)
    library.add(category=f"{word} in", record_access="members", file_access="members")
    hidden = library.add(
        category=f"{word} in", record_access="restricted", file_access="restricted"
    )
    library.eventually(lambda: branch_of(library, word, by="operator:cli").category.total == 2)
    member = library.person("library.read")
    assert branch_of(library, word).category.total == 0
    assert branch_of(library, word).below == []
    assert branch_of(library, word, member).category.total == 1
    assert names(branch_of(library, word, member).below) == [f"{word} in"]
    assert len(branch_of(library, word, by="operator:cli").below) == 2
    assert library.call("list_category", id=word, by=None).items == []
    with pytest.raises(NotFound):
        library.call("list_way", id=hidden.id, by=None)


def test_the_facet_of_a_search_is_the_tree(library: Any, word: str) -> None:
    library.call("add_category", name=f"{word} a")
    library.call("add_category", name=f"{word} b", parent=f"{word} a")
    library.call("add_category", name=f"{word} c", parent=f"{word} b")
    for category in ("a", "b", "c", "c"):
        library.add(title=word, category=f"{word} {category}")

    def facet(**filters: Any) -> list[tuple[str, int, str | None]]:
        found = library.call("search", query=word, by=None, **filters).facets.category
        return [(one.value, one.count, one.parent) for one in found]

    top = (f"{word} a", 4, None)
    below = [(f"{word} b", 3, f"{word} a"), (f"{word} c", 2, f"{word} b")]
    assert facet() == [top]
    assert facet(category=f"{word} a") == [top, below[0]]
    assert facet(category=f"{word} b") == [top, *below]
    every = library.call("list_facet", facet="category", query=word, by=None).items
    assert [(one.value, one.count) for one in every] == [one[:2] for one in (top, *below)]


def test_a_renamed_category_takes_its_resources_along_and_old_records_are_understood(
    library: Any, word: str
) -> None:
    library.call("add_category", name=word)
    ids = [library.add(category=word).id for _ in range(30)]
    id = branch_of(library, word, by="operator:cli").category.id
    renamed = library.call("update_category", id=word, name=f"{word} new")
    assert (renamed.id, renamed.name) == (id, f"{word} new")
    moved(library)
    read = [library.call("read_resource", id=one, count=False) for one in ids]
    assert {(one.category, one.revision) for one in read} == {(f"{word} new", 2)}
    late = library.add(category=word)
    assert late.category == f"{word} new"
    library.eventually(lambda: library.resources_in(f"{word} new") == 31)
    assert library.resources_in(word) == 0
    assert [one.revision for one in library.call("list_versions", id=ids[0]).items] == [2, 1]
    library.eventually(lambda: CategoryRow.get_or_none(CategoryRow.name == word) is None)


def test_a_merged_category_brings_what_is_below_it(library: Any, word: str) -> None:
    for name, parent in (("one", None), ("two", None), ("deep", "one")):
        library.call("add_category", name=f"{word} {name}", parent=parent and f"{word} {parent}")
    library.add(category=f"{word} one")
    library.add(category=f"{word} deep")
    library.call("merge_categories", id=f"{word} one", into=f"{word} two")
    moved(library)
    library.eventually(lambda: branch_of(library, f"{word} two").category.total == 2)
    assert names(branch_of(library, f"{word} two").below) == [f"{word} deep"]
    with pytest.raises(NotFound):
        branch_of(library, f"{word} one")


@pytest.mark.parametrize(
    ("where", "expected"), [("above", "{} top"), ("none", None), ("other", "{} other")]
)
def test_a_removed_category_leaves_its_resources_where_you_say(
    library: Any, word: str, where: str, expected: str | None
) -> None:
    for name, parent in (("top", None), ("other", None), ("going", "top"), ("below", "going")):
        library.call("add_category", name=f"{word} {name}", parent=parent and f"{word} {parent}")
    id = library.add(category=f"{word} going").id
    other = {"other": f"{word} other"} if where == "other" else {}
    library.call("remove_category", id=f"{word} going", resources_to=where, **other)
    moved(library)
    read = library.call("read_resource", id=id, count=False)
    assert read.category == (expected and expected.format(word))
    assert names(branch_of(library, f"{word} below", by="operator:cli").path) == [f"{word} top"]
    assert BranchRow.select().count() > 0


def test_a_name_that_another_category_has_is_refused_however_it_is_written(
    library: Any, word: str
) -> None:
    library.call("add_category", name=word)
    with pytest.raises(Conflict) as refused:
        library.call("add_category", name=word.upper())
    assert refused.value.code == "library.category_exists"
    library.call("add_category", name=f"{word} b")
    with pytest.raises(Conflict):
        library.call("update_category", id=f"{word} b", name=word)


def test_a_name_comes_back_into_use_once_its_resources_have_moved(library: Any, word: str) -> None:
    library.call("add_category", name=word)
    library.call("update_category", id=word, name=f"{word} b")
    moved(library)
    library.eventually(lambda: CategoryRow.get_or_none(CategoryRow.name == word) is None)
    library.call("add_category", name=word)
    assert library.add(category=word).category == word


def test_what_was_to_go_to_another_must_remain(library: Any, word: str) -> None:
    library.call("add_category", name=word)
    for other in ({}, {"other": word}):
        with pytest.raises((Invalid, NotFound)):
            library.call("remove_category", id=word, resources_to="other", **other)


def test_only_librarians_change_categories_and_tags(library: Any, word: str) -> None:
    library.call("add_category", name=word)
    for operation, fields in [
        ("add_category", {"name": f"{word} x"}),
        ("update_category", {"id": word, "name": f"{word} x"}),
        ("move_category", {"id": word}),
        ("merge_categories", {"id": word, "into": word}),
        ("remove_category", {"id": word}),
        ("merge_tags", {"tags": [word], "into": "x"}),
        ("remove_tags", {"tags": [word]}),
        ("list_moves", {}),
    ]:
        with pytest.raises(NotAllowed):
            library.call(operation, by=library.person("library.read"), **fields)


def test_tags_in_use_are_listed_with_what_a_reader_sees(library: Any, word: str) -> None:
    library.add(tags=[f"{word} a", f"{word} b"])
    library.add(tags=[f"{word} a"], record_access="restricted", file_access="restricted")
    listed = library.call("list_tags", query=word.upper(), by=None).items
    assert [(one.tag, one.resources) for one in listed] == [(f"{word} a", 1), (f"{word} b", 1)]
    page = library.call("list_tags", query=word, limit=1)
    assert [(one.tag, one.resources) for one in page.items] == [(f"{word} a", 2)]
    rest = library.call("list_tags", query=word, limit=1, cursor=page.next)
    assert [one.tag for one in rest.items] == [f"{word} b"] and rest.next is None
    assert library.call("suggest_terms", query=word, by=None).items == [f"{word} a", f"{word} b"]
    with pytest.raises(Invalid):
        library.call("list_tags", cursor="nonsense")


def test_one_tag_takes_the_place_of_others_over_all_resources(library: Any, word: str) -> None:
    ids = [library.add(tags=[f"{word} {n % 3}", f"{word} keep"]).id for n in range(60)]
    library.call("merge_tags", tags=[f"{word} 0", f"{word} 1"], into=f"{word} 2")
    moved(library)
    read = [library.call("read_resource", id=id, count=False).tags for id in ids]
    assert {tuple(tags) for tags in read} == {(f"{word} 2", f"{word} keep")}
    assert library.call("search", tag=f"{word} 2").total == 60
    assert library.call("search", tag=f"{word} 0").total == 0
    assert library.add(tags=[f"{word} 1", f"{word} 2"]).tags == [f"{word} 2"]


def test_a_tag_that_is_taken_off_may_be_given_anew(library: Any, word: str) -> None:
    id = library.add(tags=[word, "other"]).id
    library.call("remove_tags", tags=[word])
    moved(library)
    assert library.call("read_resource", id=id, count=False).tags == ["other"]
    assert library.add(tags=[word]).tags == [word]


def test_a_chain_of_names_leads_to_the_last(library: Any, word: str) -> None:
    library.add(tags=[f"{word} a"])
    for before, now in (("a", "b"), ("b", "c")):
        library.call("merge_tags", tags=[f"{word} {before}"], into=f"{word} {now}")
    moved(library)
    assert library.add(tags=[f"{word} a", f"{word} b"]).tags == [f"{word} c"]
    library.call("merge_tags", tags=[f"{word} c"], into=f"{word} a")
    moved(library)
    assert library.add(tags=[f"{word} a", f"{word} b", f"{word} c"]).tags == [f"{word} a"]


def test_what_came_in_under_an_earlier_name_is_moved_by_the_nightly_job(
    library: Any, word: str
) -> None:
    id = library.add(tags=[f"{word} a"]).id
    library.call("merge_tags", tags=[f"{word} a"], into=f"{word} b")
    moved(library)
    with library.hosted.transaction():
        library.hosted.database.execute(
            "UPDATE library_filing SET heading = (SELECT id FROM library_heading WHERE value = ?) "
            "WHERE heading = (SELECT id FROM library_heading WHERE value = ?)",
            *(f"{word} a", f"{word} b"),
        )
        library.hosted.database.execute(
            "UPDATE library_resource SET tags = ? WHERE id = ?", f'["{word} a"]', id
        )
    assert library.call("resume_moves").resumed == 1
    moved(library)
    assert library.call("read_resource", id=id, count=False).tags == [f"{word} b"]
