"""The numbers of all processes added up, in the text that Prometheus reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from telemetry.metric_files import MetricFile
from telemetry.metrics import PLACES, model_of
from telemetry.series import TABLE, WORKERS, Kind, Series


def exposition(files: Iterable[MetricFile]) -> bytes:
    """Counters of all processes, the gauges of those that live. Content type: prometheus_client's own."""
    registry = CollectorRegistry()
    registry.register(_Sums(list(files)))
    return generate_latest(registry)


class _Sums(Collector):
    def __init__(self, files: Sequence[MetricFile]) -> None:
        self._files = files

    def collect(self) -> Iterator[Metric]:
        for item in TABLE:
            yield self._family(item)
        models = Counter(model_of(file.cells) for file in self._files if file.alive)
        workers = GaugeMetricFamily(WORKERS.name, WORKERS.help, labels=["model"])
        models.pop("", None)  # a process that serves no requests, as the worker of new accounts
        for model, count in sorted(models.items()):
            workers.add_metric([model], count)
        yield workers

    def _family(self, item: Series) -> Metric:
        family = _FAMILIES[item.kind](item.name, item.help, labels=list(item.labels))
        counted = [file.cells for file in self._files if file.alive or item.kind is not Kind.GAUGE]
        for labels in item.label_values():
            start = PLACES[item.name, labels]
            sums = [sum(cells[start + offset] for cells in counted) for offset in range(item.width())]
            if isinstance(family, HistogramMetricFamily):
                family.add_metric(list(labels), _buckets(item, sums), sums[-1] / 1e6)
            else:
                family.add_metric(list(labels), sums[0])
        return family


_FAMILIES: dict[Kind, type[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]] = {
    Kind.COUNTER: CounterMetricFamily,
    Kind.GAUGE: GaugeMetricFamily,
    Kind.HISTOGRAM: HistogramMetricFamily,
}


def _buckets(item: Series, sums: Sequence[int]) -> list[tuple[str, float]]:
    """Each upper bound in seconds with the number of values up to it."""
    bounds = [str(bound / 1e6) for bound in item.buckets_us] + ["+Inf"]
    running = 0
    buckets = []
    for bound, count in zip(bounds, sums, strict=False):
        running += count
        buckets.append((bound, float(running)))
    return buckets
