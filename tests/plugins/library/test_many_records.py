"""A large catalogue comes in: once, whole, in bounded time and memory, though the command is killed."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.importing import write_catalogue
from benchmarks.marc_peer import main as bare_import

RECORDS = 3000
DEARER = 16.0
"""By how much a record may cost more of the processor than in the barest import (pymarc and sqlite3)."""
START = 4.0
"""Seconds of the processor that a command and its campus may take besides."""
MEGABYTES = 250


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("many") / "catalogue.mrc"
    write_catalogue(file, RECORDS)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def command(catalogue: Path, folder: Path) -> list[str]:
    library = [sys.executable, "-m", "azora.command", "library", "import", str(catalogue), "--json"]
    return [*library, "--data", str(folder)]


def environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("AZORA_")}
    return {**own, "AZORA_LIBRARY_DEMO": "false"}


def test_it_costs_little_more_than_its_bare_rows_and_little_memory(
    catalogue: Path, folder: Path, tmp_path: Path
) -> None:
    before = time.process_time()
    bare_import(str(catalogue), str(tmp_path / "bare.db"))
    bare = time.process_time() - before
    timed = ["/usr/bin/time", "-f", "%U %S %M", *command(catalogue, folder)]
    done = subprocess.run(timed, env=environment(), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["added"] == RECORDS
    user, system, kilobytes = map(float, re.findall(r"[\d.]+", done.stderr.splitlines()[-1]))
    assert user + system < START + DEARER * bare
    assert kilobytes / 1000 < MEGABYTES


def test_killed_midway_and_run_again_it_makes_no_duplicates(catalogue: Path, folder: Path) -> None:
    first = subprocess.Popen(
        command(catalogue, folder),
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    some = next(count for count in counts(folder) if count)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert some < RECORDS
    again = subprocess.run(
        command(catalogue, folder), env=environment(), capture_output=True, check=True
    )
    report: dict[str, Any] = json.loads(again.stdout)
    assert report["added"] + report["unchanged"] == RECORDS
    assert 0 < report["added"] < RECORDS
    assert next(counts(folder)) == RECORDS


def counts(folder: Path) -> Iterator[int]:
    """How many resources the library of this folder has, asked again and again."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            with sqlite3.connect(f"file:{folder}/db/library.db?mode=ro", uri=True) as library:
                yield library.execute("SELECT count(*) FROM library_resource").fetchone()[0]
        except sqlite3.OperationalError:
            """The campus is still being made."""
        time.sleep(0.02)
    raise AssertionError("nothing came in")
