"""Keeps the server's background work alive: what fails is logged, begun again, and told on /healthz."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

log = structlog.get_logger()
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
RECENT_S = 30.0
"""What has run for so long since it failed is well again, and its next failure is its first."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is to run until it returns or the server ends. Without what is vital nobody can take part in a jam."""

    name: str
    begin: Callable[[], Coroutine[Any, Any, None]]
    is_vital: bool = False


@dataclass(slots=True)
class Failure:
    """The latest failure of one piece of work: when, in seconds of the clock, after how many others."""

    work: Work
    at: float
    pause: float
    reason: str


class Supervisor:
    """Runs work until it is cancelled. A failure is followed by a pause that doubles with every further one soon after."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, first_pause_s: float = FIRST_PAUSE_S) -> None:
        self._clock = clock
        self._first_pause_s = first_pause_s
        self._failures: dict[str, Failure] = {}

    @asynccontextmanager
    async def running(self, work: Sequence[Work]) -> AsyncGenerator[None, None]:
        """All of it runs inside; at the end it is cancelled, and has ended."""
        tasks = [asyncio.create_task(self._keep(one), name=one.name) for one in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    def failing(self) -> list[Failure]:
        """What failed of late, and what is not running because of that."""
        return [failure for failure in self._failures.values() if self._clock() - failure.at < RECENT_S]

    async def health(self, request: Request) -> Response:
        """`ok`, or what fails: with 503 where that is vital, so that people are sent to a worker that is well."""
        failing = self.failing()
        lines = [f"{failure.work.name} failed: {failure.reason}" for failure in failing] or ["ok"]
        status = 503 if any(failure.work.is_vital for failure in failing) else 200
        return PlainTextResponse("\n".join(lines) + "\n", status, headers={"Cache-Control": "no-store"})

    async def _keep(self, work: Work) -> None:
        while True:
            try:
                return await work.begin()
            except Exception as fault:
                log.exception("background work failed; it is begun again", work=work.name)
                pause = self._failed(work, type(fault).__name__).pause
            await asyncio.sleep(pause)

    def _failed(self, work: Work, reason: str) -> Failure:
        before, now = self._failures.get(work.name), self._clock()
        pause = self._first_pause_s
        if before is not None and now - before.at < RECENT_S:
            pause = min(LONGEST_PAUSE_S, before.pause * 2)
        failure = self._failures[work.name] = Failure(work, now, pause, reason)
        return failure
