"""A promised wait, simulated message by message with the operator's own code: kept, and without wasting pods."""

import math

import pytest
from benchmarks.policies import PromisedWait
from benchmarks.simulated_queue import WORKERS, Simulation, Trace

from azora_operator.parts import Scaling

WORK = 0.2
PROMISE = Scaling(target_latency="500ms", max=30)


def slow_then_fast(now):
    return 60.0 - 55.0 * math.cos(math.tau * now / 600)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_load_that_comes_and_goes_waits_no_longer_and_takes_no_more_pods_than_it_needs(seed):
    trace = Trace("a day in ten minutes", 600.0, slow_then_fast, lambda _: WORK, 115.0)
    outcome = Simulation(trace, seed, PromisedWait(PROMISE)).run()
    least = sum(WORK * slow_then_fast(second) / WORKERS for second in range(600))
    assert outcome.kept(0.5) >= 0.95
    assert outcome.pod_seconds <= 2.5 * least


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_work_that_takes_longer_than_it_did_gets_more_pods(seed):
    trace = Trace("slower", 400.0, lambda _: 40.0, lambda now: WORK * (3 if now > 150 else 1), 40.0)
    outcome = Simulation(trace, seed, PromisedWait(PROMISE)).run()
    assert outcome.kept(0.5) >= 0.85
    assert outcome.most >= 6
