"""Rate, errors and duration of every operation, route and event handler, in Prometheus' text format.

Plain integers: a process has one thread that counts, so nothing locks (0.2 µs for an observation).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from azora.observe.logs import get_logger

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Kind = Literal["operation", "route", "event"]
Reading = float | Mapping[str, float]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
)
MAX_NAMES = 2000
"""Names of one kind that are told apart; later ones are counted as `other`."""
MAX_OUTCOMES = 50
OTHER = "other"

_FAMILIES: dict[Kind, tuple[str, str, str, str]] = {
    "operation": ("azora_operation_calls", "azora_operation", "operation", "Calls of operations"),
    "route": ("azora_http_requests", "azora_http_request", "route", "HTTP requests"),
    "event": (
        "azora_event_deliveries",
        "azora_event",
        "handler",
        "Deliveries of events to handlers",
    ),
}


class Series:
    """The counts of one operation, route or handler."""

    __slots__ = ("buckets", "outcomes", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.outcomes: dict[str, int] = {}


class Counter:
    """A count that only grows, told apart by one label where it has one."""

    __slots__ = ("label", "name", "summary", "values")

    def __init__(self, name: str, summary: str, label: str | None) -> None:
        self.name, self.summary, self.label = name, summary, label
        self.values: dict[str, float] = {} if label else {"": 0}

    def add(self, amount: float = 1, value: str = "") -> None:
        if value not in self.values and len(self.values) >= MAX_NAMES:
            value = OTHER
        self.values[value] = self.values.get(value, 0) + amount


class Metrics:
    """Everything that one process counts."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, Series]] = {kind: {} for kind in _FAMILIES}
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, tuple[str, str, Callable[[], Reading]]] = {}

    def observe(self, kind: Kind, name: str, outcome: str, seconds: float) -> None:
        """Count one call; `outcome` is `ok` or the code of the error."""
        series = self._series[kind].get(name)
        if series is None:
            series = self._admit(kind, name)
        series.buckets[bisect_left(BOUNDS, seconds)] += 1
        series.seconds += seconds
        outcomes = series.outcomes
        if outcome in outcomes:
            outcomes[outcome] += 1
        else:
            known = outcome if len(outcomes) < MAX_OUTCOMES else OTHER
            outcomes[known] = outcomes.get(known, 0) + 1

    def durations(self, kind: Kind) -> list[tuple[float | None, int]]:
        """How many calls of a kind took up to each bound and longer than the last; None is for ever."""
        columns = zip(*(series.buckets for series in self._series[kind].values()), strict=True)
        counts = [sum(column) for column in columns] or [0] * (len(BOUNDS) + 1)
        return list(zip((*BOUNDS, None), counts, strict=True))

    def total(self, name: str) -> float:
        """What a counter has come to; nothing where it has never been needed."""
        counter = self._counters.get(name)
        return sum(counter.values.values()) if counter else 0

    def counter(self, name: str, summary: str, label: str | None = None) -> Counter:
        """A counter `azora_<name>_total`; the same one for the same name."""
        return self._counters.setdefault(name, Counter(name, summary, label))

    def gauge(
        self, name: str, summary: str, read: Callable[[], Reading], label: str = "plugin"
    ) -> None:
        """A gauge `azora_<name>` that is read when it is asked for: a number, or one per `label`."""
        self._gauges[name] = (summary, label, read)

    def render(self) -> bytes:
        """All of it as Prometheus reads it."""
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)  # type: ignore[arg-type]
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    def collect(self) -> Iterator["Metric"]:
        """Prometheus' own protocol for custom collectors."""
        for kind, series in self._series.items():
            if series:
                yield from _red(_FAMILIES[kind], series)  # type: ignore[index]
        yield from self._collect_counters()
        yield from self._collect_gauges()

    def _admit(self, kind: Kind, name: str) -> Series:
        known = self._series[kind]
        return known.setdefault(name if len(known) < MAX_NAMES else OTHER, Series())

    def _collect_counters(self) -> Iterator["Metric"]:
        from prometheus_client.core import CounterMetricFamily

        for counter in self._counters.values():
            labels = [counter.label] if counter.label else []
            family = CounterMetricFamily(f"azora_{counter.name}", counter.summary, labels=labels)
            for value, amount in counter.values.items():
                family.add_metric([value] if labels else [], amount)
            yield family

    def _collect_gauges(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        from azora import __version__

        build = GaugeMetricFamily("azora_build_info", "The running version", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        for name, (summary, label, read) in self._gauges.items():
            try:
                reading = read()
            except Exception:  # noqa: BLE001 – what one plugin cannot count must not hide the rest
                get_logger("kernel").exception("gauge_failed", gauge=name)
                continue
            many = isinstance(reading, Mapping)
            family = GaugeMetricFamily(f"azora_{name}", summary, labels=[label] if many else [])
            for value, amount in _readings(reading):
                family.add_metric([value] if many else [], amount)
            yield family


def _readings(reading: Reading) -> list[tuple[str, float]]:
    return list(reading.items()) if isinstance(reading, Mapping) else [("", reading)]


def _red(family: tuple[str, str, str, str], every: dict[str, Series]) -> Iterator["Metric"]:
    """A counter by outcome and a histogram of seconds."""
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    counter, prefix, label, summary = family
    counts = CounterMetricFamily(counter, f"{summary} by outcome", labels=[label, "outcome"])
    times = HistogramMetricFamily(
        f"{prefix}_duration_seconds", f"{summary}: how long they took", labels=[label]
    )
    for name, series in every.items():
        for outcome, count in series.outcomes.items():
            counts.add_metric([name, outcome], count)
        times.add_metric([name], buckets=_cumulative(series.buckets), sum_value=series.seconds)
    yield counts
    yield times


def _cumulative(counts: list[int]) -> list[Any]:
    total = 0
    buckets = []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
