"""Is a promised wait kept, and with how many pods: the operator's policy against KEDA's, simulated.

`python -m benchmarks.promising [--seeds 5]`. The load, the work and their chances are the same for each.
"""

import argparse
import math
import statistics
from collections.abc import Callable

from azora_operator.durations import span
from azora_operator.parts import Scaling
from benchmarks.policies import Keda, PromisedWait
from benchmarks.sections import write_section
from benchmarks.simulated_queue import START, WORKERS, Outcome, Policy, Simulation, Trace

WORK = 0.2
"""Seconds that a message takes on average."""
EACH = WORKERS / WORK
"""Messages that a pod can do in a second."""
PROMISE = "500ms"
MOST = 30
TRACES = (
    Trace(
        *("a lecture begins", 900.0),
        rate=lambda now: 200.0 if 120 <= now < 420 else 20.0,
        work=lambda _: WORK,
        busiest=200.0,
    ),
    Trace(
        *("a day in twenty minutes", 1200.0),
        rate=lambda now: 100.0 - 95.0 * math.cos(math.tau * now / 1200),
        work=lambda _: WORK,
        busiest=195.0,
    ),
    Trace(
        *("twenty seconds of much, again and again", 900.0),
        rate=lambda now: 150.0 if now % 150 >= 130 else 5.0,
        work=lambda _: WORK,
        busiest=150.0,
    ),
    Trace(
        *("each message takes three times as long for a while", 900.0),
        rate=lambda _: 60.0,
        work=lambda now: WORK * (3 if 300 <= now < 600 else 1),
        busiest=60.0,
    ),
)
POLICIES: dict[str, Callable[[], Policy]] = {
    "Azora, `targetLatency: 500ms`": lambda: PromisedWait(
        Scaling(target_latency=PROMISE, max=MOST)
    ),
    "Azora, the same, `stabilization: 5m`": lambda: PromisedWait(
        Scaling(target_latency=PROMISE, max=MOST, stabilization="5m")
    ),
    "KEDA, queue length 20": lambda: Keda(MOST, length=20),
    "KEDA, queue length 10": lambda: Keda(MOST, length=EACH * span(PROMISE)),
    "KEDA, 14 messages a second": lambda: Keda(MOST, rate=0.7 * EACH),
    "KEDA, both": lambda: Keda(MOST, length=EACH * span(PROMISE), rate=0.7 * EACH),
    "KEDA, both, down after 60 s": lambda: Keda(
        MOST, length=EACH * span(PROMISE), rate=0.7 * EACH, stabilization=60.0
    ),
}
Results = dict[str, dict[str, list[Outcome]]]


def main() -> None:
    """Simulate, print the figures, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    text = section(simulate(range(1, given.seeds + 1)), given.seeds)
    print(text)
    if not given.no_page:
        write_section("promising", text)


def simulate(seeds: range) -> Results:
    """What became of every trace under every policy, once for each seed."""
    return {
        trace.name: {
            name: [Simulation(trace, seed, policy()).run() for seed in seeds]
            for name, policy in POLICIES.items()
        }
        for trace in TRACES
    }


def section(results: Results, seeds: int) -> str:
    """The part of the page that tells of it."""
    tables = "\n\n".join(
        f"**{name.capitalize()}**\n\n{_table(each)}" for name, each in results.items()
    )
    return f"""\
## A promised wait against KEDA's triggers

Simulated message by message, with the same messages for every policy, means of {seeds} seeds
(`python -m benchmarks.promising`). A message takes {WORK * 1000:.0f} ms on average, a pod has {WORKERS} in hand, and
so does {EACH:.0f} a second; it starts in {START:.0f} s; there are 1 to {MOST}. RabbitMQ renews its numbers every five
seconds, for all alike. Azora's policy is the code that the operator runs. KEDA's triggers are those of its RabbitMQ
scaler behind a HorizontalPodAutoscaler with its defaults. A rate of 14 is 70 % of what a pod can do and a length of
10 what it does in the promised half second: numbers that somebody had to measure, and must measure again when the work
changes. Azora was told the promise alone.

{tables}
"""


def _table(found: dict[str, list[Outcome]]) -> str:
    head = "| | waited ≤ 500 ms | p95, s | p99, s | pod-seconds | most pods |\n|---|---:|---:|---:|---:|---:|"
    return "\n".join([head, *(f"| {name} | {_row(runs)} |" for name, runs in found.items())])


def _row(runs: list[Outcome]) -> str:
    promise = span(PROMISE)
    kept = statistics.mean(run.kept(promise) for run in runs)
    p95, p99 = (statistics.mean(run.wait(share) for run in runs) for share in (0.95, 0.99))
    used = statistics.mean(run.pod_seconds for run in runs)
    most = max(run.most for run in runs)
    return f"{kept:.1%} | {p95:.1f} | {p99:.1f} | {used:,.0f} | {most}"


if __name__ == "__main__":
    main()
