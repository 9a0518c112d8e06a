"""`azora library import`: real catalogues into a running campus, in both bodies."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from azora_library.exchange.formats import format_of
from azora_library.exchange.records import Read

BIB = "@book{%(key)s, title = {%(title)s}}\n"


def run(campus: Any, file: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the report of an import."""
    done = campus.azora("library", "import", str(file), "--json", *options)
    assert done.code in (0, 1) and done.out.startswith("{"), done.err
    return done.code, json.loads(done.out)


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {name: report[name] for name in ("records", "added", "updated", "unchanged", "refused")}


def test_pymarcs_own_records_come_in_once(campus: Any, marc_records: Path) -> None:
    file = marc_records / "marc.dat"
    code, report = run(campus, file, "--source", "pymarc")
    assert (code, report["format"]) == (0, "MARC 21")
    assert counts(report) == {
        "records": 20,
        "added": 20,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
    }
    _, again = run(campus, file, "--source", "pymarc")
    assert counts(again) == {"records": 20, "added": 0, "updated": 0, "unchanged": 20, "refused": 0}
    found = campus.call("library.search", query="pragmatic programmer hunt")
    assert [hit["title"] for hit in found["items"]] == [
        "The pragmatic programmer: from journeyman to master"
    ]
    assert found["items"][0]["authors"] == ["Andrew Hunt", "David Thomas"]


def test_every_file_of_pymarcs_tests_is_read_or_named(marc_records: Path) -> None:
    files = [*marc_records.glob("*.dat"), *marc_records.glob("*.mrc")]
    assert len(files) > 15
    for file in files:
        with file.open("rb") as stream:
            found = list(format_of(stream).read(stream, None))
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        assert all(isinstance(one, Read) or one.reason for one in found)


def test_broken_marc_records_are_refused_by_number_with_the_reason(
    campus: Any, marc_records: Path
) -> None:
    code, report = run(campus, marc_records / "bad_records.mrc", "--source", "bad")
    assert code == 1
    assert (report["added"], report["unchanged"], report["refused"]) == (1, 1, 7)
    reasons = {one["record"]: one["reason"] for one in report["refusals"]}
    assert sorted(reasons) == [2, 3, 4, 5, 6, 7, 9]
    assert reasons[3] == "is not sound MARC 21: Unable to locate base address of record"
    assert reasons[9] == "the file ends in the middle of this record"


def test_debians_bibliographies_come_in(campus: Any, bibtex_files: Path) -> None:
    _, report = run(campus, bibtex_files / "stats.bib", "--source", "r-stats")
    assert report["format"] == "BibTeX"
    assert report["added"] > 100
    reasons = {one["key"]: one["reason"] for one in report["refusals"]}
    assert re.fullmatch(
        r"record \d+ has the same key and says something else", reasons["chambers:1992"]
    )
    _, again = run(campus, bibtex_files / "stats.bib", "--source", "r-stats")
    assert (again["added"], again["updated"], again["unchanged"]) == (
        0,
        0,
        report["added"] + report["unchanged"],
    )
    _, broken = run(campus, bibtex_files / "unbalanced_braces.bib", "--source", "r-broken")
    assert (broken["added"], broken["refused"]) == (1, 1)
    assert "line 9" in broken["refusals"][0]["reason"]


def test_a_truncated_file_gives_what_it_has_and_again_what_was_missing(
    campus: Any, tmp_path: Path, word: str
) -> None:
    whole = "".join(BIB % {"key": f"k{n}", "title": f"{word} {n}"} for n in range(30))
    file = tmp_path / "catalogue.bib"
    file.write_text(whole[: -len(BIB) // 2])
    code, report = run(campus, file, "--source", word)
    assert (code, report["added"], report["refusals"][0]["key"]) == (1, 29, "k29")
    file.write_text(whole)
    code, report = run(campus, file, "--source", word)
    assert (code, report["added"], report["unchanged"]) == (0, 1, 29)


def test_a_dry_run_changes_nothing(campus: Any, tmp_path: Path, word: str) -> None:
    file = tmp_path / "catalogue.bib"
    file.write_text(BIB % {"key": "k", "title": word})
    _, report = run(campus, file, "--dry-run")
    assert (report["added"], report["dry_run"], report["source"]) == (1, True, "catalogue")
    assert campus.call("library.search", query=word)["total"] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "none of MARC 21"),
        (b"", "none of MARC 21"),
        ("@book{a, title={A}}".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_one_line(
    embedded_campus: Any, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "thing"
    file.write_bytes(content)
    done = embedded_campus.azora("library", "import", str(file))
    assert done.code == 1 and done.out == ""
    assert words in done.err and "Traceback" not in done.err


def test_people_read_what_was_refused_and_why(
    embedded_campus: Any, tmp_path: Path, word: str
) -> None:
    file = tmp_path / "catalogue.bib"
    file.write_text(BIB % {"key": "good", "title": word} + "@book{bad, title = {Bad}\n")
    done = embedded_campus.azora("library", "import", str(file), "--source", word)
    assert done.code == 1
    assert "record 2 bad: line 2: is not sound BibTeX" in done.out
    assert f"2 records of {word}: 1 added, 0 updated, 0 unchanged, 1 refused" in done.out
