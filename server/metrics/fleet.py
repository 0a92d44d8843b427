"""The metrics of all workers of a machine in one answer, each sample with the place of its worker.

A scrape reaches one worker of several behind a socket, and which one is chance: a counter that is another worker's at each look
is none. So whoever is asked asks the others.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from server.metrics.families import PREFIX

QUESTION = "metrics"
LABEL = "worker"

AskOthers = Callable[[], Awaitable[Mapping[int, bytes | None]]]
"""What the other workers of this machine answer, by place; None for one that does not."""


class Family(msgspec.Struct, array_like=True):
    """A metric of one worker: each sample has a name, labels and a value."""

    name: str
    help: str
    kind: str
    samples: list[tuple[str, dict[str, str], float]]


class Fleet:
    """The metrics of this worker, at `place`, and of those that `others` brings."""

    def __init__(self, registry: CollectorRegistry, place: int, others: AskOthers) -> None:
        self._registry = registry
        self._place = place
        self._others = others

    async def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        told = {self._place: self._own(), **await self._of_others()}
        whole = CollectorRegistry(auto_describe=False)
        whole.register(_Merged(told))
        return generate_latest(whole)

    async def answer(self, question: bytes) -> bytes:
        """This worker's own, for another one that was asked."""
        return msgspec.msgpack.encode(self._own())

    def _own(self) -> list[Family]:
        return [_family(metric) for metric in self._registry.collect()]

    async def _of_others(self) -> dict[int, list[Family] | None]:
        return {place: _unpacked(body) for place, body in (await self._others()).items() if place != self._place}


class _Merged(Collector):
    """Families of several workers, each family once; None stands for a worker that did not answer."""

    def __init__(self, told: Mapping[int, list[Family] | None]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        """All families, and which of the workers answered."""
        merged: dict[str, Metric] = {}
        for place, families in sorted(self._told.items()):
            for family in families or ():
                metric = merged.get(family.name)
                if metric is None:
                    metric = merged[family.name] = Metric(family.name, family.help, family.kind)
                metric.samples.extend(_labelled(family, str(place)))
        yield from merged.values()
        answered = GaugeMetricFamily(PREFIX + "worker_up", "Whether the worker answered this scrape.", labels=[LABEL])
        for place, families in sorted(self._told.items()):
            answered.add_metric([str(place)], 0.0 if families is None else 1.0)
        yield answered


def _labelled(family: Family, place: str) -> Iterable[Sample]:
    return (Sample(name, {**labels, LABEL: place}, value) for name, labels, value in family.samples)


def _family(metric: Metric) -> Family:
    samples = [(sample.name, dict(sample.labels), float(sample.value)) for sample in metric.samples]
    return Family(metric.name, metric.documentation, metric.type, samples)


def _unpacked(body: bytes | None) -> list[Family] | None:
    try:
        return None if body is None else msgspec.msgpack.decode(body, type=list[Family])
    except msgspec.MsgspecError:
        # Another version of the program, while workers are replaced one by one.
        return None
