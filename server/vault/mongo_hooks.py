"""Webhooks and what they have to tell, in the MongoDB vault."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import BULK_S
from server.journal.mongo_layout import Index
from server.vault.hooks import Delivery, DeliveryState, Hook
from server.vault.mongo_credentials import restored

Document = dict[str, Any]
HOOKS, DELIVERIES = "hooks", "deliveries"
INDEXES = (
    Index(HOOKS, "by_jam", (("jam_id", 1),)),
    Index(DELIVERIES, "by_due", (("state", 1), ("due_at", 1))),
    Index(DELIVERIES, "by_jam", (("jam_id", 1), ("state", 1), ("created_at", -1))),
    Index(DELIVERIES, "by_hook", (("hook_id", 1),)),
)


class MongoHooks:
    """The part of `MongoVault` that `HookVault` describes.

    Without transactions deliveries are queued before their hook is moved: if a server dies in between, the next one queues the
    same again, and what had already arrived by then arrives twice, under the same id.
    """

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def add_hook(self, hook: Hook) -> bool:
        with self._reached():
            try:
                await self._collection(HOOKS).insert_one({"_id": hook.id, **asdict(hook)})
            except DuplicateKeyError:
                return False
        return True

    async def hooks(self, jam_id: str | None = None) -> list[Hook]:
        query = {} if jam_id is None else {"jam_id": jam_id}
        with self._reached():
            found = await self._collection(HOOKS).find(query).sort([("created_at", 1), ("_id", 1)]).to_list(None)
        return [restored(Hook, one) for one in found]

    async def end_hook(self, jam_id: str, id: str) -> bool:
        with self._reached():
            ended = await self._collection(HOOKS).delete_one({"_id": id, "jam_id": jam_id})
        if ended.deleted_count:
            with self._reached(BULK_S):
                await self._collection(DELIVERIES).delete_many({"hook_id": id})
        return bool(ended.deleted_count)

    async def pause_hook(self, jam_id: str, id: str, is_paused: bool) -> bool:
        with self._reached():
            changed = await self._collection(HOOKS).update_one(
                {"_id": id, "jam_id": jam_id}, {"$set": {"is_paused": is_paused}}
            )
        return bool(changed.matched_count)

    async def queue(self, hook_id: str, after: int, position: int, deliveries: Sequence[Delivery]) -> bool:
        with self._reached(BULK_S):
            hook = await self._collection(HOOKS).find_one({"_id": hook_id, "position": after})
            if hook is None:
                return False
            puts = [UpdateOne({"_id": one.id}, {"$setOnInsert": _document(one)}, upsert=True) for one in deliveries]
            if puts:
                await self._collection(DELIVERIES).bulk_write(puts, ordered=False)
            moved = await self._collection(HOOKS).update_one(
                {"_id": hook_id, "position": after}, {"$set": {"position": position}}
            )
        return bool(moved.matched_count)

    async def claim_deliveries(self, now: int, most: int, lease_ms: int) -> list[Delivery]:
        claimed: list[Delivery] = []
        with self._reached(BULK_S):
            paused = [one["_id"] for one in await self._collection(HOOKS).find({"is_paused": True}).to_list(None)]
            due = {"state": DeliveryState.WAITING.value, "due_at": {"$lte": now}, "hook_id": {"$nin": paused}}
            change: Document = {"$set": {"due_at": now + lease_ms}, "$inc": {"attempts": 1}}
            while len(claimed) < most:
                found = await self._collection(DELIVERIES).find_one_and_update(
                    due, change, sort=[("due_at", 1), ("_id", 1)], return_document=ReturnDocument.AFTER
                )
                if found is None:
                    break
                claimed.append(_delivery(found))
        return sorted(claimed, key=lambda one: (one.created_at, one.id))

    async def delivered(self, id: str) -> None:
        with self._reached():
            await self._collection(DELIVERIES).delete_one({"_id": id})

    async def undelivered(self, id: str, due_at: int | None, error: str) -> None:
        change: Document = {"error": error, "state": DeliveryState.DEAD.value}
        if due_at is not None:
            change |= {"due_at": due_at, "state": DeliveryState.WAITING.value}
        with self._reached():
            await self._collection(DELIVERIES).update_one({"_id": id}, {"$set": change})

    async def dead_deliveries(self, jam_id: str, most: int) -> list[Delivery]:
        query = {"jam_id": jam_id, "state": DeliveryState.DEAD.value}
        with self._reached():
            cursor = self._collection(DELIVERIES).find(query).sort([("created_at", -1), ("_id", -1)]).limit(most)
            return [_delivery(one) for one in await cursor.to_list(None)]

    async def waiting_deliveries(self, jam_id: str) -> dict[str, int]:
        query = {"jam_id": jam_id, "state": DeliveryState.WAITING.value}
        counts: dict[str, int] = {}
        with self._reached():
            async for one in self._collection(DELIVERIES).find(query, {"hook_id": 1}):
                counts[one["hook_id"]] = counts.get(one["hook_id"], 0) + 1
        return counts

    async def send_again(self, jam_id: str, hook_id: str, now: int) -> int:
        query = {"hook_id": hook_id, "jam_id": jam_id, "state": DeliveryState.DEAD.value}
        change = {"state": DeliveryState.WAITING.value, "attempts": 0, "due_at": now}
        with self._reached(BULK_S):
            changed = await self._collection(DELIVERIES).update_many(query, {"$set": change})
        return int(changed.modified_count)


def _document(delivery: Delivery) -> Document:
    return {"_id": delivery.id, **asdict(delivery), "state": delivery.state.value}


def _delivery(found: Document) -> Delivery:
    delivery = restored(Delivery, found)
    return replace(delivery, state=DeliveryState(delivery.state))
