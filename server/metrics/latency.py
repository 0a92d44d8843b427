"""From a vote to the screens, stage by stage, for one jam on all workers. All of it is in memory: a restart begins anew.

Each worker tells the others what it has counted (`tell`, `hear`), and adds up what they have told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import msgspec

from server.metrics.histogram import Histogram, Packed
from server.metrics.meters import CommandMeter, Meters, TickMeter


@dataclass(frozen=True, slots=True)
class Figures:
    """Quantiles in milliseconds, None where there are no samples."""

    samples: int
    p50: float | None
    p95: float | None
    p99: float | None

    @classmethod
    def of(cls, histogram: Histogram) -> "Figures":
        """The figures of a histogram."""
        return cls(histogram.total, *(histogram.quantile(share) for share in (0.50, 0.95, 0.99)))


@dataclass(frozen=True, slots=True)
class Spans:
    """The last five minutes, and everything since the start."""

    recent: Figures
    whole: Figures

    @classmethod
    def of(cls, times: "Times") -> "Spans":
        """The figures of what was counted."""
        return cls(Figures.of(times.recent), Figures.of(times.whole))


class Times:
    """What several workers have counted of one thing."""

    __slots__ = ("recent", "whole")

    def __init__(self) -> None:
        self.recent = Histogram()
        self.whole = Histogram()


@dataclass(frozen=True, slots=True)
class JamLatency:
    """`own` and `drawn` come from `screens` that report (see `server.metrics.screens`); the others are the server's own:

    * `durable`  from a command to its durable record
    * `waiting`  from the first change that a tick tells until the tick begins
    * `told`     from that change until the tick's last write

    A screen whose reports came to several workers is among the `screens` of each. `clock_error` bounds, in milliseconds, how
    wrong the clocks behind `drawn` were: the p95 of what screens said.
    """

    screens: int
    own: Spans
    drawn: Spans
    clock_error: float | None
    durable: Spans
    waiting: Spans
    told: Spans


STAGES = ("own", "drawn", "error", "durable", "waiting", "told")
TELL_EVERY_S = 10.0


class Counted(msgspec.Struct):
    """What one worker has counted of one jam: by stage the last five minutes, and everything."""

    screens: int
    stages: dict[str, tuple[Packed, Packed]]


class Latency:
    """Takes reports of screens and tells what is known. `commands` and `ticks` find the meters of a jam; `jams` names all."""

    def __init__(
        self,
        meters: Meters,
        commands: Callable[[str], CommandMeter | None],
        ticks: Callable[[str], TickMeter | None],
        clock: Callable[[], float] = monotonic,
        jams: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._meters = meters
        self._commands = commands
        self._ticks = ticks
        self._clock = clock
        self._jams = jams
        self._heard: dict[str, dict[str, Counted]] = {}
        self._told: Mapping[str, bytes] = {}
        self._told_at = float("-inf")

    def report(self, jam_id: str, session_id: str, own: Sequence[int], drawn: Sequence[int], error: int) -> None:
        """Count what a screen of this session measured; raises `ImpossibleReport` and `TooSoon`."""
        self._meters.screens_of(jam_id).report(session_id, own, drawn, error, self._clock())

    def of(self, jam_id: str) -> JamLatency:
        """What is known of a jam."""
        counted = [self._counted(jam_id), *self._heard.get(jam_id, {}).values()]
        times = {stage: Times() for stage in STAGES}
        for one in counted:
            for stage, (recent, whole) in one.stages.items():
                if stage in times:
                    times[stage].recent.add_packed(recent)
                    times[stage].whole.add_packed(whole)
        return JamLatency(
            screens=sum(one.screens for one in counted),
            own=Spans.of(times["own"]),
            drawn=Spans.of(times["drawn"]),
            clock_error=times["error"].recent.quantile(0.95),
            durable=Spans.of(times["durable"]),
            waiting=Spans.of(times["waiting"]),
            told=Spans.of(times["told"]),
        )

    # ---- between workers

    def tell(self) -> Mapping[str, bytes]:
        """What this worker has counted, by jam; looked at anew every `TELL_EVERY_S`."""
        now = self._clock()
        if now - self._told_at >= TELL_EVERY_S:
            found = {jam_id: self._counted(jam_id) for jam_id in self._jams()}
            self._told = {jam_id: msgspec.msgpack.encode(one) for jam_id, one in found.items() if one.stages}
            self._told_at = now
        return self._told

    def hear(self, worker: str, jam_id: str, body: bytes) -> None:
        """What another worker has counted; b"" where it is gone. Raises `ValueError` for what is nothing of the kind."""
        heard = self._heard.setdefault(jam_id, {})
        heard.pop(worker, None)
        if body:
            heard[worker] = msgspec.msgpack.decode(body, type=Counted)
        if not heard:
            del self._heard[jam_id]

    def _counted(self, jam_id: str) -> Counted:
        now, screens = self._clock(), self._meters.screens_of(jam_id)
        commands, ticks = self._commands(jam_id) or CommandMeter(), self._ticks(jam_id) or TickMeter()
        recorded = (screens.own, screens.drawn, screens.error, commands.durable, ticks.waits, ticks.spreads)
        named = zip(STAGES, recorded, strict=True)
        stages = {stage: (times.recent(now).packed(), times.whole.packed()) for stage, times in named if times.whole.total}
        return Counted(screens.count(now), stages)
