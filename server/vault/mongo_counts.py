"""Counts over all workers in the MongoDB vault."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import held
from server.vault.counts import Hit

Document = dict[str, Any]
COUNTS, SECRETS = "counts", "shared_secrets"
SWEPT = (COUNTS,)


class MongoCounts:
    """The part of `MongoVault` that `CountVault` describes.

    Each count is raised only while another fits into its window, in one step: there is no transaction. What was counted before
    one that has no room is taken back; meanwhile others may be refused, never let in.
    """

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def count_hits(self, hits: Sequence[Hit]) -> bool:
        """Count all of them or none."""
        with self._reached():
            counted: list[Hit] = []
            for hit in hits:
                if not await self._raise(hit):
                    for one in counted:
                        await self._collection(COUNTS).update_one({"_id": _id(one)}, {"$inc": {"count": -1}})
                    return False
                counted.append(hit)
        return True

    async def has_room_for(self, hits: Sequence[Hit]) -> bool:
        """Whether they would be counted now."""
        with self._reached():
            for hit in hits:
                if await self._count(hit.key, hit.window) + 1 > await self._left(hit):
                    return False
        return True

    async def shared_secret(self, name: str, proposal: bytes) -> bytes:
        """The store's secret of this name."""
        with self._reached():
            known = await self._collection(SECRETS).find_one({"_id": name})
            if known is None:
                try:
                    await self._collection(SECRETS).insert_one({"_id": name, "secret": proposal})
                except DuplicateKeyError:
                    known = await held(self._collection(SECRETS), {"_id": name})
        return proposal if known is None else bytes(known["secret"])

    async def _raise(self, hit: Hit) -> bool:
        left = await self._left(hit)
        if left < 1:
            return False
        update = {"$inc": {"count": 1}, "$setOnInsert": {"expires_at": hit.expires_at}}
        for _ in range(2):
            try:
                await self._collection(COUNTS).update_one({"_id": _id(hit), "count": {"$lte": left - 1}}, update, upsert=True)
            except DuplicateKeyError:
                # It is there and full, or another worker began it at this moment: then the second try finds it.
                continue
            return True
        return False

    async def _left(self, hit: Hit) -> float:
        """How high the count of its window may get."""
        return hit.most - await self._count(hit.key, hit.window - 1) * hit.before_share

    async def _count(self, key: str, window: int) -> int:
        found = await self._collection(COUNTS).find_one({"_id": {"key": key, "window": window}})
        return 0 if found is None else int(found["count"])


def _id(hit: Hit) -> Document:
    return {"key": hit.key, "window": hit.window}
