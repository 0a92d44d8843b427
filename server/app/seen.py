"""Counts which ideas came onto screens, and records the sums now and then: cheap to lose, so never waited for."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import uuid4

import structlog

from server.jam.commands import CountSeen
from server.jam.ids import SYSTEM
from server.jam.rejections import Rejection
from server.jam_store import JamStore

log = structlog.get_logger()
EVERY_S = 15.0
MOST_SEEN = 500_000
"""Pairs of person and idea that are remembered between two records; what is seen beyond them is not counted."""


class SeenCounter:
    """A person who looks at an idea again within an interval is counted once."""

    def __init__(self, store: JamStore) -> None:
        self._store = store
        self._seen: dict[str, set[tuple[str, str]]] = {}

    def count(self, jam_id: str, person_id: str, idea_ids: Sequence[str]) -> None:
        if len(self) < MOST_SEEN:
            self._seen.setdefault(jam_id, set()).update((person_id, idea) for idea in idea_ids)

    def __len__(self) -> int:
        """What is not recorded yet."""
        return sum(len(pairs) for pairs in self._seen.values())

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Records what was counted since the last time."""
        seen, self._seen = self._seen, {}
        for jam_id, pairs in seen.items():
            counts = Counter(idea for _, idea in pairs)
            await self._record(jam_id, counts)

    async def _record(self, jam_id: str, counts: dict[str, int]) -> None:
        try:
            await self._store.submit(jam_id, CountSeen(actor=SYSTEM, id=uuid4().hex, counts=dict(counts)))
        except Rejection:
            return
        except Exception:
            log.exception("what was seen could not be recorded", jam=jam_id)
