"""The metrics of the whole installation in Prometheus's text format.

Imported when metrics are asked for first: `prometheus_client` takes some memory that most processes need not spend.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)
from prometheus_client.registry import Collector

from taskforge.admin.figures.stores import StoreFigures
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS
from taskforge.messaging.shared_metrics import ProcessReport
from taskforge.metrics import catalogue
from taskforge.metrics.catalogue import BUCKETS, MICROSECONDS, Metric
from taskforge.metrics.counting import Key

STORES = (POSTGRESQL, MONGODB, REDIS)
Values = Mapping[tuple[str, ...], float]


def write_text(counts: Mapping[Key, int], figures: StoreFigures) -> bytes:
    """The text with all counters and gauges."""
    registry = CollectorRegistry()
    registry.register(_Metrics(counts, figures))
    return generate_latest(registry)


class _Metrics(Collector):
    def __init__(self, counts: Mapping[Key, int], figures: StoreFigures) -> None:
        self._counts, self._figures = counts, figures

    def collect(self) -> Iterable[Family]:
        """Everything; called by the library."""
        for metric in catalogue.COUNTERS:
            yield _counter(metric, self._counts)
        yield _histogram(catalogue.REQUEST_SECONDS, self._counts)
        values = gauge_values(self._figures)
        for metric in catalogue.GAUGES:
            if metric in values:
                yield _gauge(metric, values[metric])


def gauge_values(figures: StoreFigures) -> dict[Metric, Values]:
    """The values of each gauge by its labels; those of a store that is away are left out."""
    found: dict[Metric, Values] = {
        catalogue.STORE_UP: {(store,): float(store in figures.up) for store in STORES},
        catalogue.STORE_BYTES: {(store,): float(used) for store, used in figures.used.items()},
        catalogue.STORE_LIMIT_BYTES: {
            (store,): float(limit) for store, limit in figures.limits.items()
        },
    }
    if POSTGRESQL in figures.up:
        found |= {
            catalogue.OUTBOX_PENDING: {(): figures.outbox_pending},
            catalogue.OUTBOX_PARKED: {(): figures.outbox_parked},
            catalogue.OUTBOX_AGE: {(): figures.outbox_age},
            catalogue.SEAL_LAG: {(): figures.seal_lag},
            catalogue.DELIVERY_LAG: {(): figures.delivery_lag},
        }
    if REDIS in figures.up:
        lengths = figures.queues.items()
        found |= {
            catalogue.QUEUE_LENGTH: {(name,): length for name, (length, _age) in lengths},
            catalogue.QUEUE_AGE: {(name,): age for name, (_length, age) in lengths},
            **_of_processes(figures.reports),
        }
    return found


def _of_processes(reports: Iterable[ProcessReport]) -> dict[Metric, Values]:
    of: dict[Metric, Callable[[ProcessReport], float]] = {
        catalogue.PROCESSES: lambda _report: 1,
        catalogue.MEMORY_RSS: lambda report: report.rss,
        catalogue.MEMORY_PSS: lambda report: report.pss,
        catalogue.STREAMS: lambda report: report.open_streams,
        catalogue.POOL_IN_USE: lambda report: report.pool_in_use,
        catalogue.POOL_SIZE: lambda report: report.pool_size,
    }
    sums: dict[Metric, dict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
    for report in reports:
        for metric, value_of in of.items():
            sums[metric][report.role,] += value_of(report)
        for store in STORES:
            sums[catalogue.BREAKER_OPEN][report.role, store] += store in report.breakers
    return dict(sums)


def _counter(metric: Metric, counts: Mapping[Key, int]) -> Family:
    family = CounterMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    scale = MICROSECONDS if metric.in_microseconds else 1
    for labels, value in _of(metric, counts):
        if len(labels) == len(metric.labels):
            family.add_metric(labels, value / scale)
    return family


def _histogram(metric: Metric, counts: Mapping[Key, int]) -> Family:
    family = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    by_route: dict[str, dict[str, int]] = defaultdict(dict)
    for (route, part), value in _of(metric, counts):
        by_route[route][part] = value
    ends = [*map(str, BUCKETS), "+Inf"]
    for route, parts in sorted(by_route.items()):
        buckets, total = [], 0
        for number, end in enumerate(ends):
            total += parts.get(str(number), 0)
            buckets.append((end, float(total)))
        seconds = parts.get(catalogue.SUM, 0) / MICROSECONDS
        family.add_metric([route], buckets, sum_value=seconds)
    return family


def _gauge(metric: Metric, values: Values) -> Family:
    family = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in sorted(values.items()):
        family.add_metric(labels, value)
    return family


def _of(metric: Metric, counts: Mapping[Key, int]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The counts of a metric by its labels."""
    for key in sorted(counts):
        if key[0] == metric.name:
            yield key[1:], counts[key]
