"""How long a campus takes to be ready and to stop, and what memory it holds."""

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from azora.testing.servers import free_port
from benchmarks.subjects import ROOT, Result

PATIENCE = 60.0


def start_everything(data: str) -> Result:
    """`azora up` with every installed plugin."""
    azora = str(Path(sys.executable).with_name("azora"))
    port = free_port()
    return _start([azora, "up", "--data", data, "--port", str(port)], port)


def start_trivial(data: str) -> Result:
    """The same with twenty plugins that do next to nothing."""
    port = free_port()
    module = [sys.executable, "-W", "ignore", "-m", "benchmarks.trivial_campus"]
    return _start([*module, data, str(port)], port)


def _start(command: list[str], port: int) -> Result:
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"{command} does not become ready")
            time.sleep(0.01)
        ready = time.perf_counter() - began
        memory = _megabytes(process.pid)
        stopping = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        return {"ready_s": ready, "mb": memory, "stop_s": time.perf_counter() - stopping}
    finally:
        process.kill()
        process.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _megabytes(pid: int) -> float:
    """Resident memory, with what it shares with others."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert found
    return int(found[1]) / 1000
