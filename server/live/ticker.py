"""The tick loop: asleep while nothing changes, and never more often than each stage wants."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from server.live.pacing import Pacing
from server.live.stage import Stage
from server.tracing.current import Tracing

log = structlog.get_logger()


class Ticker:
    """Runs the stages' ticks one after the other."""

    def __init__(
        self,
        stages: Callable[[], Iterable[Stage]],
        clock: Callable[[], float],
        tick_seconds: float,
        pacing: Pacing | None = None,
    ) -> None:
        self._stages = stages
        self._tick_seconds = tick_seconds
        self._pacing = pacing or Pacing()
        self._clock = clock
        self._changed = asyncio.Event()
        self.tracing: Tracing | None = None

    def wake(self) -> None:
        """Something is to be told."""
        self._changed.set()

    async def run(self) -> None:
        """Tick until cancelled. A tick that fails is logged and does not stop the others."""
        while True:
            self._changed.clear()
            await self._rest()
            for stage in self._ready():
                await self._tick(stage)

    async def _rest(self) -> None:
        soonest = min((due for stage in self._stages() if (due := stage.due()) is not None), default=None)
        if soonest is None:
            await self._changed.wait()
        elif (left := soonest - self._clock()) > self._tick_seconds * self._pacing.tick_factor:
            await self._changed_within(left)
        elif left > 0:
            await asyncio.sleep(left)

    async def _changed_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    def _ready(self) -> list[Stage]:
        now = self._clock()
        return [stage for stage in self._stages() if (due := stage.due()) is not None and due <= now]

    async def _tick(self, stage: Stage) -> None:
        span = None if self.tracing is None else self.tracing.tick(stage.feed.jam_id, stage.feed.seq)
        try:
            await stage.tick()
        except Exception as fault:
            log.exception("a tick failed", jam=stage.feed.jam_id)
            if span is not None:
                span.fail(type(fault).__name__)
        finally:
            if span is not None:
                span.end()
