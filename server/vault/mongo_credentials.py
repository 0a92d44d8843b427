"""Accounts, passkeys, tokens and tickets in the MongoDB vault."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from server.journal.mongo_calls import held
from server.vault.credentials import ApiToken, Identity, IdentityTaken, Passkey, Ticket

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
R = TypeVar("R", Identity, Passkey, ApiToken, Ticket)

OWNED = {"identities": "person_id", "passkeys": "person_id", "tokens": "person_id"}
SWEPT = ("tokens", "tickets")


class MongoCredentials:
    """The part of `MongoVault` that `CredentialVault` describes."""

    _collection: Callable[[str], Collection]
    _reached: Callable[..., AbstractContextManager[None]]
    _require: Callable[[str], Any]

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        return await self._one("identities", {"_id": _account(issuer, subject)}, Identity)

    async def identities(self, person_id: str) -> list[Identity]:
        return await self._sorted("identities", {"person_id": person_id}, Identity, lambda one: (one.issuer, one.subject))

    async def put_identity(self, identity: Identity) -> None:
        key = _account(identity.issuer, identity.subject)
        with self._reached():
            await self._require(identity.person_id)
            mine = {"_id": key, "person_id": identity.person_id}
            changed = await self._collection("identities").update_one(mine, {"$set": {"granted": identity.granted}})
        if not changed.matched_count and not await self._insert("identities", key, asdict(identity), identity.person_id):
            await self._put_again(identity)

    async def _put_again(self, identity: Identity) -> None:
        """Someone was faster: the same person elsewhere, or another one."""
        with self._reached():
            found = await held(self._collection("identities"), {"_id": _account(identity.issuer, identity.subject)})
        if found["person_id"] != identity.person_id:
            raise IdentityTaken

    async def passkey(self, id: str) -> Passkey | None:
        return await self._one("passkeys", {"_id": id}, Passkey)

    async def passkeys(self, person_id: str) -> list[Passkey]:
        return await self._sorted("passkeys", {"person_id": person_id}, Passkey, lambda one: (one.created_at, one.id))

    async def add_passkey(self, passkey: Passkey) -> bool:
        return await self._insert("passkeys", passkey.id, asdict(passkey), passkey.person_id)

    async def use_passkey(self, id: str, sign_count: int, used_at: int) -> bool:
        rises: Document = {"$lt": sign_count} if sign_count else {"$eq": 0}
        update = {"$set": {"sign_count": sign_count, "used_at": used_at}}
        with self._reached():
            changed = await self._collection("passkeys").update_one({"_id": id, "sign_count": rises}, update)
        return bool(changed.matched_count)

    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool:
        with self._reached():
            changed = await self._collection("passkeys").update_one(
                {"_id": id, "person_id": person_id}, {"$set": {"name": name}}
            )
        return bool(changed.matched_count)

    async def delete_passkey(self, person_id: str, id: str) -> bool:
        return await self._deleted("passkeys", {"_id": id, "person_id": person_id})

    async def add_token(self, token: ApiToken) -> None:
        await self._insert("tokens", token.token_hash, asdict(token), token.person_id)

    async def token(self, token_hash: str, now: int) -> ApiToken | None:
        return await self._one("tokens", {"_id": token_hash, "expires_at": {"$gt": now}}, ApiToken)

    async def tokens(self, person_id: str) -> list[ApiToken]:
        return await self._sorted("tokens", {"person_id": person_id}, ApiToken, lambda one: (-one.created_at, one.id))

    async def touch_tokens(self, used: Mapping[str, int]) -> None:
        with self._reached():
            updates = [UpdateOne({"_id": token_hash}, {"$set": {"used_at": at}}) for token_hash, at in used.items()]
            await self._collection("tokens").bulk_write(updates, ordered=False)

    async def end_token(self, person_id: str, id: str) -> bool:
        return await self._deleted("tokens", {"id": id, "person_id": person_id})

    async def add_ticket(self, ticket: Ticket) -> None:
        with self._reached():
            await self._collection("tickets").replace_one({"_id": ticket.token_hash}, asdict(ticket), upsert=True)

    async def take_ticket(self, token_hash: str, kind: str, now: int) -> Ticket | None:
        with self._reached():
            found = await self._collection("tickets").find_one_and_delete({"_id": token_hash, "kind": kind})
        ticket = restored(Ticket, found) if found else None
        return ticket if ticket and ticket.expires_at > now else None

    async def _one(self, name: str, query: Document, kind: type[R]) -> R | None:
        with self._reached():
            found = await self._collection(name).find_one(query)
        return restored(kind, found) if found else None

    async def _sorted(self, name: str, query: Document, kind: type[R], key: Callable[[R], Any]) -> list[R]:
        with self._reached():
            found = await self._collection(name).find(query).to_list(None)
        return sorted((restored(kind, one) for one in found), key=key)

    async def _insert(self, name: str, key: Any, values: Document, person_id: str) -> bool:
        """Insert what belongs to a person; False if the key is taken. Raises `KeyError` if there is no such person, before
        or after: so of an erasure and an insertion at the same moment nothing is left.
        """
        with self._reached():
            await self._require(person_id)
            try:
                await self._collection(name).insert_one({"_id": key, **values})
            except DuplicateKeyError:
                return False
            try:
                await self._require(person_id)
            except KeyError:
                await self._collection(name).delete_one({"_id": key})
                raise
        return True

    async def _deleted(self, name: str, query: Document) -> bool:
        with self._reached():
            return bool((await self._collection(name).delete_one(query)).deleted_count)


def _account(issuer: str, subject: str) -> Document:
    return {"issuer": issuer, "subject": subject}


T = TypeVar("T")


def restored(kind: type[T], found: Document) -> T:
    """The record of a document: BSON's own integers and bytes become Python's, a missing field None."""
    fields: dict[str, Any] = getattr(kind, "__dataclass_fields__", {})
    return kind(**{field: _plain(found.get(field)) for field in fields})


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return int(value) if isinstance(value, int) else value
