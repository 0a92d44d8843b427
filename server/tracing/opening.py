"""Tracing as the settings want it: nothing of it is imported while no collector is named."""

from typing import TYPE_CHECKING

from server.settings import Settings
from server.tracing.headers import headers_in

if TYPE_CHECKING:
    from server.tracing.otel import OtelTracing


def tracing_of(settings: Settings) -> "OtelTracing | None":
    """What traces; None where no collector is set."""
    if not settings.otlp_url:
        return None
    from server.tracing.exporting import ExportCounters, exporter_to
    from server.tracing.otel import OtelTracing

    counters, secret = ExportCounters(), settings.otlp_headers
    headers = headers_in(secret.get_secret_value() if secret else "")
    exporter = exporter_to(settings.otlp_url, headers, counters)
    return OtelTracing(exporter, counters, settings.trace_ratio, settings.trace_service, settings.worker)
