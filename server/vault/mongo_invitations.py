"""Mails of invitations, and codes, in the MongoDB vault."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import BULK_S, held
from server.journal.mongo_layout import Index
from server.vault.invitations import InvitationMail, MailState, RoomCode
from server.vault.mongo_credentials import restored

Document = dict[str, Any]
MAILS, CODES = "invitation_mails", "room_codes"
OWNED = {MAILS: "inviter_id", CODES: "owner_id"}
SWEPT = (MAILS, CODES)
BATCH = 1_000
INDEXES = (
    Index(MAILS, "by_due", (("state", 1), ("due_at", 1))),
    Index(MAILS, "by_address", (("address", 1), ("jam_id", 1))),
    Index(CODES, "by_code", (("code", 1),), is_unique=True),
)
UNSENT = [MailState.FAILED.value, MailState.REFUSED.value, MailState.DROPPED.value]
TO_SEND = [MailState.WAITING.value, MailState.SENDING.value]
TO_RECORD = [MailState.TAKEN.value, MailState.REFUSED.value]


class MongoInvitations:
    """The part of `MongoVault` that `InvitationVault` describes.

    Without transactions two servers that plan a mail to one address in the same moment may both plan it for today.
    """

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]
    _require: Callable[[str], Any]

    async def put_mails(self, mails: Sequence[InvitationMail], apart_ms: int) -> list[InvitationMail]:
        with self._reached(BULK_S):
            for inviter in {mail.inviter_id for mail in mails}:
                await self._require(inviter)
            kept = [await self._put_mail(mail, apart_ms) for mail in mails]
            try:
                for inviter in {mail.inviter_id for mail in mails}:
                    await self._require(inviter)
            except KeyError:
                await self._collection(MAILS).delete_many({"_id": {"$in": [mail.id for mail in mails]}})
                raise
        return kept

    async def _put_mail(self, mail: InvitationMail, apart_ms: int) -> InvitationMail:
        store = self._collection(MAILS)
        other = {"address": mail.address, "jam_id": mail.jam_id, "state": {"$nin": UNSENT}, "_id": {"$ne": mail.id}}
        last = await store.find_one(other, sort=[("planned_at", -1)])
        at = mail.planned_at if last is None else max(mail.planned_at, int(last["planned_at"]) + apart_ms)
        planned = replace(mail, planned_at=at, due_at=max(mail.due_at, at))
        try:
            await store.insert_one({"_id": mail.id, **asdict(planned), "state": planned.state.value})
        except DuplicateKeyError:
            return _mail(await held(store, {"_id": mail.id}))
        return planned

    async def claim_mails(self, now: int, most: int, lease_ms: int) -> list[InvitationMail]:
        begin: Document = {"$set": {"state": MailState.SENDING.value, "due_at": now + lease_ms}, "$inc": {"attempts": 1}}
        claimed = await self._claim(TO_SEND, begin, now, most)
        again: Document = {"$set": {"due_at": now + lease_ms}}
        return claimed + await self._claim(TO_RECORD, again, now, most - len(claimed))

    async def _claim(self, states: list[str], update: Document, now: int, most: int) -> list[InvitationMail]:
        claimed: list[InvitationMail] = []
        due = {"state": {"$in": states}, "due_at": {"$lte": now}}
        while len(claimed) < most:
            with self._reached():
                found = await self._collection(MAILS).find_one_and_update(
                    due, update, sort=[("due_at", 1), ("_id", 1)], return_document=ReturnDocument.AFTER
                )
            if found is None:
                break
            claimed.append(_mail(found))
        return claimed

    async def keep_mail(self, mail: InvitationMail) -> None:
        fields = {
            "state": mail.state.value,
            "attempts": mail.attempts,
            "due_at": mail.due_at,
            "sent_at": mail.sent_at,
            "secret": mail.secret,
        }
        with self._reached():
            await self._collection(MAILS).update_one({"_id": mail.id}, {"$set": fields})

    async def mails(self, ids: Collection[str]) -> dict[str, InvitationMail]:
        found = (_mail(one) for one in await self._in(MAILS, "_id", ids, {}))
        return {mail.id: mail for mail in found}

    async def mailed(self, jam_id: str, addresses: Collection[str]) -> dict[str, list[str]]:
        kept = await self._in(MAILS, "address", addresses, {"jam_id": jam_id, "state": {"$nin": UNSENT}})
        found: dict[str, list[str]] = {}
        for one in sorted(kept, key=lambda one: (one["planned_at"], one["_id"])):
            found.setdefault(one["address"], []).append(one["_id"])
        return found

    async def declined(self, jam_id: str, address: str) -> bool:
        query = {"address": address, "jam_id": jam_id, "state": MailState.DECLINED.value}
        with self._reached():
            return await self._collection(MAILS).find_one(query) is not None

    async def people_by_email(self, addresses: Collection[str]) -> dict[str, str]:
        return {one["email"]: one["_id"] for one in await self._in("people", "email", addresses, {})}

    async def add_code(self, code: RoomCode) -> bool:
        with self._reached():
            await self._require(code.owner_id)
            try:
                await self._collection(CODES).insert_one({"_id": code.id, **asdict(code)})
            except DuplicateKeyError:
                return False
            try:
                await self._require(code.owner_id)
            except KeyError:
                await self._collection(CODES).delete_one({"_id": code.id})
                raise
        return True

    async def room_code(self, code: str, now: int) -> RoomCode | None:
        with self._reached():
            found = await self._collection(CODES).find_one({"code": code, "expires_at": {"$gt": now}})
        return restored(RoomCode, found) if found else None

    async def room_codes(self, ids: Collection[str]) -> dict[str, RoomCode]:
        found = (restored(RoomCode, one) for one in await self._in(CODES, "_id", ids, {}))
        return {code.id: code for code in found}

    async def forget_address(self, address: str | None) -> None:
        """Remove the mails to an address."""
        if address:
            await self._collection(MAILS).delete_many({"address": address})

    async def _in(self, name: str, field: str, values: Collection[str], also: Document) -> list[Document]:
        asked, found = list(values), []
        for start in range(0, len(asked), BATCH):
            with self._reached(BULK_S):
                query = {field: {"$in": asked[start : start + BATCH]}, **also}
                found += await self._collection(name).find(query).to_list(None)
        return found


def _mail(found: Document) -> InvitationMail:
    mail = restored(InvitationMail, found)
    return replace(mail, state=MailState(mail.state))
