"""Calls between two processes, beside their peers, in time and in processor time.

`python -m benchmarks.calling [--rounds 7] [--seconds 3] [--no-page]`
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from azora.testing.rabbitmq import RabbitMQ
from azora.testing.servers import free_port
from benchmarks.run import busyness
from benchmarks.sections import write_section
from benchmarks.subjects import Program, Result, Subject, azora_rpc, stock_rpc

NOTES = """\
On for Azora: validation on both sides, signed actor, permission, deadline on both sides, slot, retry and breaker,
metrics, traces (10 %), heartbeats, one connection for each process, acknowledged requests. Bare is the kernel's wire and
server round an echo. Stock Nameko has ten workers, as it comes; py-amqp by hand acknowledges nothing, runs nothing
beside its loop, and does one thing after the other; grpc.aio talks straight to its peer.

On 23 November 2026 py-amqp carried every frame, and it was 3.4 times stock Nameko. Samples of both sides (py-spy, under
the same load; a call took half as many after as before):

| share of both sides' time | before | after |
|---|---:|---:|
| sockets and polling | 50 % | 39 % |
| py-amqp, then our frames | 16 % | 8 % |
| the operation: context, checks, validation, metrics, traces | 12 % | 19 % |
| Eventlet's switching and timers | 11 % | 10 % |
| what is between: wire, server, the rest of Python | 11 % | 23 % |

Gone are three system calls for each frame that is read, one for each message that is written, py-amqp's packing
field by field, a timer for each reply, and a read of the system's random numbers for each call
(docs/decisions/0017-frames-of-our-own-for-messages-alone.md). What dominates now is what a call is about, and a few
system calls for a whole burst of them; the broker needs about as much processor time as caller or callee."""


def bare(broker: str, _data: str) -> Subject:
    return Subject(Program("bare_wire", "serve", broker), Program("bare_wire", "drive", broker))


def raw(broker: str, _data: str) -> Subject:
    return Subject(Program("raw_peer", "serve", broker), Program("raw_peer", "drive", broker))


def grpc(_broker: str, _data: str) -> Subject:
    at = f"127.0.0.1:{free_port()}"
    return Subject(Program("grpc_peer", "serve", at), Program("grpc_peer", "drive", at))


SUBJECTS: dict[str, Callable[[str, str], Subject]] = {
    "stock Nameko": stock_rpc,
    "azora, everything on": azora_rpc,
    "azora, bare transport": bare,
    "py-amqp by hand": raw,
    "grpc.aio, no broker": grpc,
}


def main() -> None:
    """Measure in turn, print the table and put it on the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each subject and round")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    busy = busyness()
    medians = measure(given.rounds, given.seconds)
    busy = max(busy, busyness())
    text = f"""\
## Calls between processes

Written by `python -m benchmarks.calling`: medians of {given.rounds} rounds of {given.seconds:g} s each, one subject after the
other in every round; {os.cpu_count()} cores that also ran the broker, busy with other things ×{busy:.1f}. The load is that of
the table above. Calls for each second of processor time count caller and callee together, not the broker.

{table(medians)}

{NOTES}
"""
    print(text)
    if not given.no_page:
        write_section("calling", text)


def measure(rounds: int, seconds: float) -> dict[str, Result]:
    """The median of each figure; the first round warms up and does not count."""
    found: dict[str, list[Result]] = {name: [] for name in SUBJECTS}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="azora-bench-")))
        broker = RabbitMQ().start()
        stack.callback(broker.close)
        subjects: dict[str, Subject] = {}
        for number, (name, make) in enumerate(SUBJECTS.items()):
            subjects[name] = make(broker.new_vhost(), str(folder / str(number)))
            stack.callback(subjects[name].close)
        for number in range(rounds + 1):
            for name, subject in subjects.items():
                result = _measured(subject, seconds if number else 1.0)
                print(f"round {number}: {name} {result['per_second']:,.0f}/s", flush=True)
                found[name].append(result)
    return {
        name: {key: statistics.median(one[key] for one in results[1:]) for key in results[0]}
        for name, results in found.items()
    }


def _measured(subject: Subject, seconds: float) -> Result:
    """The result with the calls for each second of processor time."""
    before = subject.processor_seconds()
    result = subject.measure(seconds)
    calls = result["per_second"] * seconds * 2 / 3 + seconds / 3 * 1000 / result["p50_ms"]
    return {**result, "per_processor": calls / (subject.processor_seconds() - before)}


def table(medians: dict[str, Result]) -> str:
    stock = medians["stock Nameko"]
    rows = [
        f"| {name} | {one['per_second']:,.0f} | {one['per_second'] / stock['per_second']:.1f}× "
        f"| {one['p50_ms']:.2f} | {one['p50_ms'] / stock['p50_ms']:.2f}× "
        f"| {one['per_processor']:,.0f} | {one['per_processor'] / stock['per_processor']:.1f}× |"
        for name, one in medians.items()
    ]
    head = "| | calls/s, 64 at once | | p50 alone, ms | | calls per processor second | |"
    return "\n".join([head, "|---|---:|---:|---:|---:|---:|---:|", *rows])


if __name__ == "__main__":
    main()
