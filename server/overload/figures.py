"""What Prometheus reads of a worker's pressure and queues."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from server.metrics import families as f
from server.overload.control import Overload
from server.overload.levels import Shed
from server.overload.pressure import Readings
from server.overload.queues import Queue
from server.overload.room import Room


class OverloadCollector(Collector):
    """Reads everything once a scrape."""

    def __init__(self, overload: Overload, room: Room, queues: Sequence[Queue]) -> None:
        self._overload = overload
        self._room = room
        self._queues = queues

    def collect(self) -> Iterator[Metric]:
        """Level, readings, what was shed, the gate of writes, the waiting room, and every queue."""
        overload, gate = self._overload, self._overload.gate
        help = "How pressed the worker is: 0 calm, 1 busy, 2 strained, 3 heavy, 4 full."
        yield f.gauge("overload_level", help, overload.level)
        readings = (((field.name,), getattr(overload.readings, field.name)) for field in fields(Readings))
        help = "What the level follows: ms, commands, and shares of the most there may be."
        yield f.gauges("overload_reading", help, ["reading"], readings)
        shed = (((str(what),), overload.shed[what]) for what in Shed)
        yield f.counters("overload_refused", "Requests refused because there was too much to do, by kind.", ["what"], shed)
        yield f.gauge("writes_in_hand", "Writes that came in and are not answered yet.", gate.in_hand)
        yield f.gauge("writes_in_hand_most", "How many writes may be in hand: as many as are done in time.", gate.most)
        yield f.gauge("waiting_room", "People in the waiting room of this worker.", self._room.waiting)
        yield f.counter("waiting_room_let_in", "People let in from the waiting room.", self._room.let_in)
        lengths = (((queue.name,), queue.length()) for queue in self._queues)
        yield f.gauges("queue_length", "How many wait in each queue.", ["queue"], lengths)
        bounds = (((queue.name,), queue.most) for queue in self._queues if queue.most is not None)
        yield f.gauges("queue_most", "How many may wait in each queue that has a bound of its own.", ["queue"], bounds)
