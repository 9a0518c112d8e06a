"""A large file is read by a process of its own, and says the same as one that is read here."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from benchmarks.importing import write_catalogue

from azora.errors import AzoraError
from azora_library.exchange import ahead
from azora_library.exchange.ahead import Job, read_ahead
from azora_library.exchange.importing import Batch


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LARGE", 0)


@pytest.fixture
def marc(tmp_path: Path) -> Job:
    write_catalogue(tmp_path / "catalogue.mrc", 1500)
    with (tmp_path / "catalogue.mrc").open("ab") as file:
        file.write(b"00041nam a22 is cut")
    return Job(str(tmp_path / "catalogue.mrc"), "MARC 21")


def plainly(batch: Batch) -> tuple[object, ...]:
    """What a batch says; what only the reader itself compares is left out."""
    return [one._replace(content=b"") for one in batch.records], *batch[1:]


def readers() -> list[int]:
    """The process ids of our children that read."""
    listed = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", ahead.__name__], capture_output=True, text=True
    )
    return [int(pid) for pid in listed.stdout.split()]


def test_it_says_what_the_file_says_with_what_is_refused(marc: Job) -> None:
    told = [plainly(batch) for batch in read_ahead(marc)]
    assert told == [plainly(batch) for batch in marc.batches()]
    assert len(told) > 3
    assert told[-1][1]
    assert not readers()


def test_a_table_is_read_by_its_mapping(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("Name,Shelf,Own\nThings Fall Apart,-,red;blue\n")
    mapping = {"Name": "title", "Shelf": "", "Own": "custom.colours"}
    job = Job(str(file), "CSV", None, mapping, {"custom.colours": True})
    [batch] = read_ahead(job)
    assert batch.records[0].values["custom"] == {"colours": ["red", "blue"]}
    assert plainly(batch) == plainly(next(job.batches()))


def test_a_reader_that_is_killed_is_told_and_no_batch_is_made_up(marc: Job) -> None:
    read = read_ahead(marc)
    next(read)
    os.kill(readers()[0], signal.SIGKILL)
    with pytest.raises(AzoraError, match="ended early"):
        list(read)


def test_a_reader_that_nobody_listens_to_ends(marc: Job) -> None:
    read = read_ahead(marc)
    next(read)
    assert readers()
    read.close()
    assert not readers()
