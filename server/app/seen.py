"""Counts which ideas came onto screens, and records the sums now and then: cheap to lose, so never waited for."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid4

from server.jam.commands import CountSeen
from server.jam.ids import SYSTEM
from server.jam.rejections import Rejection
from server.jam_store import JamStore

EVERY_S = 15.0


class SeenCounter:
    """A person who looks at an idea again within an interval is counted once."""

    def __init__(self, store: JamStore) -> None:
        self._store = store
        self._seen: dict[str, set[tuple[str, str]]] = {}

    def count(self, jam_id: str, person_id: str, idea_ids: Sequence[str]) -> None:
        self._seen.setdefault(jam_id, set()).update((person_id, idea) for idea in idea_ids)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Records what was counted since the last time."""
        seen, self._seen = self._seen, {}
        for jam_id, pairs in seen.items():
            counts = Counter(idea for _, idea in pairs)
            with suppress(Rejection):
                await self._store.submit(jam_id, CountSeen(actor=SYSTEM, id=uuid4().hex, counts=dict(counts)))
