"""What memory twenty heavy plugins hold as processes: what they share counts once (PSS)."""

import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.subjects import ROOT, Result

PLUGINS = 20
PATIENCE = 180.0


def forked(data: str, broker: str) -> Result:
    """Imported once, frozen and forked: the supervisor, the front and a process for each plugin."""
    return _measure([["forked", data, broker]])


def alone(data: str, broker: str) -> Result:
    """The same plugins, each in an interpreter that it started itself."""
    return _measure([["alone", data, broker, str(number)] for number in range(PLUGINS)])


def _measure(starts: list[list[str]]) -> Result:
    began = time.perf_counter()
    with ExitStack() as stack:
        started = [_started(stack, arguments) for arguments in starts]
        for process in started:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{process.args} does not become ready")
        ready = time.perf_counter() - began
        return {"mb": sum(map(_tree, started)), "ready_s": ready}


def _started(stack: ExitStack, arguments: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.heavy_campus", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    stack.callback(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tree(process: "subprocess.Popen[str]") -> float:
    """Megabytes of a process and its children."""
    task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return sum(map(_share, [process.pid, *map(int, task.read_text().split())]))


def _share(pid: int) -> float:
    """A process's proportional share of memory: a page that four hold counts a quarter for each."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    assert found
    return int(found[1]) / 1000
