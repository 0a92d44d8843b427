"""What operators are shown on the page, for Prometheus: so that an alert and the page never disagree."""

from collections.abc import Callable, Iterator

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from server.metrics import families as f
from server.metrics.vitals import Alarm, Vitals

RANKS = {Alarm.FINE: 0, Alarm.WATCH: 1, Alarm.ACT: 2}


class VitalsCollector(Collector):
    """This worker's own vitals; None until it has looked for the first time."""

    def __init__(self, mine: Callable[[], Vitals | None]) -> None:
        self._mine = mine

    def collect(self) -> Iterator[Metric]:
        """The figures that could be had, and what to think of each."""
        vitals = self._mine()
        told = [] if vitals is None else [(figure, vitals.value(figure), vitals.alarm(figure)) for figure in vitals.figures]
        known = (((figure.value,), value) for figure, value, _ in told if value is not None)
        yield f.gauges("operations_figure", "What the operators' page shows, in its units.", ["figure"], known)
        alarms = (((figure.value,), RANKS[alarm]) for figure, _, alarm in told)
        yield f.gauges("operations_alarm", "What to think of it: 0 fine, 1 watch, 2 act now.", ["figure"], alarms)
