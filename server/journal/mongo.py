"""The journal in MongoDB, for many servers: one document a record, acknowledged by a majority and journaled.

A unique index on (stream, after) lets one writer of several win. On a sharded cluster shard `records` by the range
{stream: 1, after: 1}: a hashed key can't be unique. Reads and followers use the read concern `majority`, so nothing
they have seen can be rolled back.
"""

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError, ServerSelectionTimeoutError

from server.journal import mongo_layout
from server.journal.mongo_calls import BULK_S, CALL_S, LONG_S, connected, durable, in_words, within
from server.journal.mongo_layout import Index
from server.journal.paged import PAGE_BYTES, PAGE_RECORDS, ChainCheck, PagedJournal
from server.journal.port import (
    SNAPSHOT_GRACE_MS,
    Conflict,
    JournalUnavailable,
    Record,
    Snapshot,
    check_append,
    check_payload,
    split_snapshot,
)

Document = dict[str, Any]

NEWS_WAIT_MS = 500
POLL_SECONDS = 0.1
POLLS = 600
"""Looks at the store before the change stream is tried again: about a minute."""

LOOK_ANYWAY_S = 2.0
"""Whatever the change stream says, followers look for themselves this often: its line may be dead without anyone knowing."""

PAGE_S = 10.0
PREFIX_END = "\U0010ffff"
BY_NUMBER = [("stream", ASCENDING), ("after", ASCENDING)]
NEWEST_FIRST = [("stream", DESCENDING), ("after", DESCENDING)]
HEADER_FIELDS = {"_id": 0, "stream": 1, "after": 1, "count": 1}
RECORD_FIELDS = {"_id": 0, "after": 1, "count": 1, "payload": 1, "token": 1}
NEWS: list[Document] = [{"$match": {"operationType": "insert"}}, {"$project": {"fullDocument.stream": 1}}]
NO_CHANGE_STREAMS = {13, 59, 115, 40324, 40573}
"""Unauthorized, CommandNotFound, CommandNotSupported, unknown stage, and "only supported on replica sets"."""

RECORDS, SNAPSHOTS, CHUNKS = "records", "snapshots", "snapshot_chunks"
SHARD_KEY = (("stream", ASCENDING), ("after", ASCENDING))
INDEXES = (
    Index(RECORDS, "by_number", SHARD_KEY, is_unique=True),
    Index(CHUNKS, "by_place", (("body", ASCENDING), ("place", ASCENDING)), is_unique=True),
)


class MongoJournal(PagedJournal):
    """Build it with `open`."""

    def __init__(self, client: "AsyncIOMotorClient[Document]", database: str) -> None:
        super().__init__()
        self._client = client
        self._store = durable(client, database)
        self._records: AsyncIOMotorCollection[Document] = self._store[RECORDS]
        self._heads: AsyncIOMotorCollection[Document] = self._store[SNAPSHOTS]
        self._chunks: AsyncIOMotorCollection[Document] = self._store[CHUNKS]
        self._boundaries: dict[str, int] = {}

    @classmethod
    async def open(cls, url: str, database: str) -> "MongoJournal":
        """Connect and create the indexes that are missing. Raises `JournalUnavailable`."""
        with _reached():
            client = connected(url)
            journal = cls(client, database)
        try:
            await journal.prepare()
        except BaseException:
            await asyncio.to_thread(client.close)
            raise
        return journal

    async def prepare(self) -> None:
        """Create the indexes, where they are missing."""
        with _reached():
            # Within its deadline the driver tries again and again: whether anybody is there is not to take as long as an index.
            await self._store.command("ping")
        with _reached(LONG_S):
            await mongo_layout.make(self._store, INDEXES)

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        """Append `count` events after `after`; see `Journal.append`."""
        self._require_open()
        check_append(after, count, payload)
        await self._require_end(stream, after)
        record = {"stream": stream, "after": after, "count": count, "payload": payload, "token": token}
        try:
            with _reached(uncertain=True):
                await self._records.insert_one(record)
        except DuplicateKeyError:
            await self._accept_own(stream, after, token)
        self._boundaries[stream] = max(after + count, self._boundaries.get(stream, 0))
        self._appended(stream)

    async def streams(self, prefix: str = "") -> list[str]:
        """The names of all streams that begin with `prefix`, sorted."""
        self._require_open()
        with _reached(BULK_S):
            names = await self._records.distinct("stream", {"stream": {"$gte": prefix, "$lt": prefix + PREFIX_END}})
        return sorted(names)

    async def replace(self, stream: str, after: int, payload: bytes) -> None:
        """Rewrite the payload of the record that follows `after`.

        The old one stays in the replica set's oplog until that has rolled over.
        """
        self._require_open()
        check_payload(payload)
        with _reached():
            found = await self._records.update_one({"stream": stream, "after": after}, {"$set": {"payload": payload}})
        if found.matched_count == 0:
            raise KeyError((stream, after))

    async def save_snapshot(self, stream: str, seq: int, kind: str, data: bytes) -> None:
        """Keep a snapshot unless a newer one of its kind exists: first its pieces, then the head that names them."""
        self._require_open()
        body = uuid.uuid4().hex
        chunks = split_snapshot(data)
        with _reached(BULK_S):
            for place, chunk in enumerate(chunks):
                written = {"body": body, "place": place, "written_at": _now_ms(), "data": chunk}
                await self._chunks.insert_one(written)
            loser = await self._put_head(stream, kind, {"seq": seq, "body": body, "chunks": len(chunks)})
            await self._chunks.delete_many({"body": loser})
            await self._drop_orphans()

    async def load_snapshot(self, stream: str, kind: str) -> Snapshot | None:
        """The newest snapshot of the stream in the format `kind`, or None."""
        self._require_open()
        head = None
        with _reached(BULK_S):
            while (found := await self._heads.find_one({"stream": stream, "kind": kind})) != head:
                head = found
                if head and (snapshot := await self._assemble(head)):
                    return snapshot
        # The same head twice without its chunks: a damaged snapshot is as good as none, the records are still there.
        return None

    async def drop_snapshots(self, stream: str) -> None:
        """Remove every snapshot of the stream."""
        self._require_open()
        with _reached(BULK_S):
            heads = await self._heads.find({"stream": stream}).to_list(None)
            await self._heads.delete_many({"stream": stream})
            await self._chunks.delete_many({"body": {"$in": [head["body"] for head in heads]}})

    async def wipe(self) -> None:
        """The server reuses the space by itself; docs/operations.md says what that means."""

    async def check(self) -> list[str]:
        """The breaks in the chains of records; empty if there are none. Reads every record's numbers."""
        self._require_open()
        chains = ChainCheck()
        with _reached(None):
            async for found in self._records.find({}, HEADER_FIELDS).sort(BY_NUMBER):
                chains.visit(found["stream"], int(found["after"]), int(found["count"]))
        return chains.problems

    async def close(self) -> None:
        """End every `follow` and close the connections."""
        await self._end_followers()
        # The driver's close() ends its sessions on the server, and would hold up the event loop meanwhile.
        await asyncio.to_thread(self._client.close)

    async def _page(self, stream: str, after: int) -> list[Record]:
        self._require_open()
        page: list[Record] = []
        size = 0
        with _reached(PAGE_S):
            cursor = self._records.find({"stream": stream, "after": {"$gte": after}}, RECORD_FIELDS)
            async for found in cursor.sort(BY_NUMBER).limit(PAGE_RECORDS):
                page.append(_record(stream, found))
                size += len(page[-1].payload)
                if size >= PAGE_BYTES:
                    break
            await cursor.close()
        return page

    async def _end_before(self, stream: str, limit: int | None) -> int:
        self._require_open()
        query: Document = {"stream": stream} if limit is None else {"stream": stream, "after": {"$lt": limit}}
        with _reached():
            found = await self._records.find_one(query, HEADER_FIELDS, sort=NEWEST_FIRST)
        return int(found["after"]) + int(found["count"]) if found else 0

    async def _require_end(self, stream: str, after: int) -> None:
        """Refuse to leave a gap. A number once known to end a record always does, so the store is rarely asked."""
        if after in (0, self._boundaries.get(stream)):
            return
        if await self._end_before(stream, after) != after:
            raise Conflict(stream, after, await self.last(stream))
        self._boundaries[stream] = after

    async def _accept_own(self, stream: str, after: int, token: str) -> None:
        """Return if the record that follows `after` is ours and held by a majority; else say whose it is."""
        with _reached(uncertain=True):
            found = await self._records.find_one({"stream": stream, "after": after}, {"_id": 0, "token": 1})
        if found is None:
            raise JournalUnavailable("a record is written, but not yet held by a majority", uncertain=True)
        if found["token"] != token:
            raise Conflict(stream, after, await self.last(stream))

    async def _put_head(self, stream: str, kind: str, head: Document) -> str | None:
        """Make `head` the snapshot unless a newer one is there; return the body whose chunks are now in vain."""
        older = {"_id": {"stream": stream, "kind": kind}, "seq": {"$lte": head["seq"]}}
        update = {"$set": {"stream": stream, "kind": kind, **head}}
        try:
            known = await self._heads.find_one_and_update(older, update, upsert=True)
        except DuplicateKeyError:
            return str(head["body"])
        return str(known["body"]) if known else None

    async def _drop_orphans(self) -> None:
        """Delete chunks that a writer who died left behind, once nobody can still be writing them."""
        kept = await self._heads.distinct("body")
        await self._chunks.delete_many({"body": {"$nin": kept}, "written_at": {"$lt": _now_ms() - SNAPSHOT_GRACE_MS}})

    async def _assemble(self, head: Document) -> Snapshot | None:
        chunks = await self._chunks.find({"body": head["body"]}).sort("place", ASCENDING).to_list(None)
        if len(chunks) != head["chunks"]:
            return None
        return Snapshot(int(head["seq"]), b"".join(bytes(chunk["data"]) for chunk in chunks))

    async def _watch(self) -> None:
        """Listen to the change stream, or poll for a while where there is none for us: no replica set, or no right to it."""
        looking = asyncio.create_task(self._look_anyway())
        try:
            with _reached(None, passing=OperationFailure):
                await self._listen()
        except OperationFailure as error:
            if error.code not in NO_CHANGE_STREAMS:
                raise JournalUnavailable(f"the change stream ended: {in_words(error)}") from error
            await self._poll()
        finally:
            looking.cancel()

    async def _listen(self) -> None:
        """Wake the followers of each stream that grows, and all of them about twice a second to be safe.

        The driver resumes the stream after a break where it was. Where it can't, the next stream begins now: what came in
        between is found by number, for all followers are woken then.
        """
        async with self._records.watch(NEWS, max_await_time_ms=NEWS_WAIT_MS) as changes:
            while changes.alive:
                change = await changes.try_next()
                if change is None:
                    self._wake_all()
                else:
                    self._wake(change["fullDocument"]["stream"])

    async def _look_anyway(self) -> None:
        while True:
            await asyncio.sleep(LOOK_ANYWAY_S)
            self._wake_all()

    async def _poll(self) -> None:
        for _ in range(POLLS):
            self._wake_all()
            await asyncio.sleep(POLL_SECONDS)

    def _require_open(self) -> None:
        if self._closed:
            raise JournalUnavailable("the journal is closed")


def _record(stream: str, found: Document) -> Record:
    return Record(stream, int(found["after"]), int(found["count"]), bytes(found["payload"]), found["token"])


@contextmanager
def _reached(
    seconds: float | None = CALL_S, uncertain: bool = False, passing: type[PyMongoError] = DuplicateKeyError
) -> Iterator[None]:
    """Turn the driver's errors into `JournalUnavailable`, but for those of the class `passing`; within so many seconds."""
    try:
        with within(seconds):
            yield
    except passing:
        raise
    except PyMongoError as error:
        # Where no server was found, none was sent anything.
        reached = not isinstance(error, ServerSelectionTimeoutError)
        raise JournalUnavailable(in_words(error), uncertain and reached) from error


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
