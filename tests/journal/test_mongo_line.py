"""A journal whose line to MongoDB is cut or stalls: followers keep their place, and whoever asks is answered soon."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

from server.journal.mongo import LOOK_ANYWAY_S, MongoJournal
from server.journal.mongo_calls import CALL_S, SOCKET_MS
from server.journal.port import JournalUnavailable
from tests.faults.links import Link, linked

pytestmark = pytest.mark.anyio
MANY = 60


@asynccontextmanager
async def two_ways(mongo_url: str) -> AsyncIterator[tuple[MongoJournal, MongoJournal, Link]]:
    """One journal behind a line that can fail, another with a line of its own, on the same store."""
    database = f"test-{uuid.uuid4().hex}"
    async with linked(parse_uri(mongo_url)["nodelist"][0], 1) as (link, port):
        behind = await MongoJournal.open(f"mongodb://127.0.0.1:{port}/?directConnection=true", database)
        beside = await MongoJournal.open(mongo_url, database)
        try:
            yield behind, beside, link
        finally:
            link.mend()
            await beside.close()
            await behind.close()


@pytest.mark.parametrize("fault", ["cut", "stalled"])
async def test_a_follower_goes_on_where_it_was_when_the_line_is_mended(mongo_url: str, fault: str) -> None:
    async with two_ways(mongo_url) as (behind, beside, link):
        await beside.append("jam", 0, 1, b"before", "t0")
        async with asyncio.timeout(60), aclosing(behind.follow("jam")) as records:
            seen = [(await anext(records)).after]
            waiting = asyncio.create_task(anext(records))
            await asyncio.sleep(1)
            link.cut() if fault == "cut" else link.flows.clear()
            for number in range(1, 6):
                await beside.append("jam", number, 1, b"meanwhile", f"t{number}")
            await asyncio.sleep(2)
            assert not waiting.done()
            link.mend()
            mended = time.monotonic()
            seen.append((await waiting).after)
            # The first answers come when the reads that hung are given up, and no later.
            assert time.monotonic() - mended < SOCKET_MS / 1000 + 5
            await beside.append("jam", 6, 1, b"after", "t6")
            while seen[-1] < 6:
                seen.append((await anext(records)).after)
        assert seen == list(range(7))


async def test_a_stalled_store_holds_up_nobody_for_long(mongo_url: str) -> None:
    """Sixty ask at once for what ten threads can ask for: each is answered within its own deadline, not after the others."""
    async with two_ways(mongo_url) as (behind, _, link):
        link.flows.clear()
        began = time.monotonic()
        answers = await asyncio.gather(*(behind.last(f"jam-{number}") for number in range(MANY)), return_exceptions=True)
        assert time.monotonic() - began < 2 * CALL_S
        assert {type(answer) for answer in answers} == {JournalUnavailable}
        link.mend()
        assert await behind.last("jam-0") == 0


async def test_an_append_into_a_stall_is_uncertain_and_its_token_finds_out(mongo_url: str) -> None:
    async with two_ways(mongo_url) as (behind, beside, link):
        await behind.append("jam", 0, 1, b"x", "t0")
        link.flows.clear()
        with pytest.raises(JournalUnavailable) as outage:
            await behind.append("jam", 1, 1, b"y", "t1")
        assert outage.value.uncertain
        link.mend()
        await behind.append("jam", 1, 1, b"y", "t1")
        assert [record.token async for record in beside.read("jam")] == ["t0", "t1"]


async def test_followers_look_for_themselves_where_a_change_stream_says_nothing(
    mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def says_nothing(journal: MongoJournal) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(MongoJournal, "_listen", says_nothing)
    bound = asyncio.timeout(LOOK_ANYWAY_S + 10)
    async with two_ways(mongo_url) as (behind, beside, _), bound, aclosing(behind.follow("jam")) as records:
        waiting = asyncio.create_task(anext(records))
        await asyncio.sleep(0.2)
        await beside.append("jam", 0, 1, b"x", "t0")
        assert (await waiting).after == 0


@pytest.mark.parametrize("code", [13, 40573])
async def test_followers_poll_where_they_may_not_listen(mongo_url: str, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    async def refused(journal: MongoJournal) -> None:
        raise OperationFailure("not for you", code)

    monkeypatch.setattr(MongoJournal, "_listen", refused)
    monkeypatch.setattr("server.journal.mongo.LOOK_ANYWAY_S", 60.0)
    async with two_ways(mongo_url) as (behind, beside, _), asyncio.timeout(20), aclosing(behind.follow("jam")) as records:
        for number in range(3):
            waiting = asyncio.create_task(anext(records))
            await asyncio.sleep(0.05)
            await beside.append("jam", number, 1, b"x", "t")
            assert (await waiting).after == number
