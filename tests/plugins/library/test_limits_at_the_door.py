"""What would fill the disk or the memory is refused where it comes in, and spoils nothing."""

import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.library import books

from azora import Invalid
from azora_library.exchange.formats import format_of
from azora_library.exchange.records import Read, Refused
from azora_library.reading.unpacking import Bounds, TooMuch, measure

MEGABYTE = 1_000_000
BOUNDS = Bounds(total=100 * MEGABYTE, ratio=100, files=1000)


def packed(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in entries.items():
            container.writestr(name, content)
    return written.getvalue()


def overlapping(times: int) -> bytes:
    """One entry, listed many times (as in David Fifield's bombs)."""
    whole = packed({"a": b"\0" * MEGABYTE})
    directory = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[directory:end]
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, times, times, len(entry) * times, directory, 0
    )
    return whole[:directory] + entry * times + tail


ZEROS = packed({"OEBPS/a.xhtml": b"\0" * (60 * MEGABYTE)})
BOMBS = {
    "times its size": ZEROS,
    "more than 100 MB": packed({f"{n}": b"\0" * (30 * MEGABYTE) for n in range(4)}),
    "lie on one another": overlapping(20),
    "more than 1,000 files": packed({f"{n}": b"" for n in range(1001)}),
    "3 deep": packed({"a": packed({"b": packed({"c": packed({"d": b"x"})})})}),
    "than 4 GB or 65,535": packed({"a": b"x"})[:-22]
    + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    + packed({"a": b"x"})[-22:],
}


@pytest.mark.parametrize("words", BOMBS)
def test_a_container_that_unpacks_into_too_much_is_known_before_it_is_unpacked(
    tmp_path: Path, words: str
) -> None:
    file = tmp_path / "bomb.epub"
    file.write_bytes(BOMBS[words])
    with pytest.raises(TooMuch, match=words):
        measure(file, BOUNDS)


def test_a_bomb_within_a_sound_book_is_found(tmp_path: Path) -> None:
    file = tmp_path / "book.epub"
    file.write_bytes(books.epub(one=ZEROS))
    with pytest.raises(TooMuch, match="times its size"):
        measure(file, BOUNDS)


def test_sound_books_pass(tmp_path: Path) -> None:
    file = tmp_path / "book.epub"
    file.write_bytes(books.epub(one=packed({"within.txt": b"a few words"})))
    assert 0 < measure(file, BOUNDS) < MEGABYTE


@given(content=st.binary(max_size=300), sound=st.booleans(), cut=st.integers(0, 400))
def test_no_file_breaks_the_judge(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, sound: bool, cut: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.epub"
    file.write_bytes(packed({"a": content})[:cut] if sound else content)
    assert measure(file, BOUNDS) >= 0


def bomb(library: Any) -> Any:
    return library.hosted.files.put([ZEROS], "bomb.epub", "application/epub+zip")


class TestUploads:
    def test_a_bomb_is_refused_and_nothing_of_it_is_kept(self, library: Any, word: str) -> None:
        file = bomb(library)
        with pytest.raises(Invalid, match="unpacks to more than 100 times its size") as refused:
            library.add(title=word, file=file.model_dump())
        assert refused.value.code == "library.unpacks_too_far"
        assert refused.value.fields[0]["field"] == "file"
        assert not library.hosted.files.exists(file)
        assert library.titles(query=word) == []

    def test_the_file_that_a_resource_had_stays(self, library: Any, word: str) -> None:
        sound = library.hosted.files.put([books.epub()], "a.epub", "application/epub+zip")
        book = library.add(title=word, file=sound.model_dump())
        with pytest.raises(Invalid):
            library.call("upload_file", id=book.id, file=bomb(library).model_dump())
        assert library.call("read_resource", id=book.id).file.digest == sound.digest
        assert library.call("read_leaf", id=book.id, page=1).heading == "The beginning"

    def test_over_http_it_is_a_problem_beside_its_field(self, embedded_campus: Any) -> None:
        said = {"title": "A bomb", "type": "BOOK"}
        answer = embedded_campus.sign_in().post(
            "/api/library/resources",
            data=said,
            files={"file": ("bomb.epub", ZEROS, "application/epub+zip")},
        )
        assert answer.status_code == 422
        assert answer.json()["code"] == "library.unpacks_too_far"
        assert "not kept" in answer.json()["detail"]


class TestCatalogues:
    def test_bibtex_of_200_megabytes_costs_one_record_and_no_memory(self, tmp_path: Path) -> None:
        file = tmp_path / "large.bib"
        with file.open("wb") as stream:
            stream.write(b"@book{a, title={A}}\n@book{b, title={")
            for _ in range(200):
                stream.write(b"x" * MEGABYTE)
            stream.write(b"}}\n@book{c, title={C}}\n")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with file.open("rb") as stream:
            found = list(format_of(stream).read(stream, None))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert [one.key for one in found if isinstance(one, Read)] == ["a", "c"]
        (refused,) = (one for one in found if isinstance(one, Refused))
        assert "larger than 262,144 bytes" in refused.reason
        assert grown < 60_000  # KB

    def test_200_megabytes_of_rubbish_are_counted_and_not_all_remembered(
        self, new_campus: Any, tmp_path: Path
    ) -> None:
        """Every refusal is counted; the report names the first of them."""
        file = tmp_path / "rubbish.bib"
        file.write_bytes(b"@book{a, title={A}}\n" + b"@book{b, x}\n" * 30_000)
        campus = new_campus("embedded")
        done = subprocess.run(
            [sys.executable, "-m", "azora.command", "library", "import", str(file), "--json"],
            env=campus.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        report = json.loads(done.stdout)
        assert (report["added"], report["refused"]) == (1, 30_000)
        assert len(report["refusals"]) == 10_000

    def test_a_truncated_marc_file_costs_its_last_record(
        self, library: Any, marc_records: Path
    ) -> None:
        whole = (marc_records / "marc.dat").read_bytes()
        found = list(format_of(io.BytesIO(whole)).read(io.BytesIO(whole[:-100]), None))
        assert len([one for one in found if isinstance(one, Read)]) == 19
        assert isinstance(found[-1], Refused)
        assert found[-1].reason == "the file ends in the middle of this record"
