"""Traces by OpenTelemetry: which requests are traced, and their spans."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as ApiSpan

from server.tracing.current import Attributes, Span, Value
from server.tracing.exporting import AT_THE_END_MS, EVERY_MS, Bounded, ExportCounters
from server.tracing.ticks import Ticks, Told
from server.tracing.traceparent import Place, place_in

TRACE_BITS = (1 << 64) - 1
"""The part of a trace id by which it is picked, as OpenTelemetry's TraceIdRatioBased does."""

TellOthers = Callable[[str, int, Place], None]
"""Takes the jam of a record that is traced, the number at which it ends, and its commit's place."""


def _nobody(jam_id: str, seq: int, commit: Place) -> None:
    return


class OtelSpan:
    """One span. Its parent, if it has one, is of the same trace."""

    __slots__ = ("_is_over", "_tracing", "span")

    def __init__(self, tracing: "OtelTracing", span: ApiSpan) -> None:
        self._tracing = tracing
        self.span = span
        self._is_over = False

    @property
    def trace_id(self) -> str:
        return f"{self.span.get_span_context().trace_id:032x}"

    def child(self, name: str, attributes: Attributes | None = None) -> "OtelSpan":
        return self._tracing.begin(name, self.span, SpanKind.INTERNAL, attributes)

    def link(self, other: Span) -> None:
        assert isinstance(other, OtelSpan), "there is one way of tracing at a time"
        self.span.add_link(other.span.get_span_context())

    def rename(self, name: str) -> None:
        self.span.update_name(name)

    def note(self, name: str, value: Value) -> None:
        self.span.set_attribute(name, value)

    def fail(self, code: str) -> None:
        self.span.set_attribute("error.type", code)
        self.span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.span.end()

    def will_be_told(self, stream: str, seq: int) -> None:
        self._tracing.committed(stream.rpartition(":")[2], seq, self.span.get_span_context())


class OtelTracing:
    """`ratio` of all requests are traced, 0 to 1. `close` it at the end: what waits is given a moment.

    `tell_others` is called for each record that is traced: whoever can tell other workers sets it.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        counters: ExportCounters,
        ratio: float,
        service: str,
        worker: int,
        every_ms: float = EVERY_MS,
    ) -> None:
        self.counters = counters
        self._bound = round(ratio * (TRACE_BITS + 1))
        limits = SpanLimits(max_attributes=16, max_events=0, max_links=128, max_attribute_length=128)
        self._provider = TracerProvider(ALWAYS_ON, _resource(service, worker), shutdown_on_exit=False, span_limits=limits)
        self._provider.add_span_processor(Bounded(exporter, counters, every_ms))
        self._tracer = self._provider.get_tracer("hothouse")
        self._ticks = Ticks()
        self.tell_others: TellOthers = _nobody

    def picks(self, traceparent: bytes | None) -> bool:
        """By the caller's trace id where there is one, else by chance. The caller's own flag is not followed: whoever sets it
        would have us trace all they ask.
        """
        place = None if traceparent is None else place_in(traceparent)
        lot = random.getrandbits(64) if place is None else place.trace_id & TRACE_BITS
        return lot < self._bound

    def request(self, name: str, traceparent: bytes | None, attributes: Attributes) -> OtelSpan:
        return self.begin(name, _remote(place_in(traceparent)), SpanKind.SERVER, attributes)

    def tick(self, jam_id: str, seq: int) -> "OtelTick":
        """Below the first commit that it tells, so that one vote's trace reaches its screens, and linked with all of them."""
        told, commits = self._ticks.begin(jam_id, seq, time.time_ns())
        return OtelTick(self, jam_id, told, self.tick_span(jam_id, told, commits) if commits else None)

    async def close(self) -> None:
        """Returns after two seconds at most, whatever the collector does."""
        ending = threading.Thread(target=self._provider.shutdown, name="the last traces", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, AT_THE_END_MS / 1_000)

    # ---- for spans
    def begin(self, name: str, parent: ApiSpan | None, kind: SpanKind, attributes: Attributes | None) -> OtelSpan:
        """A span that begins now."""
        context = None if parent is None else set_span_in_context(parent)
        return OtelSpan(self, self._tracer.start_span(name, context, kind, dict(attributes or {})))

    def tick_span(self, jam_id: str, told: Told, commits: Sequence[SpanContext]) -> ApiSpan:
        """The span of a tick that tells these, from when it began."""
        parent, links = set_span_in_context(NonRecordingSpan(commits[0])), [Link(commit) for commit in commits]
        attributes = {"hothouse.jam": jam_id}
        return self._tracer.start_span("tick", parent, attributes=attributes, links=links, start_time=told.begun)

    def committed(self, jam_id: str, seq: int, commit: SpanContext) -> None:
        """A record of the jam was written, which ends at `seq`, and will be told by ticks, here and on other workers."""
        self._ticks.committed(jam_id, seq, commit)
        self.tell_others(jam_id, seq, Place(commit.trace_id, commit.span_id))

    def heard(self, jam_id: str, seq: int, place: Place) -> None:
        """Another worker wrote a record that is traced."""
        commit = _context(place)
        told = self._ticks.committed(jam_id, seq, commit)
        if told is not None:
            self.tick_span(jam_id, told, [commit]).end(told.ended)


class OtelTick:
    """A tick; `span` is there where it tells something that was traced when it began."""

    __slots__ = ("_jam_id", "_told", "_tracing", "span")

    def __init__(self, tracing: OtelTracing, jam_id: str, told: Told, span: ApiSpan | None) -> None:
        self._tracing = tracing
        self._jam_id = jam_id
        self._told = told
        self.span = span

    def fail(self, code: str) -> None:
        if self.span is not None:
            self.span.set_attribute("error.type", code)
            self.span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        told = self._told
        told.ended = time.time_ns()
        if self.span is not None:
            self.span.end(told.ended)
        if told.late:
            self._tracing.tick_span(self._jam_id, told, told.late).end(told.ended)


def _remote(place: Place | None) -> ApiSpan | None:
    return None if place is None else NonRecordingSpan(_context(place))


def _context(place: Place) -> SpanContext:
    return SpanContext(place.trace_id, place.span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _resource(service: str, worker: int) -> Resource:
    """Who we are: the service, its version, and which worker this is. No name of the machine or of anybody on it."""
    try:
        ours = version("hothouse")
    except PackageNotFoundError:
        ours = "unknown"
    return Resource({"service.name": service, "service.version": ours, "service.instance.id": f"worker {worker}"})
