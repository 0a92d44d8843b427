"""Wishes about mails, and marks of what was mailed, in the MongoDB vault."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import BULK_S
from server.journal.mongo_layout import Index
from server.vault.digests import DigestMark, MailMode, MailWish
from server.vault.mongo_credentials import restored

Document = dict[str, Any]
WISHES, DIGESTS = "mail_wishes", "digests"
OWNED = {WISHES: "person_id", DIGESTS: "person_id"}
INDEXES = (
    Index(WISHES, "by_secret", (("secret", 1),), is_unique=True),
    Index(DIGESTS, "by_jam", (("jam_id", 1),)),
)


class MongoDigests:
    """The part of `MongoVault` that `DigestVault` describes. Whatever is put looks again afterwards who is still there."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]
    _require: Callable[[str], Any]

    async def mail_wish(self, person_id: str) -> MailWish | None:
        with self._reached():
            return _wish(await self._collection(WISHES).find_one({"_id": person_id}))

    async def mail_wish_of(self, secret: str) -> MailWish | None:
        with self._reached():
            return _wish(await self._collection(WISHES).find_one({"secret": secret}))

    async def put_mail_wish(self, wish: MailWish) -> MailWish:
        change: Document = {
            "$set": {"mode": wish.mode.value, "person_id": wish.person_id},
            "$setOnInsert": {"secret": wish.secret},
        }
        with self._reached():
            await self._require(wish.person_id)
            kept = await self._collection(WISHES).find_one_and_update(
                {"_id": wish.person_id}, change, upsert=True, return_document=ReturnDocument.AFTER
            )
            await self._keep_only_for(WISHES, wish.person_id, wish.person_id)
        return _wish(kept) or wish

    async def digest_marks(self, jam_id: str) -> dict[str, DigestMark]:
        with self._reached(BULK_S):
            found = await self._collection(DIGESTS).find({"jam_id": jam_id}).to_list(None)
        return {one["person_id"]: restored(DigestMark, one) for one in found}

    async def claim_digest(self, before: DigestMark, until: int) -> bool:
        claimed, id = replace(before, claimed_until=until), f"{before.person_id} {before.jam_id}"
        with self._reached():
            await self._require(before.person_id)
            done = await self._claim_mark(id, before, claimed)
            await self._keep_only_for(DIGESTS, id, before.person_id)
        return done

    async def _claim_mark(self, id: str, before: DigestMark, claimed: DigestMark) -> bool:
        changed = await self._collection(DIGESTS).update_one(
            {"_id": id, **asdict(before)}, {"$set": {"claimed_until": claimed.claimed_until}}
        )
        if changed.matched_count or (before.seq, before.sent_at, before.claimed_until) != (0, 0, 0):
            return bool(changed.matched_count)
        try:
            await self._collection(DIGESTS).insert_one({"_id": id, **asdict(claimed)})
        except DuplicateKeyError:
            return False
        return True

    async def put_digest(self, mark: DigestMark) -> None:
        with self._reached():
            await self._collection(DIGESTS).update_one({"_id": f"{mark.person_id} {mark.jam_id}"}, {"$set": asdict(mark)})

    async def _keep_only_for(self, name: str, id: str, person_id: str) -> None:
        try:
            await self._require(person_id)
        except KeyError:
            await self._collection(name).delete_one({"_id": id})
            raise


def _wish(found: Document | None) -> MailWish | None:
    return None if found is None else MailWish(found["person_id"], MailMode(found["mode"]), found["secret"])
