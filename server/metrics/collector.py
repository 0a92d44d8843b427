"""What Prometheus reads. Everything is counted elsewhere as plain numbers and made into metrics here, when somebody asks.

No label holds anything that people wrote or that names a person: operations are those of the page (else "other"), jams are
their ids, kinds and codes are the domain's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Protocol

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from server.api.cache import CacheCounters
from server.api.execution import ExecutionCounters
from server.live.metrics import LiveCounters
from server.metrics import families as f
from server.metrics.histogram import Histogram
from server.metrics.meters import CommandMeter, Meters, TickMeter


@dataclass(frozen=True, slots=True)
class JamFigures:
    """One jam on this worker at the moment: `waiting` commands, a `backlog` of ideas without a theme, people `here`."""

    id: str
    seq: int
    waiting: int
    backlog: int
    here: int


@dataclass(frozen=True, slots=True)
class AudienceFigures:
    """Who listens on this worker: groups that share answers, subscriptions that lag in them, subscriptions of their own."""

    groups: int
    lagging: int
    solos: int


class TraceCounters(Protocol):
    """What became of spans; see `server.tracing.exporting`."""

    sent: int
    failed: int
    dropped: int

    @property
    def waiting(self) -> int: ...


class PushCounts(Protocol):
    """What became of pushes; see `server.push.counters`."""

    sent: int
    failed: int
    removed: int
    stale: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the numbers are."""

    meters: Meters
    live: LiveCounters
    execution: ExecutionCounters
    caches: Mapping[str, CacheCounters]
    cache_bytes: Callable[[], int]
    audience: Callable[[], AudienceFigures]
    commands: Callable[[], Iterable[CommandMeter]]
    ticks: Callable[[], Iterable[TickMeter]]
    jams: Callable[[], Iterable[JamFigures]]
    traces: TraceCounters | None = None
    pushes: PushCounts | None = None
    log_failures: Callable[[], int] | None = None


LIVE_NOW = {
    "connections": "Live connections open now.",
    "subscriptions": "Subscriptions open now.",
}
LIVE_TOTALS = {
    "opened": "Live connections opened.",
    "messages_in": "Messages received over live connections.",
    "ticks": "Ticks.",
    "tick_seconds": "Seconds spent in ticks, from their beginning to the last write.",
    "executions": "Selections executed for live updates: one a group a tick.",
    "failed_executions": "Of them, those that failed.",
    "deliveries": "Messages given to subscribers.",
    "bytes_out": "Bytes of these messages, without ids and frame headers.",
    "writes": "Writes to connections: what a connection gets in a tick goes out in one.",
    "skipped": "Subscriptions that were told nothing in a tick, because their reader lags.",
    "stalled": "Connections closed because nothing was read for long.",
    "caught_up": "Subscriptions brought up to date from a number of their own.",
    "told_to_refetch": "Answers that sent their readers to fetch afresh.",
}
PUSH_TOTALS = {
    "sent": "Pushes taken by push services.",
    "failed": "Pushes that a push service did not take; they are tried again.",
    "removed": "Devices removed, because their push service said so or took nothing for days.",
    "stale": "Pushes dropped, because they could not be sent for a day.",
}
LOG_FAILURES = "Lines of the log that standard error did not take: its disk is full, or its reader is gone."
UNPUBLISHED = {"closed", "last_tick_seconds"}
"""Of `LiveCounters`: the one is published by code, the other is what a moment happens to be."""


class HothouseCollector(Collector):
    """Reads `Sources` once a scrape."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """All families of this product."""
        yield from self._requests()
        yield from self._commands()
        yield from self._live()
        yield from self._screens()
        yield from self._jams()
        yield from self._traces()
        yield from self._pushes()
        if self._sources.log_failures is not None:
            yield f.counter("log_write_failures", LOG_FAILURES, self._sources.log_failures())
        lag = self._sources.meters.lag
        yield f.duration("event_loop_lag_seconds", "How much too long a sleep of the event loop was.", lag)

    def _requests(self) -> Iterator[Metric]:
        meter, execution = self._sources.meters.requests, self._sources.execution
        asked = list(meter.operations.items())
        answers = (((label, str(status)), count) for label, one in asked for status, count in one.statuses.items())
        yield f.counters("graphql_answers", "GraphQL answers over HTTP.", ["operation", "status"], answers)
        took = {label: one.durations for label, one in asked}
        yield f.durations("graphql_answer_seconds", "Time to answer over HTTP.", "operation", took)
        yield f.counter("graphql_answer_bytes", "Bytes of bodies answered over HTTP.", meter.bytes)
        found = (
            ((kind, field.name), getattr(cache, field.name))
            for kind, cache in self._sources.caches.items()
            for field in fields(cache)
        )
        yield f.counters("shared_answers", "Answers made for many, by how they were found.", ["kind", "result"], found)
        yield f.gauge("shared_answers_bytes", "Bytes of shared answers kept.", self._sources.cache_bytes())
        ran = (((field.name,), getattr(execution, field.name)) for field in fields(execution))
        yield f.counters("executions", "Operations executed, by way; what was handed over is general too.", ["way"], ran)

    def _commands(self) -> Iterator[Metric]:
        meters = list(self._sources.commands())
        results: Counter[tuple[str, str]] = Counter()
        for meter in meters:
            results.update(meter.results)
        yield f.counters("commands", "Commands by kind and result.", ["kind", "result"], results.items())
        durable, records, sizes = (_summed(map(part, meters)) for part in (_durable, _records, _sizes))
        yield f.duration("command_seconds", "From a command to its durable record, its wait included.", durable)
        yield f.duration("record_append_seconds", "Appending one record to the journal.", records)
        yield f.amount("record_commands", "Commands that shared a record.", sizes)
        lost = sum(meter.lost for meter in meters)
        yield f.counter("record_attempts_lost", "Appends that came to nothing, because another worker was faster.", lost)

    def _live(self) -> Iterator[Metric]:
        live, audience = self._sources.live, self._sources.audience()
        for name, help in LIVE_NOW.items():
            yield f.gauge(f"live_{name}", help, getattr(live, name))
        for name, help in LIVE_TOTALS.items():
            yield f.counter(f"live_{name}", help, getattr(live, name))
        closed = (((str(code),), count) for code, count in live.closed.items())
        yield f.counters("live_closed", "Connections closed by the server, by code.", ["code"], closed)
        yield f.gauge("live_groups", "Groups of subscribers that share their answers.", audience.groups)
        yield f.gauge("live_lagging", "Subscriptions that are behind their group.", audience.lagging)
        yield f.gauge("live_solos", "Subscriptions of one person alone.", audience.solos)
        ticks = list(self._sources.ticks())
        waits, spreads = _summed(tick.waits.whole for tick in ticks), _summed(tick.spreads.whole for tick in ticks)
        yield f.duration("tick_wait_seconds", "From the first change that a tick tells until it begins.", waits)
        yield f.duration("tick_spread_seconds", "From the first change that a tick tells until its last write.", spreads)
        yield f.amount("tick_width", "Subscriptions told by a tick.", _summed(tick.widths for tick in ticks))

    def _screens(self) -> Iterator[Metric]:
        screens = list(self._sources.meters.screens.values())
        own, drawn = _summed(one.own.whole for one in screens), _summed(one.drawn.whole for one in screens)
        yield f.duration(
            "vote_to_own_screen_seconds",
            "From a tap to its effect through the live connection on the same screen, by that device's clock.",
            own,
            f.COARSE_MS,
        )
        yield f.duration(
            "commit_to_screen_seconds",
            "From the durable record to a screen, by the screen's estimate of the server's clock.",
            drawn,
            f.COARSE_MS,
        )

    def _traces(self) -> Iterator[Metric]:
        """Nothing where tracing is off."""
        traces = self._sources.traces
        if traces is not None:
            became = (((name,), getattr(traces, name)) for name in ("sent", "failed", "dropped"))
            yield f.counters("trace_spans", "Spans of traces, by what became of them.", ["result"], became)
            yield f.gauge("trace_spans_waiting", "Spans that wait to be sent to the collector.", traces.waiting)

    def _pushes(self) -> Iterator[Metric]:
        counts = self._sources.pushes
        for name, help in PUSH_TOTALS.items() if counts is not None else ():
            yield f.counter(f"pushes_{name}", help, getattr(counts, name))
        if counts is not None:
            yield f.gauge("pushes_waiting", "Pushes that wait, as this worker last saw the store.", counts.waiting)

    def _jams(self) -> Iterator[Metric]:
        jams = list(self._sources.jams())
        for name, help in (
            ("seq", "Number of the last event of the jam's journal."),
            ("waiting", "Commands that wait for a record."),
            ("backlog", "Ideas that wait for a theme."),
            ("here", "Different people with a live connection to this worker."),
        ):
            yield f.gauges(f"jam_{name}", help, ["jam"], (((jam.id,), getattr(jam, name)) for jam in jams))


def registry_of(sources: Sources, more: Iterable[Collector] = ()) -> CollectorRegistry:
    """A registry with our families, those that other parts have besides, and those of the process and of Python."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in (HothouseCollector(sources), *more):
        registry.register(collector)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def _durable(meter: CommandMeter) -> Histogram:
    return meter.durable.whole


def _records(meter: CommandMeter) -> Histogram:
    return meter.records


def _sizes(meter: CommandMeter) -> Histogram:
    return meter.sizes


def _summed(histograms: Iterable[Histogram]) -> Histogram:
    total = Histogram()
    for histogram in histograms:
        total.add(histogram)
    return total
