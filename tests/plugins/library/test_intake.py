"""Records of other catalogues come in once, however often they come."""

from typing import Any

import eventlet
import pytest


def record(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "title": f"Title of {key}", "type": "BOOK"} | fields


def outcomes(library: Any, source: str, *records: dict[str, Any], **given: Any) -> list[str]:
    report = library.call("import_records", source=source, records=list(records), **given)
    return [one.outcome for one in report.outcomes]


def test_importing_again_makes_no_duplicates(library: Any, word: str) -> None:
    batch = [record(f"k{n}", content=word) for n in range(60)]
    assert outcomes(library, word, *batch) == ["added"] * 60
    assert outcomes(library, word, *batch) == ["unchanged"] * 60
    assert library.call("search", query=word, limit=1).total == 60


def test_a_record_that_changed_at_its_source_is_updated(library: Any, word: str) -> None:
    outcomes(library, word, record("k", content=word))
    assert outcomes(library, word, record("k", content=word, title="New title")) == ["updated"]
    assert library.titles(query=word) == ["New title"]


def test_what_people_edited_here_stays_while_the_source_says_the_same(
    library: Any, word: str
) -> None:
    report = library.call("import_records", source=word, records=[record("k")])
    library.call("update_resource", id=report.outcomes[0].id, title="Better title")
    assert outcomes(library, word, record("k")) == ["unchanged"]
    assert library.call("read_resource", id=report.outcomes[0].id).title == "Better title"


def test_the_same_key_of_two_sources_is_two_resources(library: Any, word: str) -> None:
    assert outcomes(library, f"{word}-a", record("k")) == ["added"]
    assert outcomes(library, f"{word}-b", record("k")) == ["added"]


def test_a_record_that_comes_twice_in_a_batch_is_one(library: Any, word: str) -> None:
    assert outcomes(library, word, record("k"), record("k")) == ["added", "unchanged"]


def test_a_refused_record_keeps_none_of_the_others_out(library: Any, word: str) -> None:
    batch = [record("a"), record("b", type="HOLOGRAM"), record("c")]
    report = library.call("import_records", source=word, records=batch)
    assert [one.outcome for one in report.outcomes] == ["added", "refused", "added"]
    assert "HOLOGRAM" in report.outcomes[1].reason


def test_a_dry_run_tells_the_same_and_changes_nothing(library: Any, word: str) -> None:
    outcomes(library, word, record("old", content=word), record("moved", content=word))
    batch = [
        record("old", content=word),
        record("moved", content=word, title="Moved"),
        record("new", content=word),
        record("new", content=word),
        record("odd", type="HOLOGRAM"),
    ]
    told = outcomes(library, word, *batch, dry_run=True)
    assert library.call("search", query=word).total == 2
    assert outcomes(library, word, *batch) == told
    assert told == ["unchanged", "updated", "added", "unchanged", "refused"]


def test_two_imports_of_the_same_file_at_once_make_no_duplicates(library: Any, word: str) -> None:
    batch = [record(f"k{n}", content=word) for n in range(80)]
    pool = eventlet.GreenPool()
    told = list(pool.imap(lambda _: outcomes(library, word, *batch), range(3)))
    assert sorted(one for each in told for one in each) == ["added"] * 80 + ["unchanged"] * 160
    assert library.call("search", query=word, limit=1).total == 80


@pytest.mark.parametrize("source", ["", "a b", "../x", "a" * 81, "é"])
def test_a_source_needs_a_plain_name(library: Any, source: str) -> None:
    with pytest.raises(Exception, match="not right"):
        outcomes(library, source, record("k"))
