"""Visits in the MongoDB vault."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne

from server.journal.mongo_calls import BULK_S
from server.vault.mongo_credentials import restored
from server.vault.visits import Visit, VisitKey

Document = dict[str, Any]
OWNED = {"visits": "person_id"}
BATCH = 1_000
LEFT = ("left_seq", "left_at")


class MongoVisits:
    """The part of `MongoVault` that `VisitVault` describes."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def put_visits(self, visits: Sequence[Visit]) -> None:
        """Keep visits; see `VisitVault.put_visits`."""
        await self._write_visits(visits, lambda fields: {"$set": fields})

    async def leave_visits(self, visits: Sequence[Visit]) -> None:
        """Keep when people left; see `VisitVault.leave_visits`."""
        await self._write_visits(visits, _leaving)

    async def visits(self, keys: Collection[VisitKey]) -> dict[VisitKey, Visit]:
        """Those of the visits that are known."""
        asked, found = list(keys), []
        for start in range(0, len(asked), BATCH):
            wanted = [_id(*key) for key in asked[start : start + BATCH]]
            with self._reached(BULK_S):
                found += await self._collection("visits").find({"_id": {"$in": wanted}}).to_list(None)
        visits = (restored(Visit, document) for document in found)
        return {visit.key: visit for visit in visits}

    async def _write_visits(self, visits: Sequence[Visit], change: Callable[[Document], Document]) -> None:
        for start in range(0, len(visits), BATCH):
            with self._reached(BULK_S):
                await self._write_batch(visits[start : start + BATCH], change)

    async def _write_batch(self, visits: Sequence[Visit], change: Callable[[Document], Document]) -> None:
        """Looks again after the write who is still there, so that nothing is left of whoever is erased meanwhile."""
        there = await self._there({visit.person_id for visit in visits})
        known = [visit for visit in visits if visit.person_id in there]
        if not known:
            return
        writes = [UpdateOne({"_id": _id(*visit.key)}, change(asdict(visit)), upsert=True) for visit in known]
        await self._collection("visits").bulk_write(writes, ordered=False)
        if gone := there - await self._there(there):
            await self._collection("visits").delete_many({"person_id": {"$in": list(gone)}})

    async def _there(self, people: set[str]) -> set[str]:
        found = await self._collection("people").find({"_id": {"$in": list(people)}}, {"_id": 1}).to_list(None)
        return {document["_id"] for document in found}


def _leaving(fields: Document) -> Document:
    left = {name: fields[name] for name in LEFT}
    return {"$set": left, "$setOnInsert": {name: value for name, value in fields.items() if name not in LEFT}}


def _id(person_id: str, jam_id: str) -> Document:
    return {"person_id": person_id, "jam_id": jam_id}
