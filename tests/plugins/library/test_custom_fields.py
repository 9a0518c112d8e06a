"""Fields that a campus declares: values of them are checked, kept, shown, found and handed on."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora.errors import Conflict, Invalid, NotAllowed, NotFound
from azora_library.custom.columns import own_columns
from azora_library.exchange import table
from azora_library.exchange.records import Read

LABELS = {"en": "Shelf mark", "zu": "Uphawu lweshelufu"}


@pytest.fixture
def declare(library: Any) -> Any:
    """Declares fields, and removes them with their values afterwards."""
    names = []

    def one(name: str, kind: str = "text", **said: Any) -> Any:
        names.append(name)
        return library.call("add_field", **{"name": name, "labels": LABELS, "kind": kind} | said)

    yield one
    for name in names:
        try:
            library.call("remove_field", name=name, with_values=True)
        except NotFound:
            continue
    library.eventually(lambda: not {*names} & {one.name for one in listed(library)})


def listed(library: Any, **by: Any) -> list[Any]:
    return library.call("list_fields", **by).items


def refused(make: Any) -> dict[str, str]:
    """What is wrong with each field."""
    with pytest.raises(Invalid) as caught:
        make()
    return {one["field"]: one["code"] for one in caught.value.fields}


def test_a_declared_field_is_added_edited_cleared_and_compared(library: Any, declare: Any) -> None:
    declare("shelf")
    declare("given_by", "text", many=True)
    book = library.add(custom={"shelf": "QA 76", "given_by": ["Thandi", "Sipho"]})
    assert book.custom == {"shelf": "QA 76", "given_by": ["Thandi", "Sipho"]}
    library.call("update_resource", id=book.id, custom={"shelf": "QA 77"})
    changed = library.call("read_resource", id=book.id)
    assert changed.custom == {"shelf": "QA 77", "given_by": ["Thandi", "Sipho"]}
    library.call(
        "replace_resource", id=book.id, title="T", type="BOOK", custom={"given_by": ["Sipho"]}
    )
    library.call("update_resource", id=book.id, custom={"shelf": None})
    assert library.call("read_resource", id=book.id).custom == {"given_by": ["Sipho"]}
    restored = library.call("restore_version", id=book.id, revision=1)
    assert restored.custom == book.custom


def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_field(
    library: Any, declare: Any
) -> None:
    declare("pages", "number")
    declare("came", "date")
    declare("level", "choice", choices=["Grade 8", "Grade 9"])
    declare("site", "link")
    declare("signed", "boolean", types=["BOOK"])
    wrong = {
        "pages": "many",
        "came": "31/12/2026",
        "level": "Grade 1",
        "site": "shelf 3",
        "nope": 1,
    }
    assert refused(lambda: library.add(custom=wrong)) == {
        "custom.pages": "float_parsing",
        "custom.came": "date_parsing",
        "custom.level": "literal_error",
        "custom.site": "string_pattern_mismatch",
        "custom.nope": "library.unknown_custom_field",
    }
    as_video = {"type": "VIDEO", "custom": {"signed": True}}
    assert refused(lambda: library.add(**as_video)) == {
        "custom.signed": "library.field_of_other_types"
    }
    said = {"pages": "12.50", "came": "2026-12-31", "level": "grade 8", "signed": "yes"}
    kept = {"pages": 12.5, "came": "2026-12-31", "level": "Grade 8", "signed": True}
    assert library.add(custom=said).custom == kept


def test_what_is_required_must_be_there_where_people_catalogue_and_not_where_records_come_in(
    library: Any, declare: Any, word: str
) -> None:
    before = library.add()
    declare("shelf", required=True, types=["BOOK"])
    assert refused(library.add) == {"custom.shelf": "library.field_required"}
    library.add(type="VIDEO")
    library.call("update_resource", id=before.id, title="Another")
    shelved = library.add(custom={"shelf": "A 1"})
    took = {"id": shelved.id, "custom": {"shelf": ""}}
    assert refused(lambda: library.call("update_resource", **took)) == {
        "custom.shelf": "library.field_required"
    }
    record = {"key": "1", "title": word, "type": "BOOK", "custom": {"unheard_of": "x"}}
    report = library.call("import_records", source=word, records=[record])
    assert report.outcomes[0].outcome == "added"


def test_a_retired_field_stays_readable_and_takes_nothing_new(library: Any, declare: Any) -> None:
    declare("shelf")
    book = library.add(custom={"shelf": "A 1"})
    library.call("retire_field", name="shelf")
    assert refused(lambda: library.add(custom={"shelf": "A 2"})) == {
        "custom.shelf": "library.field_retired"
    }
    library.call("update_resource", id=book.id, title="Still", custom={"shelf": "A 1"})
    assert library.call("read_resource", id=book.id, by=None).custom == {"shelf": "A 1"}
    library.call("reinstate_field", name="shelf")
    assert library.add(custom={"shelf": "A 2"}).custom == {"shelf": "A 2"}


def test_a_field_in_use_is_removed_only_with_its_values(library: Any, declare: Any) -> None:
    declare("shelf")
    books = [library.add(custom={"shelf": f"A {number}"}) for number in range(30)]
    assert library.call("read_field", name="shelf").records == 30
    with pytest.raises(Conflict, match="nothing was removed"):
        library.call("remove_field", name="shelf")
    library.call("remove_field", name="shelf", with_values=True)
    library.eventually(lambda: "shelf" not in {one.name for one in listed(library)})
    assert all(library.call("read_resource", id=one.id).custom == {} for one in books)
    assert library.call("restore_version", id=books[0].id, revision=1).custom == {}


def test_what_is_not_for_the_public_is_told_to_librarians_alone(
    library: Any, declare: Any, word: str
) -> None:
    declare("price", "number", public=False)
    book = library.add(title=word, custom={"price": 120})
    assert library.call("read_resource", id=book.id, by=None).custom == {}
    assert "price" not in {one.name for one in listed(library, by=None)}
    mine, theirs = (
        library.call("write_resource", id=book.id, format="csv", **by).text
        for by in ({}, {"by": None})
    )
    assert "custom.price" in mine and "120" in mine
    assert "price" not in theirs and "120" not in theirs


def test_a_declaration_that_does_not_go_together_is_refused(library: Any, declare: Any) -> None:
    for said, field in (
        ({"name": "title"}, "name"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "boolean", "many": True}, "many"),
        ({"public": False, "facet": True}, "public"),
        ({"kind": "long_text", "facet": True}, "facet"),
        ({"types": ["NO_SUCH"]}, "type"),
    ):
        sound = {"name": "odd", "kind": "text"}
        assert field in refused(lambda given=sound | said: declare(**given))
    declare("shelf")
    with pytest.raises(Conflict):
        declare("shelf")
    with pytest.raises(NotAllowed):
        someone = library.person("library.manage")
        library.call("add_field", by=someone, name="b", labels=LABELS, kind="text")


LINES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
TEXTS = LINES.map(str.strip).filter(bool)
VALUES: dict[str, Any] = {
    "text": TEXTS,
    "long_text": st.lists(LINES, min_size=1, max_size=4).map("\n".join).map(str.strip).filter(bool),
    "number": st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15),
    "date": st.dates().map(str),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["Grade 8", "=Grade; 9", "'+x|y"]),
    "link": st.just("https://example.org/") | st.integers(0).map("https://example.org/{}".format),
    "identifier": st.from_regex(r"[!-~]{1,20}", fullmatch=True),
}
SEVERAL = ("text", "number", "date", "choice", "link", "identifier")
CHOICES = ["Grade 8", "=Grade; 9", "'+x|y"]
FIELDS = VALUES | {
    f"some_{kind}": st.lists(VALUES[kind], min_size=1, max_size=3, unique=True) for kind in SEVERAL
}


@pytest.fixture
def every_kind(library: Any) -> None:
    """A field of each kind, and one of each with several values; they stay declared."""
    for name in FIELDS:
        kind = name.removeprefix("some_")
        said = {"name": f"f_{name}", "kind": kind, "labels": LABELS, "many": name != kind}
        more = {"choices": CHOICES} if kind == "choice" else {}
        library.call("add_field", **said | more)


@pytest.mark.usefixtures("every_kind")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.fixed_dictionaries({}, optional={f"f_{name}": value for name, value in FIELDS.items()}),
    st.fixed_dictionaries({}, optional={f"f_{name}": value for name, value in FIELDS.items()}),
)
def test_any_values_of_any_fields_survive_every_way_that_a_record_goes(
    library: Any, said: dict[str, Any], other: dict[str, Any]
) -> None:
    added = library.add(title="Round", custom=said)
    assert added.custom == said
    edited = library.call("update_resource", id=added.id, custom=other)
    assert edited.custom == said | other
    if edited.revision > 1:
        assert library.call("restore_version", id=added.id, revision=1).custom == said

    written = library.call("write_resource", id=added.id, format="csv").text
    [record] = table.reader(None, own_columns())(BytesIO(written.encode()), None)
    assert isinstance(record, Read), record
    values = json.loads(record.record.model_dump_json())
    [come] = library.call("import_records", source=f"r-{added.id}", records=[values]).outcomes
    assert library.call("read_resource", id=come.id).custom == said
    assert (
        library.call("import_records", source=f"r-{added.id}", records=[values]).outcomes[0].outcome
        == "unchanged"
    )


def test_many_records_are_given_a_value_at_once_and_it_is_taken_back(
    library: Any, declare: Any
) -> None:
    declare("pages", "number")
    declare("given_by", many=True)
    books = [library.add(custom={"given_by": ["Thandi"]}) for _ in range(3)]
    ids = [one.id for one in books]
    change = {"set_custom": {"pages": "12"}, "clear_custom": ["given_by"]}
    edit = library.call("prepare_bulk_edit", ids=ids, **change)
    [shown, *_] = library.call("list_bulk_records", edit=edit.id).items
    assert [(one.field, one.before, one.after) for one in shown.changes] == [
        ("custom.given_by", "Thandi", ""),
        ("custom.pages", "", "12"),
    ]
    library.call("apply_bulk_edit", edit=edit.id)
    library.eventually(lambda: library.call("read_bulk_edit", edit=edit.id).state == "applied")
    assert library.call("read_resource", id=ids[0]).custom == {"pages": 12}
    wrong = library.call("prepare_bulk_edit", ids=ids, set_custom={"pages": "few"})
    assert wrong.refused == 3
    assert library.call("prepare_bulk_edit", ids=ids, set_custom={"pages": 12}).alike == 3
    library.call("undo_bulk_edit", edit=edit.id)
    library.eventually(lambda: library.call("read_bulk_edit", edit=edit.id).state == "undone")
    assert library.call("read_resource", id=ids[0]).custom == {"given_by": ["Thandi"]}


def test_two_peoples_changes_of_different_fields_are_both_kept(library: Any, declare: Any) -> None:
    declare("shelf")
    declare("pages", "number")
    declare("given_by", many=True)
    me = library.person("library.manage")
    book = library.add(custom={"shelf": "A 1", "pages": 10, "given_by": ["Thandi"]})
    theirs = {"shelf": "A 2", "given_by": ["Thandi", "Sipho"]}
    library.call("update_resource", id=book.id, custom=theirs)
    typed = {"title": ["A title"], "type": ["BOOK"], "if_revision": ["1"]} | {
        "custom.shelf": ["A 1"], "custom.pages": ["11"], "custom.given_by": ["Thandi\nLerato"]
    }  # fmt: skip
    kept = {"place": f"/library/{book.id}/edit", "form": "edit", "typed": typed}
    draft = str(book.id)
    library.call("keep_draft", by=me, draft=draft, **kept)
    clash = library.call("read_clash", by=me, id=book.id, draft=draft)
    assert {one.field: (one.merged, one.settled) for one in clash.fields} == {
        "custom.shelf": ("A 2", "theirs"),
        "custom.pages": ("11", "mine"),
        "custom.given_by": ("Thandi\nSipho\nLerato", "both"),
    }
    settled = {"id": book.id, "draft": draft, "if_revision": clash.revision}
    library.call("settle_clash", by=me, **settled)
    assert library.call("read_resource", id=book.id).custom == {
        "shelf": "A 2", "pages": 11, "given_by": ["Thandi", "Sipho", "Lerato"]
    }  # fmt: skip


def test_a_search_finds_and_is_narrowed_by_what_is_declared_for_it(
    library: Any, declare: Any, word: str
) -> None:
    declare("grade", "choice", choices=["Grade 8", "Grade 9"], many=True, facet=True)
    declare("given_by", searchable=True)
    declare("signed", "boolean", facet=True)
    eight, both = {"grade": ["Grade 8"]}, {"grade": ["Grade 8", "Grade 9"], "signed": True}
    library.add(title=f"{word} one", custom=eight | {"given_by": f"Thandi{word}"})
    library.add(title=f"{word} two", custom=both)
    assert library.titles(query=f"thandi{word}") == [f"{word} one"]
    assert library.titles(query=word, field=["grade:Grade 9"]) == [f"{word} two"]
    assert len(library.titles(query=word, field=["grade:Grade 8", "grade:Grade 9"])) == 2
    assert library.titles(query=f'{word} grade:"grade 9"') == [f"{word} two"]
    assert library.titles(query=f'{word} -grade:"GRADE 9"') == [f"{word} one"]
    assert library.titles(query=word, field=["signed:true", "grade:Grade 8"]) == [f"{word} two"]
    assert library.titles(query=word, field=["price:12"]) == []
    found = library.call("search", by=None, query=word, field=["signed:true"])
    counted = {
        one.field: {value.value: value.count for value in one.values} for one in found.facets.fields
    }
    assert counted == {"grade": {"Grade 8": 1, "Grade 9": 1}, "signed": {"true": 1}}
    every = library.call("list_facet", by=None, query=word, facet="field.grade")
    assert [(one.value, one.count) for one in every.items] == [("Grade 8", 2), ("Grade 9", 1)]
    with pytest.raises(NotFound):
        library.call("list_facet", by=None, facet="field.price")


def test_a_field_that_is_searched_from_now_on_is_found_in_what_was_there(
    library: Any, declare: Any, word: str
) -> None:
    declare("given_by")
    library.add(title="A gift", custom={"given_by": word})
    assert library.titles(query=word) == []
    library.call("update_field", name="given_by", searchable=True, facet=True)
    library.eventually(lambda: library.titles(query=word) == ["A gift"])
    assert library.titles(field=[f"given_by:{word}"]) == ["A gift"]
    library.call("update_field", name="given_by", public=False, searchable=False, facet=False)
    library.eventually(lambda: library.titles(query=word) == [])


def test_a_column_that_is_called_as_a_field_is_taken_for_it(
    library: Any, declare: Any, word: str
) -> None:
    declare("shelf")
    declare("given_by", many=True, labels={"en": "Given by"})
    rows = f"Title,Uphawu lweshelufu,Given by,Colour\n{word},A 1,Thandi; Sipho,red\n"
    file = library.hosted.files.put([rows.encode()], "gifts.csv", "text/csv")
    run = library.call("upload_import", file=file.model_dump())
    preview = library.call("preview_import", id=run.id)
    assert {one.heading: one.field for one in preview.columns} == {
        "Title": "title",
        "Uphawu lweshelufu": "custom.shelf",
        "Given by": "custom.given_by",
        "Colour": "-",
    }
    library.call("map_import", id=run.id, mapping={"Title": "title", "Colour": "custom.shelf"})
    assert refused(
        lambda: library.call(
            "map_import", id=run.id, mapping={"Title": "title", "Colour": "custom.x"}
        )
    ) == {"mapping.Colour": "library.unknown_field"}
    [record] = table.reader(None, own_columns())(BytesIO(rows.encode()), None)
    assert isinstance(record, Read)
    assert record.record.custom == {"shelf": "A 1", "given_by": ["Thandi", "Sipho"]}
