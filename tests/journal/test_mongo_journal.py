"""What only the MongoDB journal promises: it outlives outages, polls where it must, and never shows a half snapshot."""

import asyncio
import os
import time
import uuid
from contextlib import ExitStack, aclosing

import pytest

from server.journal.mongo import MongoJournal
from server.journal.port import SNAPSHOT_CHUNK, SNAPSHOT_GRACE_MS, Conflict, JournalUnavailable, Record
from tests.stores.proxy import lossy_proxy
from tests.stores.secantus import free_port, secantus

pytestmark = pytest.mark.anyio
own_server = pytest.mark.skipif("MONGO_URL" in os.environ, reason="starts and stops a server of its own")


@pytest.fixture
async def journal(mongo_url):
    opened = await MongoJournal.open(mongo_url, f"test-{uuid.uuid4().hex}")
    yield opened
    await opened.close()


async def everything(journal):
    return [record async for record in journal.read("jam")]


async def test_a_lost_race_is_decided_by_the_unique_index(journal):
    """Both writers know 0 to be a boundary, so nothing but the index can refuse the second."""
    names = [index["name"] async for index in journal._records.list_indexes() if index.get("unique")]
    assert names == ["by_number"]
    outcomes = await asyncio.gather(*(journal.append("jam", 0, 1, b"x", str(n)) for n in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + ["NoneType"]
    assert len(await everything(journal)) == 1


async def test_check_and_read_find_a_missing_record(journal):
    for number in range(3):
        await journal.append("jam", number, 1, b"x", "t")
    await journal._records.delete_one({"after": 1})
    assert await journal.check() == ["jam: a record follows 2, but the one before it ends at 1"]
    with pytest.raises(JournalUnavailable, match="missing"):
        await everything(journal)


async def test_no_snapshot_document_is_larger_than_a_chunk(journal):
    await journal.save_snapshot("jam", 1, "v1", bytes(2 * SNAPSHOT_CHUNK + 5))
    sizes = [len(chunk["data"]) async for chunk in journal._chunks.find().sort("place")]
    assert sizes == [SNAPSHOT_CHUNK, SNAPSHOT_CHUNK, 5]
    await journal.save_snapshot("jam", 2, "v1", b"small")
    assert await journal._chunks.count_documents({}) == 1


async def test_a_snapshot_that_lost_a_chunk_counts_as_none(journal):
    await journal.save_snapshot("jam", 1, "v1", bytes(SNAPSHOT_CHUNK + 1))
    await journal._chunks.delete_one({"place": 1})
    assert await journal.load_snapshot("jam", "v1") is None


async def test_chunks_of_a_writer_who_died_are_removed_and_of_a_living_one_kept(journal):
    now = time.time_ns() // 1_000_000
    ages = {"dead": SNAPSHOT_GRACE_MS + 60_000, "alive": 60_000}
    for body, age in ages.items():
        await journal._chunks.insert_one({"body": body, "place": 0, "written_at": now - age, "data": b"x"})
    await journal.save_snapshot("jam", 1, "v1", b"one")
    left = await journal._chunks.distinct("body")
    assert "alive" in left
    assert "dead" not in left
    assert len(left) == 2


async def test_a_lost_acknowledgement_is_uncertain_and_the_token_finds_out(mongo_url):
    async with lossy_proxy(mongo_url) as (url, lose):
        journal = await MongoJournal.open(f"{url}?directConnection=true", f"test-{uuid.uuid4().hex}")
        lose.set()
        with pytest.raises(JournalUnavailable) as outage:
            await journal.append("jam", 0, 1, b"x", "mine")
        assert outage.value.uncertain
        lose.clear()
        assert await everything(journal) == [Record("jam", 0, 1, b"x", "mine")]
        await journal.append("jam", 0, 1, b"x", "mine")
        with pytest.raises(Conflict):
            await journal.append("jam", 0, 1, b"x", "another")
        await journal.append("jam", 1, 1, b"y", "next")
        assert [record.token for record in await everything(journal)] == ["mine", "next"]
        await journal.close()


@own_server
async def test_followers_poll_where_there_is_no_replica_set(tmp_path):
    with secantus(tmp_path / "data", free_port(), "--standalone") as url:
        journal, rival = await MongoJournal.open(url, "jams"), await MongoJournal.open(url, "jams")
        async with asyncio.timeout(20), aclosing(journal.follow("jam")) as records:
            for number in range(5):
                waiting = asyncio.create_task(anext(records))
                await asyncio.sleep(0.05)
                await rival.append("jam", number, 1, b"x", str(number))
                assert (await waiting).after == number
        await rival.close()
        await journal.close()


@own_server
async def test_a_follower_outlives_an_outage_and_an_append_says_it_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr("server.journal.mongo_calls.SELECTION_MS", 500)
    port = free_port()
    with ExitStack() as server:
        url = server.enter_context(secantus(tmp_path / "data", port))
        journal = await MongoJournal.open(url, "jams")
        await journal.append("jam", 0, 1, b"before", "t0")
        async with asyncio.timeout(40), aclosing(journal.follow("jam")) as records:
            assert (await anext(records)).payload == b"before"
            waiting = asyncio.create_task(anext(records))
            server.close()
            with pytest.raises(JournalUnavailable):
                await journal.append("jam", 1, 1, b"during", "t1")
            with secantus(tmp_path / "data", port):
                await journal.append("jam", 1, 1, b"during", "t1")
                await journal.append("jam", 2, 1, b"after", "t2")
                assert await waiting == Record("jam", 1, 1, b"during", "t1")
                assert await anext(records) == Record("jam", 2, 1, b"after", "t2")
                assert len(await everything(journal)) == 3
                await journal.close()


async def test_a_server_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setattr("server.journal.mongo_calls.SELECTION_MS", 300)
    with pytest.raises(JournalUnavailable, match="reached") as refusal:
        await MongoJournal.open(f"mongodb://127.0.0.1:{free_port()}/", "jams")
    assert not refusal.value.uncertain
