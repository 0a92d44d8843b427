"""To the collector, without ever delaying what is traced: a bounded queue, a thread of its own, and a count of what was lost.

What the SDK does beside this it keeps silent about: its complaints about a collector that is away come with every attempt.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

log = structlog.get_logger()

MOST_WAITING = 4_096
"""Spans that wait, about a kilobyte each; what comes beyond is lost."""

AT_ONCE = 512
EVERY_MS = 1_000
PATIENCE_S = 5.0
"""For one delivery, its retries included."""

AT_THE_END_MS = 2_000


@dataclass(slots=True)
class ExportCounters:
    """Spans since the start: `sent` were taken by the collector, `failed` were not, `dropped` found no room to wait."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    ended: int = 0
    taken: int = 0

    @property
    def waiting(self) -> int:
        return self.ended - self.dropped - self.taken


class Counted(SpanExporter):
    """Counts what became of spans, and tells the log when the collector goes away and when it is back."""

    def __init__(self, exporter: SpanExporter, counters: ExportCounters) -> None:
        self._exporter = exporter
        self._counters = counters
        self._is_away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._counters.taken += len(spans)
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._tell(result is not SpanExportResult.SUCCESS)
            if result is SpanExportResult.SUCCESS:
                self._counters.sent += len(spans)
            else:
                self._counters.failed += len(spans)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True

    def _tell(self, is_away: bool) -> None:
        if is_away != self._is_away:
            self._is_away = is_away
            if is_away:
                log.warning("traces are lost: the collector does not take them")
            else:
                log.info("the collector takes traces again")


class Bounded(SpanProcessor):
    """Hands finished spans on while few wait. The SDK's own bound logs with each span that is lost, on the loop's time."""

    def __init__(self, exporter: SpanExporter, counters: ExportCounters, every_ms: float = EVERY_MS) -> None:
        self._counters = counters
        self._batches = BatchSpanProcessor(exporter, 2 * MOST_WAITING, every_ms, AT_ONCE, 1_000 * PATIENCE_S)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing."""

    def on_end(self, span: ReadableSpan) -> None:
        counters = self._counters
        counters.ended += 1
        if counters.waiting > MOST_WAITING:
            counters.dropped += 1
        else:
            self._batches.on_end(span)

    def shutdown(self) -> None:
        self._batches.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True


def exporter_to(url: str, headers: dict[str, str], counters: ExportCounters) -> SpanExporter:
    """Spans to a collector that speaks OTLP over HTTP; `url` is its whole address, such as http://127.0.0.1:4318/v1/traces."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return Counted(OTLPSpanExporter(endpoint=url, headers=headers, timeout=PATIENCE_S), counters)
