"""What is measured, each as processes of its own that wait, idle, for their turn."""

import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from azora.testing.servers import free_port
from benchmarks.load import IN_FLIGHT
from benchmarks.plugins import TOKEN

ROOT = Path(__file__).parent.parent
ITEM = "/api/bench/items/7?title=commons"
STARTS_WITHIN = 20.0
Result = dict[str, float]


class Program:
    """A module of this folder, running; it says one line of JSON for each line that it is told."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", f"benchmarks.{module}", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()

    def order(self, seconds: float) -> Result:
        self.ask(seconds)
        return self.answer()

    def ask(self, number: float) -> None:
        """Give an order whose answer is taken later."""
        assert self._process.stdin
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def answer(self) -> Result:
        return self._hear()

    def processor_seconds(self) -> float:
        """What all threads of the process and its children have used so far."""
        return _processor_seconds(self._process.pid)

    def close(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def _hear(self) -> Result:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)  # type: ignore[no-any-return]
        raise RuntimeError(f"{self._process.args} ended")


class Subject:
    """Something that can be measured for some seconds."""

    def __init__(self, *programs: Program) -> None:
        self._programs = programs

    def measure(self, seconds: float) -> Result:
        return self._programs[-1].order(seconds)

    def processor_seconds(self) -> float:
        """What its processes have used so far."""
        return sum(program.processor_seconds() for program in self._programs)

    def close(self) -> None:
        for program in reversed(self._programs):
            program.close()


class WebSubject(Subject):
    """An address that wrk loads."""

    def __init__(self, program: Program, url: str, headers: Sequence[str] = ()) -> None:
        super().__init__(program)
        self._url = url
        self._headers = [piece for header in headers for piece in ("-H", header)]
        self._check()

    def measure(self, seconds: float) -> Result:
        wrk = ["wrk", "-t1", f"-c{IN_FLIGHT}", f"-d{max(1, round(seconds))}s", "--latency"]
        command = [*wrk, *self._headers, self._url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"{self._url}: {said}")
        rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
        done = re.search(r"(\d+) requests in", said)
        assert rate and done
        return {
            "requests": int(done[1]),
            "per_second": float(rate[1]),
            "p50_ms": _milliseconds(said, 50),
            "p99_ms": _milliseconds(said, 99),
        }

    def _check(self) -> None:
        headers = dict(header.split(": ", 1) for header in self._headers[1::2])
        request = urllib.request.Request(self._url, headers=headers)
        until = time.monotonic() + STARTS_WITHIN
        while True:
            with contextlib.suppress(ConnectionRefusedError, urllib.error.URLError):
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert "title" in json.load(answer)
                    return
            if time.monotonic() > until:
                raise RuntimeError(f"{self._url} does not answer")
            time.sleep(0.1)


def _processor_seconds(process: int) -> float:
    used = 0.0
    for task in Path(f"/proc/{process}/task").iterdir():
        used += int((task / "schedstat").read_text().split()[0]) / 1e9
        used += sum(map(_processor_seconds, map(int, (task / "children").read_text().split())))
    return used


def _milliseconds(said: str, share: int) -> float:
    found = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)\b", said)
    assert found
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def stock_rpc(broker: str, _data: str) -> Subject:
    return Subject(Program("nameko_peer", "serve", broker), Program("nameko_peer", "drive", broker))


def stock_http(_broker: str, _data: str) -> Subject:
    address = f"127.0.0.1:{free_port()}"
    return WebSubject(Program("nameko_peer", "web", address), f"http://{address}/item")


def azora_local(_broker: str, data: str) -> Subject:
    return Subject(Program("azora_campus", "local", data))


def azora_rpc(broker: str, data: str) -> Subject:
    server = Program("azora_campus", "serve", data, broker)
    return Subject(server, Program("azora_campus", "drive", data, broker))


def azora_http(_broker: str, data: str) -> Subject:
    address = f"127.0.0.1:{free_port()}"
    return WebSubject(
        Program("azora_campus", "web", data, address),
        f"http://{address}{ITEM}",
        [f"Authorization: Bearer {TOKEN}"],
    )


def azora_events(_broker: str, data: str) -> Subject:
    return Subject(Program("azora_campus", "events", data))


SUBJECTS = {
    "stock RPC": stock_rpc,
    "azora call": azora_local,
    "azora RPC": azora_rpc,
    "stock HTTP": stock_http,
    "azora HTTP": azora_http,
    "azora events": azora_events,
}
