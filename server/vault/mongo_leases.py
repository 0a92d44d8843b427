"""Workers and leases in the MongoDB vault: each is one document, so that every change is whole by itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError

from server.vault.leases import LiveWorker
from server.vault.mongo_credentials import restored

Document = dict[str, Any]
WORKERS, LEASES = "workers", "leases"


class MongoLeases:
    """The part of `MongoVault` that `LeaseVault` describes."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def beat_worker(self, worker: LiveWorker) -> bool:
        """Keep the worker's row; False where somebody has ended the worker."""
        row, is_first = asdict(worker), worker.beat == 1
        with self._reached():
            kept = await self._collection(WORKERS).update_one({"_id": worker.id}, {"$set": row}, upsert=is_first)
        return bool(kept.matched_count) or is_first

    async def end_worker(self, worker: str, beat: int | None = None) -> bool:
        """Remove a worker's row; with `beat`, unless it has beaten since."""
        which: Document = {"_id": worker} if beat is None else {"_id": worker, "beat": beat}
        with self._reached():
            return bool((await self._collection(WORKERS).delete_one(which)).deleted_count)

    async def live_workers(self) -> list[LiveWorker]:
        """All rows, by id."""
        with self._reached():
            found = await self._collection(WORKERS).find({}).to_list(None)
        return sorted((restored(LiveWorker, document) for document in found), key=lambda worker: worker.id)

    async def leases(self) -> dict[str, str]:
        """Holder by name."""
        with self._reached():
            found = await self._collection(LEASES).find({}).to_list(None)
        return {document["_id"]: document["holder"] for document in sorted(found, key=lambda one: str(one["_id"]))}

    async def take_lease(self, name: str, worker: str, before: str | None) -> bool:
        """Have the worker hold a lease in place of `before`."""
        leases = self._collection(LEASES)
        with self._reached():
            if before is not None:
                took = await leases.update_one({"_id": name, "holder": before}, {"$set": {"holder": worker}})
                return bool(took.matched_count)
            try:
                await leases.insert_one({"_id": name, "holder": worker})
            except DuplicateKeyError:
                return False
        return True

    async def give_back_lease(self, name: str, worker: str) -> None:
        """Free a lease, if it is this worker's."""
        with self._reached():
            await self._collection(LEASES).delete_one({"_id": name, "holder": worker})

    async def drop_free_leases(self) -> None:
        """Forget leases whose holders have no row any more."""
        held = await self.leases()
        live = {worker.id for worker in await self.live_workers()}
        for name, holder in held.items():
            if holder not in live:
                await self.give_back_lease(name, holder)
