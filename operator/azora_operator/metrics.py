"""What the operator counts, for Prometheus; docs/guides/cluster.md says what each is good for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

RECONCILES = Counter(
    "azora_operator_reconciles", "Looks at a resource, by how they ended.", ["kind", "result"]
)
DURATION = Histogram(
    "azora_operator_reconcile_seconds",
    "How long a look at a resource took, with what it wrote.",
    ["kind"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
)
WRITES = Counter(
    "azora_operator_writes",
    "Requests to the Kubernetes API that may change something.",
    ["resource", "method"],
)
REFUSALS = Counter(
    "azora_operator_refusals",
    "Answers of the Kubernetes API that are errors, by their status.",
    ["method", "status"],
)
QUEUE = Gauge("azora_operator_queue_depth", "Resources that wait to be looked at.")
FAILING = Gauge(
    "azora_operator_failing", "Resources whose last look failed, and that wait to be tried again."
)
LEADING = Gauge("azora_operator_leading", "1 in the replica that is at work.")
WATCH_AGE = Gauge(
    "azora_operator_watch_age_seconds",
    "How long ago the watch of a kind was last heard of.",
    ["kind"],
)
MISSED = Counter(
    "azora_operator_missed", "Changes that a list has shown and no watch had told of.", ["kind"]
)


@contextmanager
def counted(kind: str) -> Iterator[None]:
    """Count a look at a resource of this kind, and how long it takes."""
    began, result = time.perf_counter(), "failed"
    try:
        yield
        result = "done"
    finally:
        RECONCILES.labels(kind, result).inc()
        DURATION.labels(kind).observe(time.perf_counter() - began)
