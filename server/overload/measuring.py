"""Takes the readings of a worker: each is a few numbers that are there already, or one small file of the kernel."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from server.metrics.meters import CommandMeter
from server.overload.pressure import Readings

LAGS = 20
"""Looks at the loop that the p90 of its lag is taken from: one or two that were late, as for a collection, are no pressure."""

LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where the kernel says how much memory this container may have (cgroup v2, v1)."""

STATM = Path("/proc/self/statm")
MB = 1024 * 1024


def memory_limit(set_mb: int, workers: int, files: Iterable[Path] = LIMITS) -> int:
    """Bytes that this worker may take: what is set, else its share of the container's limit, else of the machine's memory."""
    if set_mb:
        return set_mb * MB
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *(found for file in files if (found := _number(file)) > 0)]) // workers


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _number(file: Path) -> int:
    try:
        text = file.read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


class Lags:
    """How late the loop was at the last looks."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=LAGS)

    def add(self, milliseconds: float) -> None:
        self._last.append(max(0.0, milliseconds))

    @property
    def p90(self) -> float:
        """In ms; 0 until there are as many looks as it takes."""
        return sorted(self._last)[int(0.9 * LAGS)] if len(self._last) == LAGS else 0.0


class Commits:
    """How long the records took that were appended since the last look, on average. While commands wait and none was
    appended, a record takes at least as long as that lasts.
    """

    def __init__(self, meters: Callable[[], Iterable[CommandMeter]], waiting: Callable[[], int]) -> None:
        self._meters = meters
        self._waiting = waiting
        self._before = (0, 0.0)
        self._stalled_ms = 0.0

    def look(self, elapsed_ms: float) -> float:
        """In ms; `elapsed_ms` is since the last look."""
        meters = list(self._meters())
        count, took = sum(one.records.total for one in meters), sum(one.records.sum for one in meters)
        (count_before, took_before), self._before = self._before, (count, took)
        if count > count_before:
            self._stalled_ms = 0.0
            return (took - took_before) / (count - count_before)
        self._stalled_ms = self._stalled_ms + elapsed_ms if self._waiting() else 0.0
        return self._stalled_ms


class Gauges:
    """Everything that is read, for one worker. `most_bytes` and `most_connections` are what there may be at most."""

    def __init__(
        self,
        meters: Callable[[], Iterable[CommandMeter]],
        waiting: Callable[[], int],
        connections: Callable[[], int],
        most_connections: int,
        most_bytes: int,
    ) -> None:
        self.lags = Lags()
        self._commits = Commits(meters, waiting)
        self._waiting = waiting
        self._connections = connections
        self._most_connections = most_connections
        self._most_bytes = most_bytes

    def read(self, elapsed_ms: float, writes: float) -> Readings:
        """The readings now; `writes` is the share of the writes that may be in hand."""
        return Readings(
            lag_ms=self.lags.p90,
            waiting=self._waiting(),
            commit_ms=self._commits.look(elapsed_ms),
            memory=resident() / self._most_bytes,
            connections=self._connections() / self._most_connections,
            writes=writes,
        )
