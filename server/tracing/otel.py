"""Traces by OpenTelemetry: which requests are traced, and their spans."""

import asyncio
import random
import threading
import time
from collections import deque
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
from server.tracing.traceparent import Place, place_in

TRACE_BITS = (1 << 64) - 1
"""The part of a trace id by which it is picked, as OpenTelemetry's TraceIdRatioBased does."""

MOST_TOLD = 64
"""Commits of a jam that wait for their tick; where more are traced between two ticks, the first are not linked."""

STALE_S = 10.0
"""A commit that no tick told for so long was for nobody who listens here."""


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

    def will_be_told(self, stream: str) -> None:
        self._tracing.committed(stream, self.span)


class OtelTracing:
    """`ratio` of all requests are traced, 0 to 1. `close` it at the end: what waits is given a moment."""

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
        self._committed: dict[str, deque[tuple[float, SpanContext]]] = {}

    def picks(self, traceparent: bytes | None) -> bool:
        """By the caller's trace id where there is one, else by chance. The caller's own flag is not followed: whoever sets it
        would have us trace all they ask.
        """
        place = None if traceparent is None else place_in(traceparent)
        lot = random.getrandbits(64) if place is None else place.trace_id & TRACE_BITS
        return lot < self._bound

    def request(self, name: str, traceparent: bytes | None, attributes: Attributes) -> OtelSpan:
        return self.begin(name, _remote(place_in(traceparent)), SpanKind.SERVER, attributes)

    def tick(self, jam_id: str) -> OtelSpan | None:
        """Below the first commit that it tells, so that one vote's trace reaches its screens, and linked with all of them."""
        oldest = time.monotonic() - STALE_S
        told = [context for at, context in self._committed.pop(jam_id, ()) if at >= oldest]
        if not told:
            return None
        links = [Link(context) for context in told]
        parent = set_span_in_context(NonRecordingSpan(told[0]))
        span = self._tracer.start_span("tick", parent, attributes={"hothouse.jam": jam_id}, links=links)
        return OtelSpan(self, span)

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

    def committed(self, stream: str, span: ApiSpan) -> None:
        """A record of the stream was written, and will be told by a tick of its jam."""
        jam_id = stream.rpartition(":")[2]
        waiting = self._committed.setdefault(jam_id, deque(maxlen=MOST_TOLD))
        waiting.append((time.monotonic(), span.get_span_context()))


def _remote(place: Place | None) -> ApiSpan | None:
    if place is None:
        return None
    return NonRecordingSpan(
        SpanContext(place.trace_id, place.span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    )


def _resource(service: str, worker: int) -> Resource:
    """Who we are: the service, its version, and which worker this is. No name of the machine or of anybody on it."""
    try:
        ours = version("hothouse")
    except PackageNotFoundError:
        ours = "unknown"
    return Resource({"service.name": service, "service.version": ours, "service.instance.id": f"worker {worker}"})
