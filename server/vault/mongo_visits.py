"""Visits in the MongoDB vault."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReplaceOne

from server.vault.mongo_credentials import restored
from server.vault.visits import Visit

Document = dict[str, Any]
OWNED = {"visits": "person_id"}
BATCH = 1_000


class MongoVisits:
    """The part of `MongoVault` that `VisitVault` describes."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[[], AbstractContextManager[None]]

    async def put_visits(self, visits: Sequence[Visit]) -> None:
        """Keep visits; see `VisitVault.put_visits`."""
        for start in range(0, len(visits), BATCH):
            with self._reached():
                await self._put_batch(visits[start : start + BATCH])

    async def visit(self, person_id: str, jam_id: str) -> Visit | None:
        """A person's visit of a jam, or None."""
        with self._reached():
            found = await self._collection("visits").find_one({"_id": _key(person_id, jam_id)})
        return restored(Visit, found) if found else None

    async def _put_batch(self, visits: Sequence[Visit]) -> None:
        """Looks after the write who is still there, so that nothing is left of whoever is erased at the same moment."""
        people = list({visit.person_id for visit in visits})
        there = await self._there(people)
        puts = [
            ReplaceOne({"_id": _key(one.person_id, one.jam_id)}, asdict(one), upsert=True)
            for one in visits
            if one.person_id in there
        ]
        if not puts:
            return
        await self._collection("visits").bulk_write(puts, ordered=False)
        gone = there - await self._there(list(there))
        if gone:
            await self._collection("visits").delete_many({"person_id": {"$in": list(gone)}})

    async def _there(self, people: list[str]) -> set[str]:
        found = await self._collection("people").find({"_id": {"$in": people}}, {"_id": 1}).to_list(None)
        return {document["_id"] for document in found}


def _key(person_id: str, jam_id: str) -> Document:
    return {"person_id": person_id, "jam_id": jam_id}
