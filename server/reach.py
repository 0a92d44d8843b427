"""The reach meter of running jams: counted while the jam goes on, and kept for a moment for everybody."""

import asyncio
import time
from collections.abc import Callable

from server.counting import Counts
from server.jam.reach import CountryOf, ReachCount, counting
from server.jam.state import JamState

FRESH_S = 2.0


class ReachMeter:
    """Keeps the count of each jam for `FRESH_S` seconds or a little longer; made once however many ask meanwhile."""

    def __init__(self, country: CountryOf, clock: Callable[[], float] = time.monotonic) -> None:
        self._country = country
        self._counts: Counts[ReachCount] = Counts(FRESH_S, clock)

    async def of(self, state: JamState) -> ReachCount:
        """The count of a jam. It is the same for whoever may read it: what only some may know is in no figure."""
        return await asyncio.shield(self._counts.of(state.id, lambda: counting(state, self._country)))
