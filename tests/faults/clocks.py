"""A machine's clock that can be set, and what is to hold at the instants at which a phase closes and opens."""

import bisect
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.phases import Phase, Schedule
from server.jam_store import JamStore
from server.stores import open_stores
from tests.faults.checker import Attempt
from tests.faults.site import JAM, Prepared

SHIFTED = Path(__file__).parent / "shifted"
EXACT_MS = 30.0
"""How exactly test and server read the same clock."""


class Shift:
    """By how much the clock of the server's processes is off; what it was is remembered."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(bytes(8))
        self._file = file
        self._series: list[tuple[float, float]] = [(0.0, 0.0)]

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(SHIFTED), "HOTHOUSE_TEST_SHIFT": str(self._file)}

    def by(self, ms: float) -> None:
        """The clock is off by so much from now on. One write of eight bytes: nobody reads half of it."""
        with self._file.open("r+b", buffering=0) as file:
            file.write(struct.pack("q", int(ms * 1e6)))
        self._series.append((time.monotonic(), ms))

    def at(self, moment: float) -> float:
        """By how much (ms) it was off at a moment of the monotonic clock."""
        return self._series[bisect.bisect_right(self._series, (moment, float("inf"))) - 1][1]


@dataclass
class Closings:
    """When the phase in which people act closed, when another process opened it again, and when the server had certainly heard of
    that, in milliseconds since 1970.
    """

    spans: list[tuple[float, float, float]] = field(default_factory=list)

    def close(self, at: float) -> None:
        self.spans.append((at, float("inf"), float("inf")))

    def open(self, asked_at: float) -> None:
        self.spans[-1] = (self.spans[-1][0], asked_at, float("inf"))

    def heard(self, at: float) -> None:
        self.spans[-1] = (*self.spans[-1][:2], at)

    def faults(self, history: Sequence[Attempt], shift: Shift | None = None) -> list[str]:
        """Whatever was taken though the phase was closed all the while, or refused though it was open. With `shift`, time is what
        the shifted clock showed; without, what it would have shown.
        """
        ahead = 1000.0 * (time.time() - time.monotonic())

        def instant(moment: float) -> float:
            return 1000.0 * moment + ahead + (0.0 if shift is None else shift.at(moment))

        found = []
        for attempt in history:
            if attempt.settled_at is None:
                continue
            sent, settled = instant(attempt.sent_at), instant(attempt.settled_at)
            if attempt.is_acknowledged and self._closed_during(sent - EXACT_MS, settled + EXACT_MS):
                found.append(f"{attempt.command} was taken {sent - self._last_close(sent):.0f} ms after the phase had closed")
            if attempt.refused is not None and not self._closed_at_all(sent - EXACT_MS, settled + EXACT_MS):
                found.append(f"{attempt.command} was refused ({attempt.refused}) while the phase was open")
        return found

    def _closed_during(self, begin: float, end: float) -> bool:
        return any(closed <= begin and end < opened for closed, opened, _ in self.spans)

    def _closed_at_all(self, begin: float, end: float) -> bool:
        return any(closed <= end and begin <= heard for closed, _, heard in self.spans)

    def _last_close(self, at: float) -> float:
        return max((closed for closed, _, _ in self.spans if closed <= at), default=at)


async def closes_at(prepared: Prepared, at: int) -> None:
    """The phase in which people act closes then, and the jam with it."""

    def planned(schedule: Schedule) -> c.Command:
        return c.ScheduleJam(actor=ids.SYSTEM, id=f"closes-{at}", schedule=Schedule(*schedule.instants()[:2], at, at, at))

    await _submit(prepared, planned)


async def opens_again(prepared: Prepared, until: int) -> None:
    """The phase in which people act is open again, from as soon as a server has heard of it."""
    again = c.ReopenPhase(actor=ids.SYSTEM, id=f"opens-{until}", phase=Phase.IDEATION, until=until)
    await _submit(prepared, lambda _: again)


async def _submit(prepared: Prepared, command: Callable[[Schedule], c.Command]) -> None:
    """From another process than the server's, as `hothouse` commands do."""
    async with open_stores(prepared.settings) as (journal, _):
        store = await JamStore.open(journal, wall_clock)
        schedule = store.all()[0].schedule
        assert schedule is not None
        await store.submit(JAM, command(schedule))
        await store.close()
