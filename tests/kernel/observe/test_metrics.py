"""Metrics: rate, errors and duration as Prometheus reads them, bounded in number and cheap."""

import subprocess
import timeit
from collections.abc import Iterable
from functools import partial

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from azora.observe.metrics import MAX_NAMES, MAX_OUTCOMES, OTHER, Metrics
from azora.testing.parts import executable


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def samples(metrics: Metrics) -> list[Sample]:
    families = text_string_to_metric_families(metrics.render().decode())
    return [sample for family in families for sample in family.samples]


def value(found: Iterable[Sample], name: str, **labels: str) -> float:
    (one,) = [one for one in found if one.name == name and labels.items() <= one.labels.items()]
    return one.value


def test_calls_are_counted_by_outcome(metrics: Metrics) -> None:
    for outcome in ("ok", "ok", "library.resource_not_found"):
        metrics.observe("operation", "library.get", outcome, 0.004)
    found = samples(metrics)
    name = "azora_operation_calls_total"
    assert value(found, name, operation="library.get", outcome="ok") == 2
    assert value(found, name, outcome="library.resource_not_found") == 1


@pytest.mark.parametrize(
    ("kind", "prefix", "label"),
    [("operation", "azora_operation", "operation"), ("route", "azora_http_request", "route"),
     ("event", "azora_event", "handler")],
)  # fmt: skip
def test_durations_are_a_histogram(metrics: Metrics, kind: str, prefix: str, label: str) -> None:
    for seconds in (0.0005, 0.004, 0.004, 99.0):
        metrics.observe(kind, "x", "ok", seconds)  # type: ignore[arg-type]
    found, name = samples(metrics), f"{prefix}_duration_seconds"
    assert value(found, f"{name}_bucket", **{label: "x"}, le="0.0005") == 1
    assert value(found, f"{name}_bucket", le="0.005") == 3
    assert value(found, f"{name}_bucket", le="+Inf") == 4
    assert value(found, f"{name}_count") == 4
    assert value(found, f"{name}_sum") == pytest.approx(99.0085)


def test_names_are_bounded(metrics: Metrics) -> None:
    for number in range(MAX_NAMES + 10):
        metrics.observe("route", f"GET /{number}", "ok", 0.001)
    found = samples(metrics)
    assert value(found, "azora_http_requests_total", route=OTHER) == 10


def test_outcomes_are_bounded(metrics: Metrics) -> None:
    for number in range(MAX_OUTCOMES + 10):
        metrics.observe("operation", "library.get", f"code_{number}", 0.001)
    found = samples(metrics)
    assert value(found, "azora_operation_calls_total", outcome=OTHER) == 10


def test_gauges_are_read_when_they_are_asked_for(metrics: Metrics) -> None:
    waiting = {"library": 3.0}
    metrics.gauge("outbox_events", "Events not yet sent", lambda: waiting)
    metrics.gauge("inflight", "Calls in progress", lambda: 2)
    waiting["library"] = 5.0
    found = samples(metrics)
    assert value(found, "azora_outbox_events", plugin="library") == 5
    assert value(found, "azora_inflight") == 2


def test_a_gauge_that_fails_costs_only_itself(metrics: Metrics) -> None:
    def fail() -> float:
        raise OSError("the database is away")

    metrics.gauge("outbox_events", "Events not yet sent", fail)
    metrics.gauge("inflight", "Calls in progress", lambda: 2)
    names = {one.name for one in samples(metrics)}
    assert "azora_inflight" in names and "azora_outbox_events" not in names


def test_counters_are_shared_by_name(metrics: Metrics) -> None:
    metrics.counter("events_published", "Events sent", "plugin").add(2, "library")
    metrics.counter("events_published", "Events sent", "plugin").add(1, "library")
    metrics.counter("reconnects", "Connections made anew").add()
    found = samples(metrics)
    assert value(found, "azora_events_published_total", plugin="library") == 3
    assert value(found, "azora_reconnects_total") == 1


def test_the_process_tells_of_itself(metrics: Metrics) -> None:
    found = samples(metrics)
    assert value(found, "process_resident_memory_bytes") > 1e6
    assert value(found, "azora_build_info") == 1


def test_labels_are_escaped(metrics: Metrics) -> None:
    name = 'GET /"quoted"\\\n/é'
    metrics.observe("route", name, "ok", 0.001)
    assert value(samples(metrics), "azora_http_requests_total", route=name) == 1


def test_promtool_finds_nothing_to_complain_about(metrics: Metrics) -> None:
    promtool = executable("promtool")
    for kind in ("operation", "route", "event"):
        metrics.observe(kind, "x", "ok", 0.001)  # type: ignore[arg-type]
    metrics.gauge("outbox_events", "Events not yet sent", lambda: {"library": 1})
    metrics.counter("reconnects", "Connections made anew").add()
    said = subprocess.run(
        [promtool, "check", "metrics"], input=metrics.render(), capture_output=True
    )
    assert (said.returncode, said.stderr) == (0, b"")


def test_an_observation_is_cheap(metrics: Metrics) -> None:
    count = partial(metrics.observe, "operation", "library.search", "ok", 0.003)
    assert min(timeit.repeat(count, number=500, repeat=40)) / 500 < 2e-6
