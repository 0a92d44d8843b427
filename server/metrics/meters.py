"""What those who do the work count: an addition and an entry in a histogram each time, and nothing else."""

from collections import Counter
from time import monotonic

from server.metrics.histogram import Histogram, Recent
from server.metrics.screens import Screens

DONE = "done"
FAULT = "fault"


class AnswerMeter:
    """Answers to one operation: how many with which status, how long they took."""

    __slots__ = ("durations", "statuses")

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.durations = Histogram()


class RequestMeter:
    """Answers over HTTP, by label. Labels are those of `Prepared`: trusted names, so that there are few."""

    __slots__ = ("bytes", "operations")

    def __init__(self) -> None:
        self.operations: dict[str, AnswerMeter] = {}
        self.bytes = 0

    def note(self, label: str, status: int, size: int, seconds: float) -> None:
        """One answer of `size` bytes that took so long."""
        meter = self.operations.get(label)
        if meter is None:
            meter = self.operations[label] = AnswerMeter()
        meter.statuses[status] = meter.statuses.get(status, 0) + 1
        meter.durations.record(1_000 * seconds)
        self.bytes += size


class CommandMeter:
    """Commands of one stream, by kind and result, and the records that made them durable.

    `records` are durations (ms) of the append alone, `sizes` how many commands shared a record. `lost`: attempts to append that
    came to nothing, because another worker was faster.
    """

    __slots__ = ("durable", "lost", "records", "results", "sizes")

    def __init__(self) -> None:
        self.results: Counter[tuple[str, str]] = Counter()
        self.durable = Recent()
        self.records = Histogram()
        self.sizes = Histogram()
        self.lost = 0

    def done(self, kind: str, seconds: float) -> None:
        """A command is durable, so long after it was given."""
        self.results[kind, DONE] += 1
        self.durable.record(1_000 * seconds, monotonic())

    def refused(self, kind: str, code: str) -> None:
        """A command was not carried out: `code` is its rejection's, or `FAULT`."""
        self.results[kind, code] += 1

    def recorded(self, commands: int, seconds: float) -> None:
        """A record with so many commands was appended."""
        self.sizes.record(commands)
        self.records.record(1_000 * seconds)


class TickMeter:
    """One jam's ticks: from the first change they tell until they begin (`waits`), and until the last write (`spreads`)."""

    __slots__ = ("spreads", "waits", "widths")

    def __init__(self) -> None:
        self.waits = Recent()
        self.spreads = Recent()
        self.widths = Histogram()

    def told(self, changed_at: float, began_at: float, ended_at: float, width: int) -> None:
        """A tick that told a change to `width` subscriptions; times in seconds of one clock that never steps back."""
        self.waits.record(1_000 * (began_at - changed_at), ended_at)
        self.spreads.record(1_000 * (ended_at - changed_at), ended_at)
        self.widths.record(width)


class Meters:
    """What one worker counts that belongs to nothing else; commands and ticks are counted where they happen."""

    def __init__(self) -> None:
        self.requests = RequestMeter()
        self.lag = Histogram()
        self.screens: dict[str, Screens] = {}

    def screens_of(self, jam_id: str) -> Screens:
        """The screens of one jam."""
        return self.screens.get(jam_id) or self.screens.setdefault(jam_id, Screens())
