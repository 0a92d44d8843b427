"""The vault in MongoDB, for many servers: one document a person, link, session, image or draft.

Nothing here needs a transaction. A person is erased before what was theirs, and whatever is put for a person looks
again afterwards whether the person is still there: so of an erasure and a write at the same moment nothing is left.
"""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TypeVar, Unpack

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from server.journal import mongo_layout
from server.journal.mongo_calls import BULK_S, CALL_S, LONG_S, connected, durable, for_so_many, in_words, within
from server.journal.mongo_layout import Index
from server.vault import (
    mongo_counts,
    mongo_credentials,
    mongo_digests,
    mongo_hooks,
    mongo_invitations,
    mongo_own,
    mongo_pushes,
    mongo_visits,
)
from server.vault.mongo_backlogs import MongoBacklogs
from server.vault.mongo_counts import MongoCounts
from server.vault.mongo_credentials import MongoCredentials, restored
from server.vault.mongo_digests import MongoDigests
from server.vault.mongo_hooks import MongoHooks
from server.vault.mongo_invitations import MongoInvitations
from server.vault.mongo_leases import MongoLeases
from server.vault.mongo_notes import MongoNotes
from server.vault.mongo_own import MongoOwn
from server.vault.mongo_pushes import MongoPushes
from server.vault.mongo_visits import MongoVisits
from server.vault.names import by_name, check_bulk, normalise_email, normalised, people_query, prefix_range, words
from server.vault.port import (
    Draft,
    EmailTaken,
    Image,
    PersonChanges,
    PersonExists,
    PersonRecord,
    Session,
    SessionUse,
    SignInLink,
    VaultUnavailable,
    check_changes,
    check_image,
)

Document = dict[str, Any]
T = TypeVar("T", PersonRecord, SignInLink, Session, Image, Draft)

DELETE_BATCH = 10_000
DUPLICATE_KEY = 11000
OWNED = {
    "links": "person_id", "sessions": "person_id", "images": "owner_id", "drafts": "person_id", **mongo_credentials.OWNED,
    **mongo_visits.OWNED, **mongo_own.OWNED, **mongo_invitations.OWNED, **mongo_digests.OWNED,
    **mongo_pushes.OWNED,
}  # fmt: skip
"""Which field of which collection names the person it belongs to."""

SWEPT = ("links", "sessions", *mongo_credentials.SWEPT, *mongo_own.SWEPT, *mongo_invitations.SWEPT, *mongo_counts.SWEPT)
"""Collections whose documents expire."""

INDEXES = (
    # Sparse: a person without an address has no such field, and any number may have none.
    Index("people", "by_email", (("email", 1),), is_unique=True, is_sparse=True),
    Index("people", "by_word", (("words", 1),)),
    *mongo_invitations.INDEXES,
    *mongo_hooks.INDEXES,
    *mongo_digests.INDEXES,
    *mongo_pushes.INDEXES,
    *(Index(name, "by_expiry", (("expires_at", 1),)) for name in SWEPT),
    *(Index(name, "by_person", ((owner, 1),)) for name, owner in OWNED.items()),
)
"""All that are needed: a part of the vault adds its own."""


class MongoVault(
    MongoCredentials,
    MongoVisits,
    MongoOwn,
    MongoInvitations,
    MongoDigests,
    MongoHooks,
    MongoNotes,
    MongoLeases,
    MongoCounts,
    MongoPushes,
    MongoBacklogs,
):
    """Build it with `open`."""

    _owned = OWNED

    def __init__(self, client: "AsyncIOMotorClient[Document]", database: str) -> None:
        self._client = client
        self._store = durable(client, database)
        self._people = self._collection("people")
        self._links = self._collection("links")
        self._sessions = self._collection("sessions")
        self._images = self._collection("images")
        self._drafts = self._collection("drafts")
        self._closed = False

    @classmethod
    async def open(cls, url: str, database: str) -> "MongoVault":
        """Connect and create the indexes that are missing. Raises `VaultUnavailable`."""
        try:
            client = connected(url)
            vault = cls(client, database)
        except PyMongoError as error:
            raise VaultUnavailable(in_words(error)) from error
        try:
            await vault.prepare()
        except BaseException:
            await asyncio.to_thread(client.close)
            raise
        return vault

    async def prepare(self) -> None:
        """Create the indexes, where they are missing."""
        with self._reached():
            await self._store.command("ping")
        with self._reached(LONG_S):
            await mongo_layout.make(self._store, INDEXES)

    async def add_person(self, person: PersonRecord) -> None:
        """Add a person. Raises `EmailTaken` or `PersonExists`."""
        await self.add_people([person])

    async def add_people(self, people: Sequence[PersonRecord]) -> None:
        """Add all of them or, raising `EmailTaken` or `PersonExists`, none.

        If it raises `VaultUnavailable`, some may have been added.
        """
        ready = [normalised(person) for person in people]
        check_bulk(ready)
        with self._reached(for_so_many(len(ready))):
            try:
                if ready:
                    await self._people.insert_many([_person_document(person) for person in ready])
            except BulkWriteError as error:
                await self._undo_bulk(ready, error)

    async def person(self, person_id: str) -> PersonRecord | None:
        """The person, or None."""
        return await self._find(self._people, {"_id": person_id}, PersonRecord)

    async def people(self, person_ids: Collection[str]) -> dict[str, PersonRecord]:
        """Those of the people who exist, by id."""
        asked, seconds = list(person_ids), for_so_many(len(person_ids))
        found = await self._find_all(self._people, {"_id": {"$in": asked}}, PersonRecord, seconds=seconds)
        return {person.id: person for person in found}

    async def person_by_email(self, email: str) -> PersonRecord | None:
        """The person with this address, however it is capitalised, or None."""
        address = normalise_email(email)
        return await self._find(self._people, {"email": address}, PersonRecord) if address else None

    async def update_person(self, person_id: str, **changes: Unpack[PersonChanges]) -> PersonRecord:
        """Change the fields named and return the person as they are now; see `Vault.update_person`."""
        check_changes(changes)
        with self._reached():
            try:
                found = await self._updated(person_id, _update(changes))
            except DuplicateKeyError:
                raise EmailTaken(normalise_email(changes["email"]) or "") from None
            if found is None:
                raise KeyError(person_id)
            await self._note_change(person_id)
        return restored(PersonRecord, found)

    async def search_people(self, prefix: str, limit: int) -> list[PersonRecord]:
        """At most `limit` people who match what is typed, sorted by name; see `Vault.search_people`."""
        query = people_query(prefix)
        found: dict[str, PersonRecord] = {}
        if query.words and limit > 0:
            named = {"$and": [{"words": {"$elemMatch": _beginning(word)}} for word in query.words]}
            found |= {person.id: person for person in await self._find_all(self._people, named, PersonRecord, limit)}
        if query.email and limit > len(found):
            addressed = {"email": _beginning(query.email), "_id": {"$nin": list(found)}}
            rest = await self._find_all(self._people, addressed, PersonRecord, limit - len(found))
            found |= {person.id: person for person in rest}
        return by_name(found.values())

    async def erase_person(self, person_id: str) -> None:
        """Remove the person and all that was theirs. If it fails midway, erasing again finishes it."""
        with self._reached(BULK_S):
            found = await self._people.find_one_and_delete({"_id": person_id})
            await self.forget_address((found or {}).get("email"))
            await self._note_change(person_id)
            for name, owner in OWNED.items():
                await self._collection(name).delete_many({owner: person_id})

    async def add_link(self, link: SignInLink) -> None:
        """Keep a sign-in link. Raises `KeyError` for an unknown person."""
        await self._put(self._links, link.token_hash, asdict(link), link.person_id)

    async def link(self, token_hash: str, now: int) -> SignInLink | None:
        """The link, which stays usable; None if it is unknown, used or expired."""
        return await self._find(self._links, {"_id": token_hash, "expires_at": {"$gt": now}}, SignInLink)

    async def take_link(self, token_hash: str, now: int) -> SignInLink | None:
        """Use a link up: of any number who take it, one gets it; None if it is unknown, used or expired."""
        with self._reached():
            found = await self._links.find_one_and_delete({"_id": token_hash})
        link = restored(SignInLink, found) if found else None
        return link if link and link.expires_at > now else None

    async def add_session(self, session: Session) -> None:
        """Keep a session. Raises `KeyError` for an unknown person."""
        await self._put(self._sessions, session.token_hash, asdict(session), session.person_id)

    async def session(self, token_hash: str, now: int) -> Session | None:
        """The session, or None if it is unknown, ended or expired."""
        return await self._find(self._sessions, {"_id": token_hash, "expires_at": {"$gt": now}}, Session)

    async def ended_sessions(self, token_hashes: Collection[str], now: int) -> set[str]:
        """Those of the sessions and tokens that are unknown, ended or expired."""
        query = {"_id": {"$in": list(token_hashes)}, "expires_at": {"$gt": now}}
        with self._reached():
            good = await self._sessions.find(query, {"_id": 1}).to_list(None)
            good += await self._collection("tokens").find(query, {"_id": 1}).to_list(None)
        return {*token_hashes} - {one["_id"] for one in good}

    async def touch_sessions(self, uses: Collection[SessionUse]) -> None:
        """Note all of them in one message. A session that has ended stays ended."""
        with self._reached():
            updates = [
                UpdateOne({"_id": use.token_hash}, {"$set": {"seen_at": use.seen_at, "expires_at": use.expires_at}})
                for use in uses
            ]
            await self._sessions.bulk_write(updates, ordered=False)

    async def end_session(self, token_hash: str) -> None:
        """End one session."""
        with self._reached():
            await self._sessions.delete_one({"_id": token_hash})

    async def end_sessions(self, person_id: str, except_hash: str | None = None) -> None:
        """End all sessions of a person but the one of `except_hash`."""
        with self._reached():
            await self._sessions.delete_many({"person_id": person_id, "_id": {"$ne": except_hash}})

    async def end_sessions_of(self, person_ids: Collection[str], begun_by: int) -> None:
        """End all sessions of these people that were made at `begun_by` or before."""
        people = list(person_ids)
        with self._reached(BULK_S):
            for start in range(0, len(people), DELETE_BATCH):
                part = people[start : start + DELETE_BATCH]
                await self._sessions.delete_many({"person_id": {"$in": part}, "created_at": {"$lte": begun_by}})

    async def sessions(self, person_id: str) -> list[Session]:
        """The sessions of a person, the one used last first; expired ones too, until they are swept."""
        found = await self._find_all(self._sessions, {"person_id": person_id}, Session)
        return sorted(found, key=lambda session: (-session.seen_at, session.token_hash))

    async def put_image(self, image: Image) -> None:
        """Keep an image, in place of one with the same id. Raises `KeyError` for an unknown owner, or `ValueError`."""
        check_image(image)
        await self._put(self._images, image.id, asdict(image), image.owner_id)

    async def image(self, image_id: str) -> Image | None:
        """The image, or None."""
        return await self._find(self._images, {"_id": image_id}, Image)

    async def delete_image(self, image_id: str) -> None:
        """Remove an image."""
        with self._reached():
            await self._images.delete_one({"_id": image_id})

    async def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of one with the same person, jam and key. Raises `KeyError` for an unknown person."""
        await self._put(self._drafts, _draft_key(draft.person_id, draft.jam_id, draft.key), asdict(draft), draft.person_id)

    async def drafts(self, person_id: str, jam_id: str) -> list[Draft]:
        """The drafts of a person in a jam, sorted by key."""
        found = await self._find_all(self._drafts, {"person_id": person_id, "jam_id": jam_id}, Draft)
        return sorted(found, key=lambda draft: draft.key)

    async def delete_draft(self, person_id: str, jam_id: str, key: str) -> None:
        """Remove a draft."""
        with self._reached():
            await self._drafts.delete_one({"_id": _draft_key(person_id, jam_id, key)})

    async def sweep(self, now: int) -> int:
        """Remove what has expired by `now`, and return how many there were."""
        expired = {"expires_at": {"$lte": now}}
        with self._reached(BULK_S):
            swept = [await self._collection(name).delete_many(expired) for name in SWEPT]
        return sum(result.deleted_count for result in swept)

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        # The driver's close() ends its sessions on the server, and would hold up the event loop meanwhile.
        await asyncio.to_thread(self._client.close)

    def _collection(self, name: str) -> "AsyncIOMotorCollection[Document]":
        return self._store[name]

    async def _find(self, store: "AsyncIOMotorCollection[Document]", query: Document, kind: type[T]) -> T | None:
        with self._reached():
            found = await store.find_one(query)
        return restored(kind, found) if found else None

    async def _find_all(
        self, store: "AsyncIOMotorCollection[Document]", query: Document, kind: type[T], limit: int = 0, seconds: float = CALL_S
    ) -> list[T]:
        with self._reached(seconds):
            return [restored(kind, found) for found in await store.find(query).limit(limit).to_list(None)]

    async def _put(self, store: "AsyncIOMotorCollection[Document]", key: Any, values: Document, person_id: str) -> None:
        """Insert or replace what belongs to a person. Raises `KeyError` if there is no such person, before or after."""
        with self._reached():
            await self._require(person_id)
            await _upsert(store, key, values)
            try:
                await self._require(person_id)
            except KeyError:
                await store.delete_one({"_id": key})
                raise

    async def _updated(self, person_id: str, update: Document) -> Document | None:
        if not update:
            return await self._people.find_one({"_id": person_id})
        return await self._people.find_one_and_update({"_id": person_id}, update, return_document=ReturnDocument.AFTER)

    async def _require(self, person_id: str) -> None:
        if await self._people.find_one({"_id": person_id}, {"_id": 1}) is None:
            raise KeyError(person_id)

    async def _undo_bulk(self, people: Sequence[PersonRecord], error: BulkWriteError) -> None:
        """Remove those inserted before the one that failed, and raise why it did."""
        failures = (error.details or {}).get("writeErrors", [])
        if not failures or failures[0]["code"] != DUPLICATE_KEY:
            raise VaultUnavailable(f"MongoDB: {error}") from error
        place = int(failures[0]["index"])
        inserted = [person.id for person in people[:place]]
        for start in range(0, len(inserted), DELETE_BATCH):
            await self._people.delete_many({"_id": {"$in": inserted[start : start + DELETE_BATCH]}})
        if await self.person(people[place].id):
            raise PersonExists(people[place].id) from None
        raise EmailTaken(people[place].email or "") from None

    @contextmanager
    def _reached(self, seconds: float | None = CALL_S) -> Iterator[None]:
        """Turn the driver's errors into `VaultUnavailable`; all that is inside ends within so many seconds."""
        if self._closed:
            raise VaultUnavailable("the vault is closed")
        try:
            with within(seconds):
                yield
        except PyMongoError as error:
            raise VaultUnavailable(in_words(error)) from error


async def _upsert(store: "AsyncIOMotorCollection[Document]", key: Any, values: Document) -> None:
    try:
        await store.replace_one({"_id": key}, values, upsert=True)
    except DuplicateKeyError:
        # Somebody else inserted it between the server's look and its insert: now there is one to replace.
        await store.replace_one({"_id": key}, values)


def _person_document(person: PersonRecord) -> Document:
    values = asdict(person)
    if person.email is None:
        del values["email"]
    return {"_id": person.id, **values, "words": words(person.name)}


def _update(changes: PersonChanges) -> Document:
    """The update that makes the changes; empty if there are none."""
    values: Document = dict(changes)
    if "name" in changes:
        values["words"] = words(changes["name"])
    removed = {}
    if "email" in changes:
        values["email"] = normalise_email(changes["email"])
        removed = {"email": ""} if values["email"] is None else {}
    kept = {field: value for field, value in values.items() if field not in removed}
    return {operator: fields for operator, fields in (("$set", kept), ("$unset", removed)) if fields}


def _beginning(prefix: str) -> Document:
    start, end = prefix_range(prefix)
    return {"$gte": start, "$lt": end}


def _draft_key(person_id: str, jam_id: str, key: str) -> Document:
    return {"person_id": person_id, "jam_id": jam_id, "key": key}
