"""Keeps how the server's clock runs in a file beside the stores, so that workers agree about the time.

A worker that is begun while the machine's clock is set wrong would otherwise take that for the time, and open again what has
closed. The file is good on the machine that wrote it until that is started anew, and for as long as a leap would have to last:
after a longer rest the machine's clock is believed at once.
"""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from server.app.clock import BELIEVED_MS, Course, SteadyClock, uptime_ms, wall_clock

log = structlog.get_logger()
FILE = "clock.json"
LOOK_S = 1.0
MOVED_MS = 100
"""By how much a clock may have been slowed or set since it was written down."""

BEAT_MS = 60_000
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """What is another at each start of the machine; empty where the machine does not say."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


class ClockMemory:
    """A clock's course in a file. What can't be read is as if it were not there; what can't be written is logged once."""

    def __init__(self, path: Path, uptime: Callable[[], int] = uptime_ms, boot: Callable[[], str] = boot_id) -> None:
        self._path = path
        self._uptime = uptime
        self._boot = boot()
        self._kept: Course | None = None
        self._kept_at = 0
        self._is_told = False

    def recall(self) -> Course | None:
        """The course that was written down since the machine started, and not too long ago."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._path.read_text("ascii"))
            age = self._uptime() - int(kept["written_at"])
            if self._boot and kept["boot"] == self._boot and 0 <= age < BELIEVED_MS:
                leapt_at = kept["leapt_at"]
                return Course(int(kept["offset"]), None if leapt_at is None else int(leapt_at))
        return None

    def keep(self, course: Course) -> None:
        """Writes the course down, if it is another than before or a minute has passed."""
        now = self._uptime()
        if self._boot and not self._is_kept(course, now):
            what: dict[str, str | int | None] = {
                "boot": self._boot,
                "offset": course.offset,
                "leapt_at": course.leapt_at,
                "written_at": now,
            }
            if self._write(what):
                self._kept, self._kept_at = course, now

    def _is_kept(self, course: Course, now: int) -> bool:
        if self._kept is None or self._kept.leapt_at != course.leapt_at or now - self._kept_at >= BEAT_MS:
            return False
        return abs(self._kept.offset - course.offset) < MOVED_MS

    def _write(self, what: dict[str, str | int | None]) -> bool:
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(what), "ascii")
            beside.replace(self._path)
        except OSError as error:
            if not self._is_told:
                log.warning("how the clock runs can't be kept; another worker may read another time", reason=str(error))
            self._is_told = True
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            return False
        return True


def recalled(folder: Path, wall: Callable[[], int] = wall_clock) -> SteadyClock:
    """The clock of a command, which ends soon: it has the time of a server whose stores are in `folder`, and keeps nothing."""
    return SteadyClock(wall, course=ClockMemory(folder / FILE).recall())


@asynccontextmanager
async def remembered(folder: Path, wall: Callable[[], int] = wall_clock) -> AsyncGenerator[SteadyClock, None]:
    """The clock of a server whose stores are in `folder`: it goes on as it was kept there, and is kept inside."""
    memory = ClockMemory(folder / FILE)
    course = memory.recall()
    clock = SteadyClock(wall, course=course)
    clock()
    keeping = asyncio.create_task(_keep(memory, clock), name="the clock")
    try:
        yield clock
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(memory: ClockMemory, clock: SteadyClock) -> None:
    while True:
        clock()
        memory.keep(clock.course)
        await asyncio.sleep(LOOK_S)
