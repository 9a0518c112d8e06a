"""A small JSON over HTTP, beside its peers, in time and in processor time.

`python -m benchmarks.serving [--rounds 7] [--seconds 3] [--no-page]`
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from azora.testing.servers import free_port
from benchmarks.run import busyness
from benchmarks.sections import write_section
from benchmarks.subjects import ITEM, Program, Result, Subject, WebSubject, azora_http, stock_http

PROMISED = 3.0
STOCK, AZORA, UVICORN, GRANIAN = (
    "stock Nameko",
    "azora, everything on",
    "FastAPI on uvicorn",
    "FastAPI on Granian",
)
CONSTANT = "/constant"
FEATURES = """\
On for Azora: path, query and reply validated, API token, signed actor, permission, rate limit, ETag, security headers,
RFC 9457, deadline, slot, header and time limits, metrics, traces (10 %). FastAPI validates path, query and reply, and
does nothing else; where it answers a constant, not even that. One worker each, uvicorn with uvloop and httptools. Stock
Nameko writes a constant, too."""

PROFILE = """\
Old code and new in turn on the same machine, medians of 8 rounds of 1 s each, a request took 128 µs of processor time
on the morning of 24 November 2026, and 84 µs after it. Samples of the serving process (py-spy, under the same load):

| share of the time | before | after |
|---|---:|---:|
| sockets and polling | 59 % | 41 % |
| gateway: context, actor, limits, route, headers, metrics, traces | 9 % | 17 % |
| connection and parser | 7 % | 14 % |
| the operation: worker, deadline, slot, method | 8 % | 13 % |
| validation, JSON and ETag | 10 % | 9 % |
| Eventlet's switching and timers | 6 % | 6 % |

Gone are, for each request, three system calls (the hub was told of the client and made to forget it, and the client was
asked before it could have said anything: `kernel/azora/http/peer.py`), two timers (`peer.py`, `kernel/azora/deadlines.py`),
and looking for what the operation knows beforehand. What dominates now is one receive, one send and a share of a poll;
the rest is spread over some sixty short functions, of which none takes 4 %."""


def fastapi(server: str, path: str, _broker: str, _data: str) -> Subject:
    address = f"127.0.0.1:{free_port()}"
    return WebSubject(Program("asgi_peer", server, address), f"http://{address}{path}")


SUBJECTS: dict[str, Callable[[str, str], Subject]] = {
    STOCK: stock_http,
    AZORA: azora_http,
    UVICORN: partial(fastapi, "uvicorn", ITEM),
    GRANIAN: partial(fastapi, "granian", ITEM),
    f"{UVICORN}, a constant": partial(fastapi, "uvicorn", CONSTANT),
    f"{GRANIAN}, a constant": partial(fastapi, "granian", CONSTANT),
}


def main() -> None:
    """Measure in turn, print the table and put it on the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each subject and round")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    busy: list[float] = []
    text = section(measure(given.rounds, given.seconds, busy), given.rounds, given.seconds, busy)
    print(text)
    if not given.no_page:
        write_section("serving", text)


def measure(rounds: int, seconds: float, busy: list[float]) -> dict[str, Result]:
    """The median of each figure; the first round warms up and does not count."""
    found: dict[str, list[Result]] = {name: [] for name in SUBJECTS}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="azora-bench-")))
        subjects = {}
        for number, (name, make) in enumerate(SUBJECTS.items()):
            subjects[name] = make("", str(folder / str(number)))
            stack.callback(subjects[name].close)
        for number in range(rounds + 1):
            busy.append(busyness())
            for name, subject in subjects.items():
                found[name].append(_measured(subject, seconds if number else 1.0))
                shown = {key: round(value, 1) for key, value in found[name][-1].items()}
                print(f"round {number}, busy ×{busy[-1]:.1f}: {name} {shown}", flush=True)
    return {
        name: {key: statistics.median(one[key] for one in results[1:]) for key in results[0]}
        for name, results in found.items()
    }


def _measured(subject: Subject, seconds: float) -> Result:
    """The result with the processor time of the serving process for each request."""
    before = subject.processor_seconds()
    result = subject.measure(seconds)
    used = subject.processor_seconds() - before
    return {**result, "processor_us": used / result["requests"] * 1e6}


def section(medians: dict[str, Result], rounds: int, seconds: float, busy: list[float]) -> str:
    return f"""\
## A small JSON over HTTP

Written by `python -m benchmarks.serving`: `wrk -c64`, medians of {rounds} rounds of {seconds:g} s each, one subject after the
other in every round; {os.cpu_count()} cores that also ran wrk, busy with other things ×{min(busy):.1f} to ×{max(busy):.1f}. Processor
time is that of the serving process, in microseconds for each request.

{table(medians)}

{FEATURES}

{judged(medians)}

{PROFILE}
"""


def table(medians: dict[str, Result]) -> str:
    stock = medians[STOCK]
    rows = [
        f"| {name} | {one['per_second']:,.0f} | {one['per_second'] / stock['per_second']:.2f}× "
        f"| {one['p50_ms']:.1f} | {one['processor_us']:.0f} | {stock['processor_us'] / one['processor_us']:.2f}× |"
        for name, one in medians.items()
    ]
    head = "| | requests/s | | p50 of 64 at once, ms | processor time, µs | |"
    return "\n".join([head, "|---|---:|---:|---:|---:|---:|", *rows])


def judged(medians: dict[str, Result]) -> str:
    """What was promised: by processor time, which what else runs here moves least, and by the clock."""
    ours = medians[AZORA]

    def against(name: str) -> str:
        worked = medians[name]["processor_us"] / ours["processor_us"]
        clock = ours["per_second"] / medians[name]["per_second"]
        return f"{worked:.2f} by processor time and {clock:.2f} by the clock"

    def kept(name: str, bound: float) -> str:
        ratio = medians[name]["processor_us"] / ours["processor_us"]
        return "kept" if ratio >= bound else "**missed**"

    return f"""\
Promised are {PROMISED:g} times stock Nameko: {against(STOCK)}, {kept(STOCK, PROMISED)}. And more than FastAPI on
uvicorn: {against(UVICORN)}, {kept(UVICORN, 1)}. Aimed at is Granian, whose
threads take a second core: {against(GRANIAN)}."""


if __name__ == "__main__":
    main()
