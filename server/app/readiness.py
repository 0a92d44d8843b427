"""Whether this worker should be sent people: `/readyz`, for load balancers."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.app.supervising import Failure
from server.jam_store import ORGANIZATION_STREAM
from server.journal.port import Journal, JournalUnavailable

WITHIN_S = 2.0
"""A store that takes longer to say where it is can't be written to either."""


class Readiness:
    """Ready is who can read the store and has nothing vital failing. Who is not ready still answers who is there already.

    `outgrown` counts the streams that a newer version of the program writes: whoever comes is better off there.
    """

    def __init__(self, journal: Journal, failing: Callable[[], list[Failure]], outgrown: Callable[[], int]) -> None:
        self._journal = journal
        self._failing = failing
        self._outgrown = outgrown

    async def serve(self, request: Request) -> Response:
        """`ready`, or with 503 why not."""
        reasons = [f"{one.work.name} failed: {one.reason}" for one in self._failing() if one.work.is_vital]
        reasons += await self._store()
        reasons += ["a newer version of Hothouse is taking over: this worker is to be replaced"] if self._outgrown() else []
        lines = reasons or ["ready"]
        return PlainTextResponse("\n".join(lines) + "\n", 503 if reasons else 200, headers={"Cache-Control": "no-store"})

    async def _store(self) -> list[str]:
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._journal.last(ORGANIZATION_STREAM)
        except JournalUnavailable as error:
            return [f"the store can't be read{f': {error.plain}' if error.plain else ''}"]
        except TimeoutError:
            return ["the store does not answer"]
        return []
