"""The reach meter of running jams: counted in small steps while the jam goes on, and kept for a moment for everybody."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from server.jam.reach import CountryOf, ReachCount, counting
from server.jam.state import JamState

FRESH_S = 2.0
SHARE = 0.05
"""Of one core, at most, goes into counting: what took 0.2 s is kept for 4."""


@dataclass(slots=True)
class _Kept:
    """A count in the making, or made; `spent`: seconds of work in it so far."""

    begun: float
    task: asyncio.Task[ReachCount]
    spent: float = 0.0


class ReachMeter:
    """Keeps the count of each jam for `FRESH_S` seconds or a little longer; made once however many ask meanwhile."""

    def __init__(self, country: CountryOf, clock: Callable[[], float] = time.monotonic) -> None:
        self._country = country
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def of(self, state: JamState) -> ReachCount:
        """The count of a jam. It is the same for whoever may read it: what only some may know is in no figure."""
        kept = self._kept.get(state.id)
        if kept is None or self._is_old(kept):
            self._forget()
            kept = self._kept[state.id] = _Kept(self._clock(), asyncio.create_task(self._count(state)))
        return await asyncio.shield(kept.task)

    async def _count(self, state: JamState) -> ReachCount:
        steps = counting(state, self._country)
        while True:
            begun = time.perf_counter()
            count = next(steps)
            spent = time.perf_counter() - begun
            if (kept := self._kept.get(state.id)) is not None:
                kept.spent += spent
            if count is not None:
                return count
            await asyncio.sleep(0)

    def _is_old(self, kept: _Kept) -> bool:
        if not kept.task.done():
            return False
        failed = kept.task.cancelled() or kept.task.exception() is not None
        return failed or self._clock() - kept.begun > max(FRESH_S, kept.spent / SHARE)

    def _forget(self) -> None:
        """What nobody has asked for again in time."""
        for jam in [jam for jam, kept in self._kept.items() if self._is_old(kept)]:
            del self._kept[jam]
