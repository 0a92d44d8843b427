"""Prometheus metric families out of our plain numbers. Names and units follow https://prometheus.io/docs/practices/naming."""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from server.metrics.histogram import Histogram

PREFIX = "hothouse_"
FINE_MS = tuple(2.0**exponent for exponent in range(-3, 13))
"""0.125 ms to 4 s: what the server does."""
COARSE_MS = tuple(2.0**exponent for exponent in range(3, 17))
"""8 ms to a minute: what people wait for."""
COUNTS = tuple(2.0**exponent for exponent in range(16))

Labels = tuple[str, ...]


def counter(name: str, help: str, value: float) -> Metric:
    """A total since the start."""
    return CounterMetricFamily(PREFIX + name, help, value=value)


def counters(name: str, help: str, labels: Sequence[str], values: Iterable[tuple[Labels, float]]) -> Metric:
    """Totals by label."""
    family = CounterMetricFamily(PREFIX + name, help, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family


def gauge(name: str, help: str, value: float) -> Metric:
    """Something that is so many now."""
    return GaugeMetricFamily(PREFIX + name, help, value=value)


def gauges(name: str, help: str, labels: Sequence[str], values: Iterable[tuple[Labels, float]]) -> Metric:
    """The same by label."""
    family = GaugeMetricFamily(PREFIX + name, help, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family


def durations(name: str, help: str, label: str, values: Mapping[str, Histogram], bounds: Sequence[float] = FINE_MS) -> Metric:
    """Histograms of milliseconds by one label, published in seconds. `bounds` are powers of two: so counts are exact."""
    family = HistogramMetricFamily(PREFIX + name, help, labels=[label])
    for value, histogram in values.items():
        family.add_metric([value], *_published(histogram, bounds, 1_000))
    return family


def duration(name: str, help: str, histogram: Histogram, bounds: Sequence[float] = FINE_MS) -> Metric:
    """One histogram of milliseconds, published in seconds."""
    buckets, total = _published(histogram, bounds, 1_000)
    return HistogramMetricFamily(PREFIX + name, help, buckets=buckets, sum_value=total)


def amount(name: str, help: str, histogram: Histogram) -> Metric:
    """One histogram of counts."""
    buckets, total = _published(histogram, COUNTS, 1)
    return HistogramMetricFamily(PREFIX + name, help, buckets=buckets, sum_value=total)


def _published(histogram: Histogram, bounds: Sequence[float], scale: float) -> tuple[list[tuple[str, float]], float]:
    below = zip(bounds, histogram.below(bounds), strict=True)
    buckets = [(f"{bound / scale:g}", float(count)) for bound, count in below]
    return [*buckets, ("+Inf", float(histogram.total))], histogram.sum / scale
