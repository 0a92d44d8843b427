"""Wakes a loop when there is something to do."""

import asyncio
from contextlib import suppress


class Bell:
    """Rung by what brings work; heard by the one loop that does it."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There is something to do."""
        self._rung.set()

    async def heard(self, within_s: float) -> None:
        """Returns when it is rung, at once if it was since the last time, and in any case after `within_s` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._rung.wait()
        self._rung.clear()
