"""Web push in the MongoDB vault."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import BULK_S, held
from server.journal.mongo_layout import Index
from server.vault.mongo_credentials import restored
from server.vault.pushes import Push, PushDevice, PushMark, PushReader, PushReaders, PushWish

Document = dict[str, Any]
KEYS, WISHES, DEVICES, PUSHES = "push_keys", "push_wishes", "push_devices", "pushes"
OWNED = {WISHES: "person_id", DEVICES: "person_id", PUSHES: "person_id"}
INDEXES = (
    Index(WISHES, "by_change", (("changed", 1),)),
    Index(WISHES, "by_unqueued", (("is_unqueued", 1),), is_sparse=True),
    Index(DEVICES, "by_endpoint", (("endpoint", 1),), is_unique=True),
    Index(DEVICES, "by_session", (("session_hash", 1),)),
    Index(PUSHES, "by_due", (("due_at", 1),)),
    Index(PUSHES, "by_device", (("device_id", 1),)),
)
OVERLAP = timedelta(seconds=5)
"""How long after it was made a change may still come to light: it has no place in a row, only the time of its server."""


class MongoPushes:
    """The part of `MongoVault` that `PushVault` describes.

    Without transactions a person's mark is moved first, together with what is to be queued (`unqueued`), and the pushes are
    made from that; whoever comes next makes those that a server which died in between has left. A device whose session is
    over is removed when it is looked for. A position of `push_readers` is a time (ms).
    """

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]
    _require: Callable[[str], Any]

    async def push_key(self, candidate: str) -> str:
        with self._reached():
            try:
                await self._collection(KEYS).insert_one({"_id": "vapid", "secret": candidate})
            except DuplicateKeyError:
                return str((await held(self._collection(KEYS), {"_id": "vapid"}))["secret"])
        return candidate

    async def push_wish(self, person_id: str) -> PushWish | None:
        with self._reached():
            found = await self._collection(WISHES).find_one({"_id": person_id})
        return None if found is None else restored(PushWish, found)

    async def put_push_wish(self, wish: PushWish) -> None:
        change: Document = {
            "$set": {**asdict(wish), "changed": datetime.now(UTC)},
            "$setOnInsert": {"told_at": 0, "places": "{}"},
        }
        with self._reached():
            await self._require(wish.person_id)
            await self._collection(WISHES).update_one({"_id": wish.person_id}, change, upsert=True)
            await self._only_for(WISHES, wish.person_id, wish.person_id)

    async def add_push_device(self, device: PushDevice) -> None:
        with self._reached():
            await self._require(device.person_id)
            if await self._collection("sessions").find_one({"_id": device.session_hash}, {"_id": 1}) is None:
                raise KeyError(device.person_id)
            others = {"endpoint": device.endpoint, "$nor": [{"_id": device.id, "person_id": device.person_id}]}
            await self._forget([one["_id"] async for one in self._collection(DEVICES).find(others, {"_id": 1})])
            values = asdict(device)
            made = {name: values.pop(name) for name in ("created_at", "told_at")}
            change: Document = {"$set": values, "$setOnInsert": made}
            await self._collection(DEVICES).update_one({"_id": device.id}, change, upsert=True)
            await self._only_for(DEVICES, device.id, device.person_id)
            await self._collection(WISHES).update_one({"_id": device.person_id}, {"$set": {"changed": datetime.now(UTC)}})

    async def push_devices(self, person_id: str, now: int) -> list[PushDevice]:
        with self._reached():
            found = await self._collection(DEVICES).find({"person_id": person_id}).to_list(None)
            sessions = {"_id": {"$in": [one["session_hash"] for one in found]}, "expires_at": {"$gt": now}}
            good = {one["_id"] async for one in self._collection("sessions").find(sessions, {"_id": 1})}
            await self._forget([one["_id"] for one in found if one["session_hash"] not in good])
        devices = [restored(PushDevice, one) for one in found if one["session_hash"] in good]
        return sorted(devices, key=lambda one: (one.created_at, one.id))

    async def end_push_device(self, person_id: str, id: str) -> bool:
        with self._reached():
            if await self._collection(DEVICES).find_one({"_id": id, "person_id": person_id}, {"_id": 1}) is None:
                return False
            await self._forget([id])
        return True

    async def note_push_device(self, id: str, told_at: int | None, failing_since: int | None) -> None:
        told = {} if told_at is None else {"told_at": told_at}
        with self._reached():
            await self._collection(DEVICES).update_one({"_id": id}, {"$set": {**told, "failing_since": failing_since}})

    async def push_readers(self, after: int) -> PushReaders:
        """Those of the last seconds before the position again: to read someone twice costs little, to miss one is a fault."""
        now = int(datetime.now(UTC).timestamp() * 1000)
        since = datetime.fromtimestamp(after / 1000, UTC) - OVERLAP if after else datetime.fromtimestamp(0, UTC)
        with self._reached(BULK_S):
            async for one in self._collection(WISHES).find({"is_unqueued": True}):
                await self._make(one["_id"], [Push(**push) for push in one["unqueued"]])
            found = await self._collection(WISHES).find({"changed": {"$gte": since}}).to_list(None)
        return PushReaders([PushReader(restored(PushWish, one), restored(PushMark, one)) for one in found], now)

    async def queue_pushes(self, before: PushMark, after: PushMark, pushes: Sequence[Push]) -> bool:
        id = before.person_id
        is_as_before = {"_id": id, "told_at": before.told_at, "places": before.places}
        change: Document = {**asdict(after), "changed": datetime.now(UTC), "is_unqueued": True}
        change["unqueued"] = [asdict(push) for push in pushes]
        with self._reached():
            moved = await self._collection(WISHES).update_one(is_as_before, {"$set": change})
            if moved.matched_count:
                await self._make(id, pushes)
        return bool(moved.matched_count)

    async def _make(self, person_id: str, pushes: Sequence[Push]) -> None:
        """Makes what a mark says is to be queued. Made twice, a push is one; made anew after it was sent, it says nothing new
        and is sent again under the same name."""
        for push in pushes:
            if await self._collection(DEVICES).find_one({"_id": push.device_id, "person_id": person_id}, {"_id": 1}) is None:
                continue
            id = _id(push)
            change: Document = {
                "$set": {"upto": push.upto},
                "$setOnInsert": {name: value for name, value in asdict(push).items() if name != "upto"},
            }
            await self._collection(PUSHES).update_one({"_id": id}, change, upsert=True)
            try:
                await self._only_for(PUSHES, id, person_id)
            except KeyError:
                return
        await self._collection(WISHES).update_one({"_id": person_id}, {"$unset": {"unqueued": "", "is_unqueued": ""}})

    async def claim_pushes(self, now: int, most: int, lease_ms: int) -> list[Push]:
        claimed: list[Push] = []
        change: Document = {"$set": {"due_at": now + lease_ms}, "$inc": {"attempts": 1}}
        with self._reached(BULK_S):
            while len(claimed) < most:
                found = await self._collection(PUSHES).find_one_and_update(
                    {"due_at": {"$lte": now}}, change, sort=[("due_at", 1), ("_id", 1)], return_document=ReturnDocument.AFTER
                )
                if found is None:
                    break
                claimed.append(restored(Push, found))
        return sorted(claimed, key=lambda one: (one.created_at, one.device_id, one.jam_id))

    async def push_done(self, push: Push, now: int) -> None:
        id = _id(push)
        with self._reached():
            gone = await self._collection(PUSHES).delete_one({"_id": id, "upto": push.upto})
            if not gone.deleted_count:
                rest = {"after": push.upto, "due_at": now, "attempts": 0}
                await self._collection(PUSHES).update_one({"_id": id}, {"$set": rest})

    async def push_failed(self, push: Push, due_at: int) -> None:
        with self._reached():
            await self._collection(PUSHES).update_one({"_id": _id(push)}, {"$set": {"due_at": due_at}})

    async def waiting_pushes(self) -> int:
        with self._reached():
            return int(await self._collection(PUSHES).count_documents({}))

    async def _forget(self, ids: Sequence[str]) -> None:
        if ids:
            await self._collection(DEVICES).delete_many({"_id": {"$in": list(ids)}})
            await self._collection(PUSHES).delete_many({"device_id": {"$in": list(ids)}})

    async def _only_for(self, name: str, id: str, person_id: str) -> None:
        try:
            await self._require(person_id)
        except KeyError:
            await self._collection(name).delete_one({"_id": id})
            raise


def _id(push: Push) -> str:
    return f"{push.device_id} {push.jam_id}"
