"""Where the log goes and what it looks like: readable at a terminal and in development, else a JSON object a line; always to
standard error.

Nothing personal gets into it. An event is a fixed sentence, and what is told along are ids of things, numbers, codes and names
of types: `tests/logs` holds every call to that. A fault is told by its type and by where it happened, never by its words, which
may quote what somebody wrote; of what libraries log, only the fixed part is taken. In development the words are shown too.
"""

import logging
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

from server import request_number
from server.traces_of_faults import trace_of
from server.tracing.current import current

LIBRARIES = ("uvicorn", "asyncio", "websockets", "concurrent", "server", "schema", "clustering")
"""Loggers whose fixed words are known to be fixed. Of others only the place in their code is told."""


class StandardError:
    """Whatever standard error is at the moment of writing: it may be another than when the log was set up.

    Nothing that is done may stand or fall with its line in the log: where standard error can't be written to, because its disk
    is full or whoever read it is gone, that is counted in `failures` and otherwise passed over.
    """

    def __init__(self) -> None:
        self.failures = 0

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Comes once a line, and fails where a write did: what was written stays in the buffer."""
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            self.failures += 1


standard_error = StandardError()


def configure(development: bool = False) -> None:
    """Set up the log of this process. `development`: with the words of faults and of libraries, and readable everywhere."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_request,
            *_ending(development),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, standard_error)),
    )
    _take_over(Others(development))
    if not development and not sys.stderr.isatty():
        _catch_the_rest()


def _ending(development: bool) -> list[Processor]:
    if development:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    if sys.stderr.isatty():
        return [_told_without_values, structlog.dev.ConsoleRenderer()]
    return [_told_without_values, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _with_request(logger: Any, name: str, line: EventDict) -> EventDict:
    number = request_number.current()
    if number is not None:
        line.setdefault("request", number)
    if (span := current()) is not None:
        line.setdefault("trace", span.trace_id)
    return line


def _told_without_values(logger: Any, name: str, line: EventDict) -> EventDict:
    fault = _fault_in(line.pop("exc_info", None))
    if fault is not None:
        line["exception"] = trace_of(fault)
    return line


def _fault_in(given: Any) -> BaseException | None:
    """The exception meant by `exc_info`, which may be one, the triple of `sys.exc_info`, or True for the one at hand."""
    match given:
        case BaseException():
            return given
        case (_, BaseException() as fault, _):
            return fault
        case None | False:
            return None
    return sys.exc_info()[1]


# --------------------------------------------------------------------------------------------------------- what others log
class Others(logging.Handler):
    """What libraries log by `logging`, told as our own lines are."""

    def __init__(self, tells_words: bool) -> None:
        super().__init__(logging.WARNING)
        self._tells_words = tells_words

    def emit(self, record: logging.LogRecord) -> None:
        """One line; never raises."""
        try:
            words = record.getMessage() if self._tells_words else _fixed_words(record)
            told = {"logger": record.name, "place": f"{record.module}:{record.lineno}", "exc_info": record.exc_info}
            structlog.get_logger().log(record.levelno, words, **told)
        except Exception:
            self.handleError(record)


def _fixed_words(record: logging.LogRecord) -> str:
    """What the library's programmers wrote, and nothing put in: asyncio appends what failed from the second line on."""
    if record.name.partition(".")[0] not in LIBRARIES or not isinstance(record.msg, str):
        return "a library has something to say"
    return record.msg.strip().partition("\n")[0]


def _take_over(handler: Others) -> None:
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one, Others)]:
        root.removeHandler(before)
    root.addHandler(handler)
    # Where a logging call itself is wrong, `logging` would print the values it was given.
    logging.raiseExceptions = False


# ---------------------------------------------------------------------------------------------------- what nobody caught
def _catch_the_rest() -> None:
    """What nobody caught is told in our way, not by Python with all its values. What a test run has taken over stays so."""
    sys.excepthook = _uncaught
    if _is_free(threading.excepthook):
        threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    if _is_free(sys.unraisablehook):
        sys.unraisablehook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    warnings.showwarning = _warned  # type: ignore[assignment]  # where to and which line are ours to say


def _is_free(hook: Callable[..., Any]) -> bool:
    """Whether the hook is Python's own, or Strawberry's, which it sets when it is imported."""
    return hook.__module__.partition(".")[0] in ("sys", "_thread", "threading", "strawberry", __name__.partition(".")[0])


def _uncaught(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    if isinstance(fault, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger().critical("nobody caught this", exc_info=fault or kind())


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, *more: object) -> None:
    structlog.get_logger().warning("a warning", kind=category.__name__, place=f"{filename}:{lineno}")
