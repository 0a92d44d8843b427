"""Where the log goes and what it looks like: readable at a terminal, else a JSON object a line; always to standard error."""

import sys

import structlog
from structlog.typing import Processor


def configure() -> None:
    """Set up structlog for this process. A trace never shows the values of variables: they hold names and secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_ending(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _ending() -> list[Processor]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
