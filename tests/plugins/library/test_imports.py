"""A catalogue as a file: looked at, tried, carried through in the background, taken back."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from azora import Conflict, Invalid
from azora.testing.browser import browse
from azora_library.catalogue.models import ResourceRow
from azora_library.imports.models import ImportRow
from azora_library.imports.running import Carrier

BIB = "@book{%(key)s, title = {%(title)s}, author = {Plaatje, Sol T.}, year = 1930}\n"


def bib(word: str, count: int) -> bytes:
    return "".join(BIB % {"key": f"k{n}", "title": f"{word} {n}"} for n in range(count)).encode()


def upload(library: Any, content: bytes, name: str = "catalogue.bib", **said: Any) -> Any:
    file = library.hosted.files.put([content], name, "application/octet-stream")
    return library.call("upload_import", file=file.model_dump(), **said)


def read(library: Any, run: Any) -> Any:
    return library.call("read_import", id=run.id)


def through(library: Any, run: Any, *until: str) -> Any:
    """The import once it is over."""
    library.eventually(
        lambda: read(library, run).state in (until or ("done", "failed", "undone")), 30
    )
    return read(library, run)


def held(source: str) -> int:
    """How many resources came from a catalogue."""
    return int(ResourceRow.select().where(ResourceRow.source.startswith(f"{source}:")).count())


def imported(library: Any, content: bytes, **said: Any) -> Any:
    run = upload(library, content, **said)
    library.call("start_import", id=run.id)
    return through(library, run)


def test_a_file_is_recognised_and_its_first_records_are_shown(library: Any, word: str) -> None:
    run = upload(library, bib(word, 30) + b"@book{bad, x}\n", source=word)
    assert (run.state, run.format, run.source) == ("ready", "BibTeX", word)
    found = library.call("preview_import", id=run.id)
    assert len(found.records) == 20
    assert (found.records[0].title, found.records[0].authors) == (f"{word} 0", ["Sol T. Plaatje"])
    assert library.titles(query=word) == []


def test_problems_are_marked_in_the_preview(library: Any, word: str) -> None:
    run = upload(library, bib(word, 1) + b"@book{bad, x}\n", source=word)
    _, bad = library.call("preview_import", id=run.id).records
    assert bad.problem.startswith("line 2: is not sound BibTeX")


def test_what_is_no_catalogue_is_refused_beside_its_field_and_not_kept(library: Any) -> None:
    file = library.hosted.files.put([b"\x89PNG\r\n\x1a\n"], "a.png", "image/png")
    with pytest.raises(Invalid) as refused:
        library.call("upload_import", file=file.model_dump())
    assert refused.value.fields[0]["field"] == "file"
    assert not library.hosted.files.exists(file)


def test_it_is_carried_through_in_the_background(library: Any, word: str) -> None:
    run = imported(library, bib(word, 250) + b"@book{bad, x}\n", source=word)
    assert (run.state, run.added, run.refused, run.read) == ("done", 250, 1, 251)
    assert run.position == run.file_size
    assert held(word) == 250
    again = imported(library, bib(word, 250), source=word)
    assert (again.added, again.unchanged) == (0, 250)


def test_a_try_tells_the_same_and_changes_nothing(library: Any, word: str) -> None:
    run = upload(library, bib(word, 150) + b"@book{bad, x}\n", source=word)
    library.call("start_import", id=run.id, dry_run=True)
    tried = through(library, run, "ready")
    assert (tried.state, tried.added, tried.refused) == ("ready", 150, 1)
    assert library.titles(query=word) == []
    library.call("start_import", id=run.id)
    done = through(library, run)
    assert (done.state, done.added, done.refused) == ("done", 150, 1)


def test_the_refused_records_are_a_table_to_download(embedded_campus: Any, word: str) -> None:
    client = embedded_campus.sign_in()
    content = bib(word, 3) + b"@book{bad, x}\n" * 3
    answer = client.post("/api/library/imports/files", files={"file": ("a.bib", content)})
    at = f"/api/library/imports/{answer.json()['id']}"
    assert client.post(f"{at}/start", json={}).ok
    embedded_campus.eventually(lambda: client.get(at).json()["state"] == "done", 30)
    report = client.get(f"{at}/refusals")
    assert report.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(report.text)))
    assert [line["record"] for line in lines] == ["4", "5", "6"]
    assert all("BibTeX" in line["reason"] for line in lines)


def test_a_killed_campus_carries_its_import_on_when_it_is_started_again(
    new_campus: Any, word: str
) -> None:
    campus = new_campus("embedded")
    client = campus.sign_in()
    files = {"file": (f"{word}.bib", bib(word, 3000))}
    at = f"/api/library/imports/{client.post('/api/library/imports/files', files=files).json()['id']}"
    client.post(f"{at}/start", json={})
    campus.eventually(lambda: client.get(at).json()["read"] > 0, 30)
    campus.kill()
    campus.start()
    client = campus.sign_in()
    campus.eventually(lambda: client.get(at).json()["state"] == "done", 60)
    run = client.get(at).json()
    assert (run["added"], run["unchanged"], run["read"]) == (3000, 0, 3000)


def test_left_midway_it_is_carried_on_from_there(library: Any, word: str) -> None:
    """As when its process was killed: the next one finds how far it came."""
    run = upload(library, bib(word, 350), source=word)
    with library.hosted.transaction():
        ImportRow.update(state="running").where(ImportRow.id == run.id).execute()
    Carrier(library.hosted).round()
    done = through(library, run)
    assert (done.added, done.unchanged, done.read) == (350, 0, 350)


def test_it_can_be_stopped_and_taken_back(library: Any, word: str) -> None:
    run = upload(library, bib(word, 3000), source=word)
    library.call("start_import", id=run.id)
    library.eventually(lambda: read(library, run).read > 0, 30)
    library.call("cancel_import", id=run.id)
    stopped = through(library, run, "cancelled")
    assert 0 < stopped.read < 3000
    library.call("undo_import", id=run.id)
    undone = through(library, run)
    assert undone.state == "undone"
    assert held(word) == 0


class TestUndo:
    def test_it_takes_back_what_came_and_what_changed(self, library: Any, word: str) -> None:
        imported(library, bib(word, 2), source=word)
        run = imported(library, bib(f"{word} new", 3), source=word)
        assert (run.added, run.updated) == (1, 2)
        library.call("undo_import", id=run.id)
        undone = through(library, run)
        assert (undone.state, undone.taken_back, undone.kept) == ("undone", 3, 0)
        assert sorted(library.titles(query=word)) == [f"{word} 0", f"{word} 1"]
        again = imported(library, bib(f"{word} new", 3), source=word)
        assert (again.added, again.updated) == (1, 2)

    def test_what_somebody_changed_since_stays_and_is_named(self, library: Any, word: str) -> None:
        run = imported(library, bib(word, 3), source=word)
        (hit, *_) = library.call("search", query=f"{word} 1").items
        library.call("update_resource", id=hit.id, title=f"{word} edited")
        library.call("undo_import", id=run.id)
        undone = through(library, run)
        assert (undone.taken_back, undone.kept) == (2, 1)
        assert library.titles(query=word) == [f"{word} edited"]
        (kept,) = library.call("list_kept", id=run.id).items
        assert (kept.id, kept.reason) == (hit.id, "changed")

    def test_it_waits_for_the_import_to_be_over(self, library: Any, word: str) -> None:
        run = upload(library, bib(word, 1), source=word)
        with pytest.raises(Conflict, match="ready"):
            library.call("undo_import", id=run.id)


class TestTables:
    CSV = "Isihloko esikhulu;Umbhali;Unyaka\n{0} A;Plaatje, Sol;1930\n{0} B;Nobody;\n"

    def test_columns_are_guessed_and_their_first_cells_shown(self, library: Any, word: str) -> None:
        run = upload(library, f"Title,Writer,Odd\n{word},Plaatje,x\n".encode(), "books.csv")
        found = library.call("preview_import", id=run.id)
        assert [(one.heading, one.field) for one in found.columns] == [
            ("Title", "title"),
            ("Writer", "authors"),
            ("Odd", "-"),
        ]
        assert found.columns[2].examples == ["x"]

    def test_what_people_say_is_read_so_and_remembered(self, library: Any, word: str) -> None:
        content = self.CSV.format(word).encode()
        run = upload(library, content, "books.csv", format="CSV", source=word)
        said = {"Isihloko esikhulu": "title", "Umbhali": "authors", "Unyaka": "year"}
        library.call("map_import", id=run.id, mapping=said)
        first, _ = library.call("preview_import", id=run.id).records
        assert (first.title, first.authors, first.year) == (f"{word} A", ["Sol Plaatje"], 1930)
        library.call("start_import", id=run.id)
        assert through(library, run).added == 2
        other = upload(library, content, "more.csv", format="CSV")
        found = library.call("preview_import", id=other.id)
        assert found.remembered
        assert {one.heading: one.field for one in found.columns} == said

    @pytest.mark.parametrize(
        ("mapping", "words"),
        [
            ({"A": "titel"}, "titel is no field"),
            ({"A": "title", "B": "title"}, "Two columns hold title"),
            ({"A": "authors"}, "No column holds the title"),
        ],
    )
    def test_a_mapping_that_cannot_be_is_refused(
        self, library: Any, mapping: dict[str, str], words: str
    ) -> None:
        run = upload(library, b"Title,B\nx,y\n", "a.csv")
        with pytest.raises(Invalid, match=words):
            library.call("map_import", id=run.id, mapping=mapping)


class TestCommand:
    def test_a_commands_import_is_shown_and_can_be_taken_back(
        self, embedded_campus: Any, tmp_path: Path, word: str
    ) -> None:
        file = tmp_path / f"{word}.bib"
        file.write_bytes(bib(word, 5))
        assert embedded_campus.azora("library", "import", str(file)).code == 0
        (run,) = (
            one
            for one in embedded_campus.call("library.list_imports", limit=100)["items"]
            if one["source"] == word
        )
        assert (run["state"], run["added"], run["file_name"]) == ("done", 5, file.name)
        embedded_campus.call("library.undo_import", id=run["id"])
        embedded_campus.eventually(
            lambda: embedded_campus.call("library.search", query=word)["total"] == 0
        )

    def test_a_tables_columns_are_said_on_the_command_line(
        self, embedded_campus: Any, tmp_path: Path, word: str
    ) -> None:
        file = tmp_path / f"{word}.csv"
        file.write_text(f"Title,Held by\n{word},Sol Plaatje\n")
        done = embedded_campus.azora("library", "import", str(file), "--mapping", "Held by=authors")
        assert done.code == 0, done.err
        assert "Title → title" in done.err and "Held by → authors" in done.err
        (hit,) = embedded_campus.call("library.search", query=word)["items"]
        assert hit["authors"] == ["Sol Plaatje"]

    @pytest.mark.parametrize(
        ("said", "words"), [("Nope=title", "No column is called"), ("Title=x", "x is no field")]
    )
    def test_a_mapping_that_cannot_be_is_refused_in_one_line(
        self, embedded_campus: Any, tmp_path: Path, said: str, words: str
    ) -> None:
        file = tmp_path / "a.csv"
        file.write_text("Title,Author\nA,B\n")
        done = embedded_campus.azora("library", "import", str(file), "--mapping", said)
        assert done.code == 1 and words in done.err and "Traceback" not in done.err


class TestInTheBrowser:
    JOURNEYS = Path(__file__).with_name("import_journeys.py")

    def test_a_table_is_mapped_tried_imported_and_taken_back_without_scripts(
        self, embedded_campus: Any, tmp_path: Path, word: str
    ) -> None:
        session = embedded_campus.as_account("library.manage").cookies["azora_session"]
        made = browse(self.JOURNEYS, "importing", embedded_campus.url, tmp_path, session, word, 30)
        seen = made["seen"]
        assert seen["guessed"] == "title"
        assert seen["mapped"] == f"1 {word} 0 Sol T. Plaatje 1930"
        counts = {"Added": "30", "Updated": "0", "Unchanged": "0", "Refused": "1"}
        assert seen["tried"] == seen["imported"] == counts
        assert [line.split(",")[0] for line in seen["report"]] == ["31"]
        assert "has no title" in seen["report"][0]
        assert seen["undone"] == "30 resources were taken back."
        assert made["fits"]

    def test_with_scripts_the_progress_moves_by_itself(
        self, embedded_campus: Any, tmp_path: Path, word: str
    ) -> None:
        session = embedded_campus.as_account("library.manage").cookies["azora_session"]
        made = browse(self.JOURNEYS, "watching", embedded_campus.url, tmp_path, session, word, 2000)
        assert made["counts"]["Added"] == "2000"
        assert made["fits"]
