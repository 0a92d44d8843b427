"""From a vote to the screens, stage by stage, for one jam on this worker. All of it is in memory: a restart begins anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from server.metrics.histogram import Histogram, Recent
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
    def of(cls, times: Recent, now: float) -> "Spans":
        """What is known at `now`, in seconds of the clock that `times` were recorded with."""
        return cls(Figures.of(times.recent(now)), Figures.of(times.whole))


@dataclass(frozen=True, slots=True)
class JamLatency:
    """`own` and `drawn` come from `screens` that report (see `server.metrics.screens`); the others are the server's own:

    * `durable`  from a command to its durable record
    * `waiting`  from the first change that a tick tells until the tick begins
    * `told`     from that change until the tick's last write

    `clock_error` bounds, in milliseconds, how wrong the clocks behind `drawn` were: the p95 of what screens said.
    """

    screens: int
    own: Spans
    drawn: Spans
    clock_error: float | None
    durable: Spans
    waiting: Spans
    told: Spans


class Latency:
    """Takes reports of screens and tells what is known. `commands` and `ticks` find the meters of a jam."""

    def __init__(
        self,
        meters: Meters,
        commands: Callable[[str], CommandMeter | None],
        ticks: Callable[[str], TickMeter | None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._meters = meters
        self._commands = commands
        self._ticks = ticks
        self._clock = clock

    def report(self, jam_id: str, session_id: str, own: Sequence[int], drawn: Sequence[int], error: int) -> None:
        """Count what a screen of this session measured; raises `ImpossibleReport` and `TooSoon`."""
        self._meters.screens_of(jam_id).report(session_id, own, drawn, error, self._clock())

    def of(self, jam_id: str) -> JamLatency:
        """What is known of a jam."""
        now = self._clock()
        screens = self._meters.screens_of(jam_id)
        commands, ticks = self._commands(jam_id) or CommandMeter(), self._ticks(jam_id) or TickMeter()
        return JamLatency(
            screens=screens.count(now),
            own=Spans.of(screens.own, now),
            drawn=Spans.of(screens.drawn, now),
            clock_error=screens.error.recent(now).quantile(0.95),
            durable=Spans.of(commands.durable, now),
            waiting=Spans.of(ticks.waits, now),
            told=Spans.of(ticks.spreads, now),
        )
