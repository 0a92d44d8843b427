"""Python's collector of garbage, where it looks at everything: only when nobody waits for an answer.

What Python drops by itself needs no collector; it is for what refers to itself, and nearly nothing here does (a connection
that ended leaves nothing: a test). To look through what five thousand connections hold took 0.4 to 0.7 s in which nobody was
answered, and Python does so just when many come.
"""

import asyncio
import gc
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()
LOOK_S = 1.0
QUIET_LOOKS = 5
"""So many looks without anything new: nobody acts now."""

FIRST, MOST = 20, 2_000
"""How much must have come since the last time (`gc.get_count()[2]`, some 25,000 objects each): to look when it is quiet, and to
look in any case.
"""

LITTLE = 10_000
"""Who finds fewer objects than this waits for twice as much the next time."""


class Collector:
    """Looks at everything when enough has come and `acts`, a number that every act changes, stands still."""

    def __init__(self, acts: Callable[[], int]) -> None:
        self._acts = acts
        self._enough = FIRST
        self._seen = -1
        self._quiet = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Collects, if it is time."""
        acts = self._acts()
        self._quiet = self._quiet + 1 if acts == self._seen else 0
        self._seen = acts
        came = gc.get_count()[2]
        if came >= MOST or (came >= self._enough and self._quiet >= QUIET_LOOKS):
            self._collect()

    def _collect(self) -> None:
        began = time.perf_counter()
        found = gc.collect()
        self._enough = min(2 * self._enough, MOST) if found < LITTLE else FIRST
        log.info("looked for garbage", objects=found, seconds=round(time.perf_counter() - began, 3))
