"""How fast a catalogue comes in: `azora library import`, beside the least that an import can be.

`python -m benchmarks.importing [--records 10000] [--rounds 3] [--no-page]`
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from azora.testing.campus import CampusProcess
from azora_library.exchange.writers import WRITERS
from benchmarks.catalogue import Catalogue
from benchmarks.run import busyness
from benchmarks.sections import write_section
from benchmarks.subjects import ROOT, Result

PROMISED = 1000
BIN = Path(sys.executable).parent
ABSENT = {"isbn": [], "issn": [], "link": None, "details": {}}


def main() -> None:
    """Measure each in turn, print the figures, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="azora-bench-") as folder:
        file = Path(folder) / "catalogue.mrc"
        write_catalogue(file, given.records)
        words = section(measure(file, given.records, given.rounds), given.records, given.rounds)
    print(words)
    if not given.no_page:
        write_section("importing", words)


def write_catalogue(file: Path, records: int) -> None:
    """So many generated records as MARC 21."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        for record in Catalogue().records(records):
            stream.write(WRITERS["mrc"].write({**ABSENT, **record}, record["key"]))


def measure(file: Path, records: int, rounds: int) -> dict[str, Result]:
    """The medians of each; every round begins with nothing."""
    found: dict[str, list[Result]] = {name: [] for name in SUBJECTS}
    for number in range(rounds):
        for name, run in SUBJECTS.items():
            with tempfile.TemporaryDirectory(prefix="azora-bench-") as folder:
                found[name].append(run(file, Path(folder), records))
            print(f"round {number}: {name} {found[name][-1]}", flush=True)
    return {
        name: {key: statistics.median(one[key] for one in results) for key in results[0]}
        for name, results in found.items()
    }


def azora_first(file: Path, folder: Path, records: int) -> Result:
    """A new campus takes it in: the command from its start to its end."""
    return _import(file, folder / "data", records, "added")


def azora_running(file: Path, folder: Path, records: int) -> Result:
    """A campus that runs takes it in: a process reads while another writes."""
    with closing(CampusProcess(environment={"AZORA_LIBRARY_DEMO": "false"}).start()) as campus:
        return _import(file, campus.data_dir, records, "added")


def azora_again(file: Path, folder: Path, records: int) -> Result:
    """The same campus is given the same file."""
    _import(file, folder / "data", records, "added")
    return _import(file, folder / "data", records, "unchanged")


def bare(file: Path, folder: Path, records: int) -> Result:
    module = [sys.executable, "-m", "benchmarks.marc_peer", str(file), str(folder / "bare.db")]
    return _timed(module, records)[0]


SUBJECTS: dict[str, Callable[[Path, Path, int], Result]] = {
    "azora library import": azora_first,
    "into a campus that runs": azora_running,
    "the same file again": azora_again,
    "pymarc and sqlite3 alone": bare,
}


def section(medians: dict[str, Result], records: int, rounds: int) -> str:
    _, ours, *_, peer = medians.values()
    rate, ratio = ours["per_second"], ours["per_second"] / peer["per_second"]
    lines = [
        f"| {name} | {one['per_second']:,.0f} | {one['processor_s']:.1f} | {one['mb']:,.0f} |"
        for name, one in medians.items()
    ]
    return f"""\
## Importing a catalogue

Written by `python -m benchmarks.importing`: {records:,} generated MARC 21 records into an embedded campus on
SQLite, the whole command with its start; medians of {rounds} rounds in turn, {os.cpu_count()} cores, busy with
other things ×{busyness():.1f}.

| | records/s | processor, s | memory, MB |
|---|---:|---:|---:|
{chr(10).join(lines)}

Promised are {PROMISED:,} records/s: a campus that runs has {"kept it" if rate >= PROMISED else "**not kept it**"}. The first row also makes a new campus,
which takes some two seconds. One core reads the file, in a process of its own, while another stores. That is
{ratio:.2f}× what is left when everything is left out: duplicates known by their key, a report on each record, fields
checked, authors and subjects filed as headings, the vocabulary of spelling, an event for each."""


def _import(file: Path, data: Path, records: int, outcome: str) -> Result:
    command = [str(BIN / "azora"), "library", "import", str(file), "--json"]
    result, said = _timed([*command, "--data", str(data)], records)
    assert json.loads(said)[outcome] == records, said
    return result


def _timed(command: list[str], records: int) -> tuple[Result, str]:
    """Its rate, processor time and largest memory, and what it said."""
    environment = {**os.environ, "AZORA_LIBRARY_DEMO": "false"}
    timed = ["/usr/bin/time", "-f", "%e %U %S %M", *command]
    done = subprocess.run(
        timed, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    wall, user, system, kilobytes = map(float, re.findall(r"[\d.]+", done.stderr.splitlines()[-1]))
    return {
        "per_second": records / wall,
        "processor_s": user + system,
        "mb": kilobytes / 1000,
    }, done.stdout


if __name__ == "__main__":
    main()
