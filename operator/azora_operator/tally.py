"""What a canary's pods have counted of their calls, from the metrics of each; pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

_CALLS = "azora_operation_calls_total"
_FAULTS = "azora_operation_faults_total"
_BUCKET = "azora_operation_duration_seconds_bucket"
QUANTILE = 0.95


@dataclass(frozen=True)
class Tally:
    """Calls, how many failed by the plugin's own fault, and how long most took, in seconds."""

    calls: int = 0
    faults: int = 0
    latency: float = 0.0


def tally_of(texts: Iterable[str]) -> Tally:
    """All pods together, each in Prometheus' text format. Raises ValueError where one is none."""
    counts: Counter[str] = Counter()
    buckets: Counter[float] = Counter()
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                counts[sample.name] += sample.value  # type: ignore[assignment]
                if sample.name == _BUCKET:
                    buckets[float(sample.labels["le"])] += sample.value  # type: ignore[assignment]
    return Tally(int(counts[_CALLS]), int(counts[_FAULTS]), _quantile(sorted(buckets.items())))


def _quantile(buckets: list[tuple[float, int]]) -> float:
    """Within how many seconds most calls were done, as Prometheus reckons it from a histogram."""
    wanted = QUANTILE * buckets[-1][1] if buckets else 0.0
    below, done = 0.0, 0
    for bound, count in buckets:
        if count >= wanted and count > done:
            return (
                below
                if bound == float("inf")
                else below + (bound - below) * (wanted - done) / (count - done)
            )
        below, done = bound, count
    return 0.0
