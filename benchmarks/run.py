"""Measures in rounds, each subject in turn, and writes docs/benchmarks.md with the ratios.

`python -m benchmarks [--rounds 5] [--seconds 3] [--no-page]`
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from azora.testing.rabbitmq import RabbitMQ
from benchmarks import memory
from benchmarks.report import page, table
from benchmarks.sections import with_sections
from benchmarks.starting import start_everything, start_trivial
from benchmarks.subjects import ROOT, SUBJECTS, Result, Subject

PAGE = ROOT / "docs" / "benchmarks.md"
STARTS = {"azora up, all plugins": start_everything, "twenty trivial plugins": start_trivial}
MEMORY = {"heavy plugins, forked": memory.forked, "heavy plugins, each alone": memory.alone}
MEMORY_ROUNDS = 3


def main() -> None:
    """Measure, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each subject and round")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    busy = [busyness()]
    medians = measure(given.rounds, given.seconds)
    busy.append(busyness())
    machine = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}, "
        f"busy with other things ×{max(busy):.1f}"
    )
    print(f"{machine}\n\n{table(medians)}")
    if not given.no_page:
        text = page(medians, machine, given.rounds, given.seconds)
        PAGE.write_text(with_sections(text), "utf-8")
        print(f"\nwritten to {PAGE.relative_to(ROOT)}")


def busyness() -> float:
    """By how much others slow this machine: 1 where a second of work takes a second."""
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < 0.5:
        pass
    return (time.perf_counter() - began) / 0.5


def measure(rounds: int, seconds: float) -> dict[str, Result]:
    """The median of each figure of each subject; the first round warms up and does not count."""
    found: dict[str, list[Result]] = {name: [] for name in (*SUBJECTS, *STARTS)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="azora-bench-")))
        _measure_subjects(stack, folder, rounds, seconds, found)
    with tempfile.TemporaryDirectory(prefix="azora-bench-") as started:
        for number in range(rounds + 1):
            for name, start in STARTS.items():
                print(f"round {number}: {name}", flush=True)
                found[name].append(start(str(Path(started) / start.__name__)))
    medians = {name: _median(results[1:]) for name, results in found.items()}
    return medians | _measure_memory(min(rounds, MEMORY_ROUNDS))


def _measure_memory(rounds: int) -> dict[str, Result]:
    """The memory of heavy plugins as processes; it hardly differs from round to round."""
    found: dict[str, list[Result]] = {name: [] for name in MEMORY}
    with ExitStack() as stack:
        broker = RabbitMQ().start()
        stack.callback(broker.close)
        for number in range(rounds):
            for name, start in MEMORY.items():
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="azora-bench-"))
                found[name].append(start(folder, broker.new_vhost()))
                print(f"round {number}: {name} {found[name][-1]['mb']:,.0f} MB", flush=True)
    return {name: _median(results) for name, results in found.items()}


def _measure_subjects(
    stack: ExitStack, folder: Path, rounds: int, seconds: float, found: dict[str, list[Result]]
) -> None:
    broker = RabbitMQ().start()
    stack.callback(broker.close)
    subjects: dict[str, Subject] = {}
    for name, make in SUBJECTS.items():
        print(f"starting {name}", flush=True)
        subjects[name] = make(broker.new_vhost(), str(folder / name.replace(" ", "-")))
        stack.callback(subjects[name].close)
    for number in range(rounds + 1):
        for name, subject in subjects.items():
            result = subject.measure(seconds if number else 1.0)
            print(f"round {number}: {name} {result['per_second']:,.0f}/s", flush=True)
            found[name].append(result)


def _median(results: list[Result]) -> Result:
    return {key: statistics.median(one[key] for one in results) for key in results[0]}
