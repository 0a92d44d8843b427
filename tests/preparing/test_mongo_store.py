"""`hothouse store` over MongoDB's wire: a store is set up once, checked, and what can't be used is refused unchanged."""

import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pydantic import SecretStr

from server.journal.mongo import MongoJournal
from server.journal.port import JournalUnavailable
from server.preparing import mongo, mongo_facts
from server.preparing.mongo_facts import COLLECTIONS, LAYOUT, RIGHTS, WANTED
from server.preparing.report import StoreRefused
from server.settings import Settings
from server.stores import check_stores, init_stores, require_set_up
from server.vault.mongo import MongoVault
from tests.stores.scripted import MONGOS, Answer, cursor, refused, scripted
from tests.stores.secantus import free_port, secantus

pytestmark = pytest.mark.anyio


@pytest.fixture
def database() -> str:
    return f"test-{uuid.uuid4().hex}"


@asynccontextmanager
async def looking(url: str, database: str) -> AsyncGenerator["AsyncIOMotorDatabase[dict[str, Any]]", None]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(url)
    try:
        yield client[database]
    finally:
        client.close()


async def test_a_store_is_set_up_once_and_then_found_well(mongo_url: str, database: str) -> None:
    before = await mongo.check(mongo_url, database)
    assert "run `hothouse store init`" in before.problems[0]
    first = await mongo.init(mongo_url, database)
    assert first.ok
    assert "createIndexes records: by_number {stream: 1, after: 1} unique" in first.done
    assert any("confirmed by a majority" in line for line in first.found)
    again = await mongo.init(mongo_url, database)
    assert (again.done, again.ok) == ([], True)
    checked = await mongo.check(mongo_url, database)
    assert checked.ok
    assert f"{len(COLLECTIONS)} collections with {len(WANTED)} indexes" in checked.found
    async with looking(mongo_url, database) as store:
        assert set(await store.list_collection_names()) == set(COLLECTIONS)
        assert [one["_id"] async for one in store["store"].find()] == ["set up"]


async def test_a_check_of_a_new_store_makes_nothing(mongo_url: str, database: str) -> None:
    await mongo.check(mongo_url, database)
    async with looking(mongo_url, database) as store:
        assert await store.list_collection_names() == []


async def test_the_adapters_make_and_use_nothing_that_is_not_set_up(mongo_url: str, database: str) -> None:
    journal, vault = await MongoJournal.open(mongo_url, database), await MongoVault.open(mongo_url, database)
    await journal.append("jam", 0, 1, b"x", "t")
    await journal.save_snapshot("jam", 1, "v1", b"state")
    await journal.close()
    await vault.close()
    facts_client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    facts = await mongo.look(facts_client, database)
    facts_client.close()
    assert facts.collections <= set(COLLECTIONS)
    assert mongo_facts.missing_indexes(facts) == []
    assert {index for index in facts.indexes if index.name != "_id_"} == set(WANTED)


async def test_an_index_that_went_missing_is_found_and_made_again(mongo_url: str, database: str) -> None:
    await mongo.init(mongo_url, database)
    async with looking(mongo_url, database) as store:
        await store["sessions"].drop_index("by_expiry")
        assert "the index by_expiry of sessions is missing" in (await mongo.check(mongo_url, database)).problems[0]
        assert (await mongo.init(mongo_url, database)).done == ["createIndexes sessions: by_expiry {expires_at: 1}"]


async def test_an_index_of_that_name_with_other_keys_is_refused(mongo_url: str, database: str) -> None:
    async with looking(mongo_url, database) as store:
        await store["records"].create_index([("stream", 1)], name="by_number")
        with pytest.raises(StoreRefused, match=r"by_number of records is \{stream: 1\} and has to be .* unique: drop it first"):
            await mongo.init(mongo_url, database)
        assert await store.list_collection_names() == ["records"]


async def test_serving_an_unprepared_store_is_refused_with_what_to_run(mongo_url: str, database: str) -> None:
    settings = Settings(mongo_url=SecretStr(mongo_url), mongo_database=database)
    with pytest.raises(StoreRefused, match="run `hothouse store init` once"):
        await require_set_up(settings)
    await init_stores(settings)
    await require_set_up(settings)
    assert (await check_stores(settings)).ok
    async with looking(mongo_url, database) as store:
        await store["store"].update_one({"_id": "set up"}, {"$set": {"layout": LAYOUT + 1}})
    with pytest.raises(StoreRefused, match="newer version"):
        await require_set_up(settings)
    with pytest.raises(StoreRefused, match="newer version"):
        await init_stores(settings)


async def test_a_standalone_server_is_refused(tmp_path: Path) -> None:
    with secantus(tmp_path / "data", free_port(), "--standalone") as url:
        with pytest.raises(StoreRefused, match="--replSet rs0"):
            await mongo.init(url, "jams")
        assert "standalone" in (await mongo.check(url, "jams")).problems[0]


async def test_a_user_without_rights_is_told_which(tmp_path: Path) -> None:
    port = free_port()
    with secantus(tmp_path / "data", port) as url:
        async with looking(url, "admin") as admin:
            for name, role in (("reader", "read"), ("writer", "readWrite")):
                await admin.command("createUser", name, pwd="secret", roles=[{"role": role, "db": "jams"}])
    with secantus(tmp_path / "data", port, "--auth"):
        address = "mongodb://{}:secret@" + f"127.0.0.1:{port}/?authSource=admin"
        with pytest.raises(StoreRefused, match=r"the user may not do this: insert into jams\.store\. Grant the role readWrite"):
            await mongo.init(address.format("reader"), "jams")
        assert (await mongo.init(address.format("writer"), "jams")).ok
        with pytest.raises((StoreRefused, JournalUnavailable)) as refusal:
            await mongo.init(address.format("nobody"), "jams")
        assert "secret" not in str(refusal.value)


async def test_an_address_that_is_none_and_a_server_that_is_not_there_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreRefused, match="no address of a MongoDB server") as refusal:
        await mongo.init("mongodb://user:p@ss@/x@y:z", "jams")
    assert "p@ss" not in str(refusal.value)
    monkeypatch.setattr("server.journal.mongo_calls.SELECTION_MS", 300)
    with pytest.raises(JournalUnavailable, match="can be reached"):
        await mongo.init(f"mongodb://127.0.0.1:{free_port()}/", "jams")


# ------------------------------------------------------------------------------------------- a sharded cluster, from a script
def cluster(
    key: Mapping[str, Any] | None = None, rights: tuple[str, ...] = (), version: tuple[int, ...] = (7, 0, 1, 0)
) -> dict[str, Answer]:
    """The answers of a mongos: `key` is that of the records, None before they are sharded."""
    found = [] if key is None else [{"_id": "jams.records", "key": key, "unique": True}]

    def find(command: dict[str, Any]) -> Mapping[str, Any]:
        if command["find"] == "collections":
            return cursor(*found)
        return cursor({"_id": "probe", "times": 1}) if command["filter"] == {"_id": "probe"} else cursor()

    status = {
        "authenticatedUsers": [{"user": "h", "db": "admin"}] if rights else [],
        "authenticatedUserPrivileges": [{"resource": {"db": "jams", "collection": ""}, "actions": list(rights)}],
    }
    return {
        "hello": MONGOS, "isMaster": MONGOS, "ismaster": MONGOS, "buildInfo": {"versionArray": list(version)},
        "connectionStatus": {"authInfo": status}, "listCollections": cursor(), "listIndexes": cursor(), "find": find,
        "update": {"n": 1, "nModified": 1}, "delete": {"n": 1},
    }  # fmt: skip


async def test_on_a_sharded_cluster_the_records_are_sharded_by_range(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(cluster()) as (peer, url):
        report = await mongo.init(url, "jams")
        (sent,) = peer.named("shardCollection")
        assert (sent["shardCollection"], sent["key"], sent["unique"], sent["$db"]) == (
            "jams.records", {"stream": 1, "after": 1}, True, "admin",
        )  # fmt: skip
        assert list(sent["key"]) == ["stream", "after"]
        assert not peer.named("enableSharding")
        assert "shardCollection jams.records by {stream: 1, after: 1} unique" in report.done
        order = [next(iter(one)) for one in peer.asked]
        made = [place for place, one in enumerate(peer.asked) if one.get("createIndexes") == "records"]
        noted = [place for place, one in enumerate(peer.asked) if one.get("update") == "store"]
        assert made[0] < order.index("shardCollection") < noted[-1]
        written = peer.named("update")[0]["writeConcern"]
        assert (written["w"], written["j"]) == ("majority", True)


async def test_before_version_6_sharding_is_enabled_first() -> None:
    async with scripted(cluster(version=(5, 0, 9, 0))) as (peer, url):
        await mongo.init(url, "jams")
        order = [next(iter(one)) for one in peer.asked]
        assert order.index("enableSharding") < order.index("shardCollection")


async def test_records_that_are_sharded_already_are_left_alone() -> None:
    async with scripted(cluster({"stream": 1, "after": 1})) as (peer, url):
        report = await mongo.init(url, "jams")
        assert report.ok
        assert not peer.named("shardCollection")


async def test_records_sharded_otherwise_are_refused_and_nothing_is_run() -> None:
    async with scripted(cluster({"stream": "hashed"})) as (peer, url):
        with pytest.raises(StoreRefused, match=r"has to be \{stream: 1, after: 1\}, unique"):
            await mongo.init(url, "jams")
        assert not [one for one in peer.asked if next(iter(one)) in ("create", "createIndexes", "update", "shardCollection")]


async def test_who_may_not_shard_is_told_before_anything_is_made() -> None:
    async with scripted(cluster(rights=RIGHTS)) as (peer, url):
        with pytest.raises(StoreRefused, match="clusterManager"):
            await mongo.init(url, "jams")
        assert not [one for one in peer.asked if next(iter(one)) in ("create", "createIndexes", "update", "shardCollection")]


async def test_a_right_the_server_did_not_tell_of_is_named_when_it_is_refused() -> None:
    async with scripted({**cluster(), "shardCollection": refused(13, "Unauthorized")}) as (peer, url):
        with pytest.raises(StoreRefused, match=r"shardCollection jams\.records.*clusterManager on admin"):
            await mongo.init(url, "jams")
        assert [one["q"]["_id"] for sent in peer.named("update") for one in sent["updates"]] == ["probe"], (
            "it is not noted as set up"
        )


async def test_a_majority_that_does_not_confirm_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    late = {
        "n": 1,
        "writeConcernError": {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting for replication timed out"},
    }
    async with scripted({**cluster(), "update": late}) as (peer, url):
        with pytest.raises(JournalUnavailable, match="a majority of the set does not confirm writes"):
            await mongo.init(url, "jams")
        assert not peer.named("create")
