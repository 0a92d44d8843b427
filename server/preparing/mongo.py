"""Sets a MongoDB store up, and checks one: collections, indexes, shard key, rights, and that a majority confirms writes.

Errors::

    StoreRefused        the server is none that may be used: nothing was changed; or a right is missing that the server did
                        not tell of before: what was made stays, and to run it again goes on
    JournalUnavailable  the server can't be reached
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import CollectionInvalid, OperationFailure, PyMongoError

from server.journal import mongo_layout
from server.journal.mongo import RECORDS, SHARD_KEY
from server.journal.mongo_calls import CALL_S, LONG_S, connected, durable, in_words, within
from server.journal.mongo_layout import Index
from server.journal.port import JournalUnavailable
from server.preparing import mongo_facts as f
from server.preparing.mongo_facts import Facts, Topology
from server.preparing.report import StoreRefused, StoreReport

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]

UNAUTHORIZED = 13
NAMESPACE_EXISTS = 48
SET_UP, PROBE = "set up", "probe"
SHARDING_IMPLIED = (6, 0)
"""From here on `shardCollection` enables sharding of the database by itself."""


async def init(url: str, database: str) -> StoreReport:
    """Makes what is missing and says what it ran; again it changes nothing. Raises `StoreRefused` or `JournalUnavailable`."""
    async with _client(url) as client:
        facts = await look(client, database)
        if said := f.refusals(facts):
            raise StoreRefused("; ".join(said))
        report = StoreReport()
        _say_what(facts, report)
        store = durable(client, database)
        report.found.append(await _confirmed(store))
        await _make(store, facts, report)
        await _shard(client, facts, report)
        if facts.layout is None:
            with _asked(f"insert into {database}.{f.STORE}"):
                await store[f.STORE].update_one({"_id": SET_UP}, {"$set": {"layout": f.LAYOUT}}, upsert=True)
            report.done.append(f"noted in {f.STORE} that the store was set up (layout {f.LAYOUT})")
        report.notes += f.notes(facts)
        return report


async def check(url: str, database: str) -> StoreReport:
    """Says what is well and what is not; writes and deletes one document of its own. Raises `JournalUnavailable`."""
    async with _client(url) as client:
        facts = await look(client, database)
        report = StoreReport(notes=f.notes(facts), problems=f.refusals(facts))
        _say_what(facts, report)
        if missing := f.lacking(facts):
            report.problems.append(f"run `hothouse store init`: {', '.join(missing)} {'are' if missing[1:] else 'is'} missing")
        else:
            report.found.append(f"{len(f.COLLECTIONS)} collections with {len(f.WANTED)} indexes")
        if facts.shard_key is not None and facts.shard_key == SHARD_KEY:
            report.found.append(f"{RECORDS} is sharded by the numbers of its records")
        if report.ok:
            await _confirm(durable(client, database), report)
        return report


async def require_set_up(url: str, database: str) -> None:
    """Raises `StoreRefused` where nobody has set the store up for this version, or `JournalUnavailable`."""
    async with _client(url) as client:
        with _asked(f"find in {database}.{f.STORE}"):
            found = await durable(client, database)[f.STORE].find_one({"_id": SET_UP})
    if found is None:
        raise StoreRefused(f"The MongoDB database {database!r} has not been set up: run `hothouse store init` once.")
    if int(found["layout"]) > f.LAYOUT:
        raise StoreRefused(f"A newer version of Hothouse has set up the MongoDB database {database!r}: upgrade this one.")


# --------------------------------------------------------------------------------------------------------------- looking
async def look(client: "Client", database: str) -> Facts:
    """What the server is, what it holds, and what we may do there."""
    store = durable(client, database)
    with _asked("hello"):
        hello = await client.admin.command("hello")
        built = await client.admin.command("buildInfo")
    with _asked("connectionStatus"):
        status = await client.admin.command("connectionStatus", showPrivileges=True)
    topology = f.topology_of(hello)
    with _asked(f"listCollections in {database}"):
        collections = frozenset(await store.list_collection_names())
    key, is_unique, is_known = await _sharding(client, database, topology)
    return Facts(
        database,
        tuple(int(part) for part in built["versionArray"][:3]),
        topology,
        hello.get("setName", ""),
        len([*hello.get("hosts", ()), *hello.get("passives", ())]) or 1,
        len(hello.get("arbiters", ())),
        f.rights_in(database, status),
        collections,
        await _indexes(store, collections),
        key,
        is_unique,
        is_known,
        await _layout(store, collections),
    )


async def _indexes(store: "Database", collections: frozenset[str]) -> tuple[Index, ...]:
    found: list[Index] = []
    for name in sorted(collections & set(f.COLLECTIONS)):
        with _asked(f"listIndexes of {name}"):
            found += [Index.found(name, one) async for one in store[name].list_indexes()]
    return tuple(found)


async def _layout(store: "Database", collections: frozenset[str]) -> int | None:
    if f.STORE not in collections:
        return None
    with _asked(f"find in {f.STORE}"):
        found = await store[f.STORE].find_one({"_id": SET_UP})
    return None if found is None else int(found["layout"])


async def _sharding(client: "Client", database: str, topology: Topology) -> tuple[Any, bool, bool]:
    """The shard key of the records (None: not sharded), whether it is unique, and whether we could look."""
    if topology is not Topology.SHARDED:
        return None, False, True
    try:
        with within(CALL_S):
            found = await client["config"]["collections"].find_one({"_id": f"{database}.{RECORDS}", "dropped": {"$ne": True}})
    except OperationFailure as error:
        if error.code != UNAUTHORIZED:
            raise JournalUnavailable(in_words(error)) from error
        return None, False, False
    except PyMongoError as error:
        raise JournalUnavailable(in_words(error)) from error
    if found is None or "key" not in found:
        return None, False, True
    key = tuple((field, int(way) if isinstance(way, int | float) else way) for field, way in found["key"].items())
    return key, bool(found.get("unique")), True


def _say_what(facts: Facts, report: StoreReport) -> None:
    name = f" {facts.set_name}" if facts.set_name else ""
    report.found.append(f"MongoDB {'.'.join(map(str, facts.version))}, {facts.topology.value}{name}")


# ---------------------------------------------------------------------------------------------------------------- making
async def _make(store: "Database", facts: Facts, report: StoreReport) -> None:
    for name in f.missing_collections(facts):
        await _make_collection(store, name, report)
    for index in f.missing_indexes(facts):
        with _asked(f"createIndexes on {facts.database}.{index.collection}", LONG_S):
            await mongo_layout.make(store, [index])
        report.done.append(f"createIndexes {index.collection}: {index.name} {f.described(index)}")


async def _make_collection(store: "Database", name: str, report: StoreReport) -> None:
    with _asked(f"create {name}"):
        try:
            await store.create_collection(name, check_exists=False)
        except CollectionInvalid:
            return
        except OperationFailure as error:
            if error.code != NAMESPACE_EXISTS:
                raise
            return
    report.done.append(f"create {name}")


async def _shard(client: "Client", facts: Facts, report: StoreReport) -> None:
    """Where there are shards, the records go by ranges of (stream, number): a jam lives on one shard, and the key is unique."""
    if not facts.must_shard:
        return
    if facts.version[:2] < SHARDING_IMPLIED:
        with _asked(f"enableSharding {facts.database}", LONG_S):
            await client.admin.command("enableSharding", facts.database)
        report.done.append(f"enableSharding {facts.database}")
    name = f"{facts.database}.{RECORDS}"
    with _asked(f"shardCollection {name}", LONG_S):
        await client.admin.command("shardCollection", name, key=dict(SHARD_KEY), unique=True)
    report.done.append(f"shardCollection {name} by {f.described(Index(RECORDS, '', SHARD_KEY, is_unique=True))}")


# ---------------------------------------------------------------------------------------------------------------- asking
async def _confirm(store: "Database", report: StoreReport) -> None:
    try:
        report.found.append(await _confirmed(store))
    except (JournalUnavailable, StoreRefused) as error:
        report.problems.append(str(error))


async def _confirmed(store: "Database") -> str:
    """Writes as an append does, reads it as a majority holds it, and takes it away."""
    probes = store[f.STORE]
    began = perf_counter()
    try:
        with _asked(f"insert into {store.name}.{f.STORE}"):
            await probes.update_one({"_id": PROBE}, {"$inc": {"times": 1}}, upsert=True)
            taken_s = perf_counter() - began
            found = await probes.find_one({"_id": PROBE})
            await probes.delete_one({"_id": PROBE})
    except JournalUnavailable as error:
        raise JournalUnavailable(
            f"a majority of the set does not confirm writes ({error.reason}): see rs.status(), whether most members that hold "
            "data are there"
        ) from error
    if found is None:
        raise JournalUnavailable("what a majority confirmed can't be read as a majority holds it")
    return f"writes are confirmed by a majority, on disk (w: majority, j: true), in {1000 * taken_s:.0f} ms"


@asynccontextmanager
async def _client(url: str) -> AsyncGenerator["Client", None]:
    try:
        client = connected(url)
    except PyMongoError as error:
        raise StoreRefused(f"HOTHOUSE_MONGO_URL is no address of a MongoDB server ({type(error).__name__})") from None
    try:
        yield client
    finally:
        await asyncio.to_thread(client.close)


@contextmanager
def _asked(what: str, seconds: float = CALL_S) -> Iterator[None]:
    """Turns the driver's errors into ours, with what was asked for."""
    try:
        with within(seconds):
            yield
    except OperationFailure as error:
        if error.code == UNAUTHORIZED:
            raise StoreRefused(
                f"the user may not do this: {what}. Grant the role readWrite on the database (and once, where it is sharded, "
                "clusterManager on admin)"
            ) from error
        raise JournalUnavailable(f"{what}: {in_words(error)}") from error
    except PyMongoError as error:
        raise JournalUnavailable(in_words(error)) from error
