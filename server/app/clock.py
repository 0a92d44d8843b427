"""The server's clock: the machine's, but without its leaps.

Phases open and close by it, to the second and once. A machine's clock may be set an hour forward and back again while a jam
runs; so time is counted by the monotonic clock, and the machine's is only followed:

* never back: where it runs behind, ours slows down to half until both agree;
* small differences forward (under `LEAP_MS`) are taken at once, as from a time server;
* a leap is told in the log and believed only when it has lasted for `BELIEVED_MS`.

What the clock knows (`Course`) outlives its process (`server.app.clock_memory`): a worker that is begun while the machine's
clock is an hour off goes on where the others are.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()
LEAP_MS = 2_000
BELIEVED_MS = 600_000


def wall_clock() -> int:
    """Milliseconds since 1970, as the machine has it."""
    return time.time_ns() // 1_000_000


def uptime_ms() -> int:
    """Milliseconds since the machine started, the same in all its processes. Where Linux tells, its sleep is counted."""
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(source) // 1_000_000


@dataclass(frozen=True, slots=True)
class Course:
    """How a clock runs: `offset` is our time less the uptime (ms); since the uptime `leapt_at` the machine is not believed."""

    offset: int
    leapt_at: int | None = None


class SteadyClock:
    """Milliseconds since 1970 that never go back."""

    def __init__(
        self,
        wall: Callable[[], int] = wall_clock,
        monotonic: Callable[[], int] = uptime_ms,
        course: Course | None = None,
    ) -> None:
        """It begins as the machine's, or goes on in a course that was kept."""
        self._wall = wall
        self._monotonic = monotonic
        self._read_at = monotonic()
        self._now = wall() if course is None else self._read_at + course.offset
        self._leapt_at = None if course is None else course.leapt_at

    @property
    def course(self) -> Course:
        """How it runs now."""
        return Course(self._now - self._read_at, self._leapt_at)

    def __call__(self) -> int:
        elapsed, ahead = self._elapsed()
        if 0 <= ahead < LEAP_MS:
            self._now += elapsed + ahead
            self._leapt_at = None
        elif -LEAP_MS < ahead < 0 or self._is_believed(ahead):
            self._now += elapsed + ahead if ahead > 0 else max(elapsed - min(-ahead, elapsed // 2), 0)
        else:
            self._now += elapsed
        return self._now

    def _elapsed(self) -> tuple[int, int]:
        """Milliseconds since the last reading, and by how much the machine's clock is ahead of ours after them."""
        read_at = self._monotonic()
        elapsed, self._read_at = max(read_at - self._read_at, 0), read_at
        return elapsed, self._wall() - self._now - elapsed

    def _is_believed(self, ahead: int) -> bool:
        if self._leapt_at is None:
            self._leapt_at = self._read_at
            log.error(
                "the machine's clock leapt; it is believed if that lasts", ahead_s=ahead / 1_000, after_s=BELIEVED_MS / 1_000
            )
        return self._read_at - self._leapt_at >= BELIEVED_MS
