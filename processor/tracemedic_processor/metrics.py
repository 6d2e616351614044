"""What tracemedic counts about itself: one table of names, plain integers on the hot path, read by whoever asks.

OpenTelemetry's and Prometheus' counters cost 1 to 5 microseconds an increment, an addition in a dict 0.2; requests
of ten spans move six of them. Both are fed from here when they collect.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal, Protocol, get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

CounterName = Literal[
    "received_requests",  # requests accepted, by signal
    "received_bytes",  # their bytes after decompression, by signal
    "refused_requests",  # requests refused, by signal and reason (malformed, overloaded)
    "errors_detected",  # occurrences found, by carrier (event, log, status)
    "capture_failures",  # occurrences whose texts were withheld because capturing them failed
    "pipeline_failures",  # requests that went on with all exception texts withheld because the pipeline failed
    "duplicate_requests",  # deliveries of a request that is already in the spool; acknowledged, not kept again
    "spool_commits",  # synced commits of the spool
    "exported_requests",  # requests taken over by an exporter's far side, by exporter
    "exported_bytes",  # their bytes, by exporter
    "export_retries",  # attempts that failed for a while, by exporter
    "export_rejected_items",  # spans, records or points the far side dropped with a partial success, by exporter
    "export_set_aside",  # requests the far side will never take, kept aside with their bytes, by exporter
    "export_expired",  # requests too old for the far side (Logfire's 24 hours), dropped, by exporter
    "recorded_events",  # error events new in the database
    "record_failures",  # attempts to record that failed, by kind (unavailable, poison)
    "pattern_changes",  # thresholds crossed, by kind (created, escalated, alert)
    "changes_dispatched",  # changes of patterns whose jobs were put into their queues
    "jobs_taken_over",  # jobs of workers that died, given to living ones
    "late_spans_sent",  # `error_diagnosed` spans sent into traces
]
"""Every counter; exposed as `tracemedic_<name>_total`."""

GaugeName = Literal[
    "spool_bytes",  # bytes in the spool that wait for somebody; what is kept as recent does not count
    "spool_items",  # requests in the spool not yet done with by everybody, by consumer
    "spool_oldest_seconds",  # age of the oldest of them, by consumer
    "patterns_known",  # patterns in memory for enrichment
    "kpi",  # the key figures of the last 24 hours and their targets, by figure; one without data is not told
]
"""Every gauge; exposed as `tracemedic_<name>`."""

COUNTERS: Final[tuple[CounterName, ...]] = get_args(CounterName)
Labels = tuple[tuple[str, str], ...]
Reading = Mapping[Labels, float]


class Metrics:
    """Counters of this process, and gauges that are asked when somebody collects."""

    def __init__(self) -> None:
        self._counters: dict[tuple[CounterName, Labels], float] = defaultdict(float)
        self._gauges: dict[GaugeName, Callable[[], Reading]] = {}

    def add(self, name: CounterName, amount: float = 1, *, labels: Labels = ()) -> None:
        """Count `amount` more."""
        self._counters[name, labels] += amount

    def observe(self, name: GaugeName, read: Callable[[], Reading]) -> None:
        """Ask `read` for the gauge's values whenever somebody collects."""
        self._gauges[name] = read

    def value(self, name: CounterName, **labels: str) -> float:
        """The sum of a counter over all label sets that contain `labels`."""
        wanted = set(labels.items())
        return sum(
            amount for (each, have), amount in tuple(self._counters.items()) if each == name and wanted <= set(have)
        )

    def counters(self) -> dict[tuple[CounterName, Labels], float]:
        """A copy of all counters."""
        return dict(self._counters)

    def gauges(self) -> Iterator[tuple[GaugeName, Reading]]:
        """All gauges, read now."""
        for name, read in self._gauges.items():
            yield name, read()


class Readable(Protocol):
    """What can be collected: the metrics of this process, or those of several."""

    def counters(self) -> Mapping[tuple[CounterName, Labels], float]:
        """All counters."""
        ...

    def gauges(self) -> Iterable[tuple[GaugeName, Reading]]:
        """All gauges, read now."""
        ...


class Joined:
    """The metrics of several as one: counters added up, gauges side by side."""

    def __init__(self, *parts: Readable) -> None:
        self._parts = parts

    def counters(self) -> Mapping[tuple[CounterName, Labels], float]:
        """The sums of all."""
        totals: dict[tuple[CounterName, Labels], float] = defaultdict(float)
        for part in self._parts:
            for key, amount in part.counters().items():
                totals[key] += amount
        return totals

    def gauges(self) -> Iterator[tuple[GaugeName, Reading]]:
        """Those of all; where two have the same labels the later one is told."""
        merged: dict[GaugeName, dict[Labels, float]] = {}
        for part in self._parts:
            for name, reading in part.gauges():
                merged.setdefault(name, {}).update(reading)
        yield from merged.items()


class PrometheusCollector:
    """Hands metrics to `prometheus_client`."""

    def __init__(self, metrics: Readable) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Everything as Prometheus metric families."""
        by_name: dict[str, dict[Labels, float]] = {name: {} for name in COUNTERS}
        for (name, labels), amount in self._metrics.counters().items():
            by_name[name][labels] = amount
        for name, readings in by_name.items():
            yield _family(CounterMetricFamily, f"tracemedic_{name}", readings or {(): 0.0})
        for name, reading in self._metrics.gauges():
            yield _family(GaugeMetricFamily, f"tracemedic_{name}", reading)


def _family(
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily], name: str, readings: Reading
) -> CounterMetricFamily | GaugeMetricFamily:
    keys = sorted({key for labels in readings for key, _ in labels})
    family = kind(name, name.removeprefix("tracemedic_").replace("_", " "), labels=keys)
    for labels, amount in readings.items():
        values = dict(labels)
        family.add_metric([values.get(key, "") for key in keys], amount)
    return family
