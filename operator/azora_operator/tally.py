"""What a canary's pods have counted of their calls, as each tells at /canaryz; pure."""

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

QUANTILE = 0.95


@dataclass(frozen=True)
class Tally:
    """Calls, how many failed by the plugin's own fault, and within how many seconds most were done."""

    calls: int = 0
    faults: int = 0
    latency: float = 0.0


def tally_of(pods: Iterable[str | bytes]) -> Tally:
    """All pods together. Raises ValueError, KeyError or TypeError where one tells something else."""
    faults, durations = 0, Counter[float]()
    for told in map(json.loads, pods):
        faults += int(told["faults"])
        for bound, calls in told["durations"]:
            durations[math.inf if bound is None else float(bound)] += int(calls)
    return Tally(durations.total(), faults, _quantile(sorted(durations.items())))


def _quantile(durations: list[tuple[float, int]]) -> float:
    """As Prometheus reckons it from a histogram: evenly between two bounds, and the last one for what is beyond."""
    wanted, below = QUANTILE * sum(calls for _, calls in durations), 0.0
    for bound, calls in durations:
        if calls and calls >= wanted:
            return below if math.isinf(bound) else below + (bound - below) * wanted / calls
        wanted, below = wanted - calls, bound
    return 0.0
