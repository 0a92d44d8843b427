"""Faults of what lies between: the store and the line to it, and the line to the clients."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.conftest import MINUTES, Line, chance_of, rounds
from tests.faults.crowd import Crowd
from tests.faults.links import Link, linked
from tests.faults.mongo import Mongo
from tests.faults.site import Prepared, Site, prepare
from tests.faults.surviving import PEOPLE, some_acts, survived
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
LONGEST_S = 30.0


@pytest.fixture
async def mongo(tmp_path: Path) -> AsyncGenerator[Mongo, None]:
    store = Mongo(tmp_path / "mongo")
    await store.start()
    yield store
    await store.kill()


async def on_mongo(folder: Path, port: int) -> Prepared:
    environment = {
        "HOTHOUSE_MONGO_URL": f"mongodb://127.0.0.1:{port}/?directConnection=true",
        "HOTHOUSE_MONGO_DATABASE": "hothouse",
    }
    return await prepare(folder / "data", free_port(), PEOPLE, environment)


async def test_the_process_of_the_store_is_killed(tmp_path: Path, mongo: Mongo, lines: list[Line]) -> None:
    chance = chance_of(5)

    async def kill(site: Site, crowd: Crowd) -> None:
        await some_acts(crowd, chance)
        await mongo.kill()
        await asyncio.sleep(chance.random())
        await mongo.start()

    prepared = await on_mongo(tmp_path, mongo.port)
    await survived("kill -9 of the store (MongoDB's wire)", rounds(50), prepared, 2, kill, lines)


async def test_the_line_to_the_store_is_cut_or_stalls(tmp_path: Path, mongo: Mongo, lines: list[Line]) -> None:
    chance = chance_of(6)
    async with linked(("127.0.0.1", mongo.port), 6) as (link, port):

        async def interrupt(site: Site, crowd: Crowd) -> None:
            await some_acts(crowd, chance)
            seconds = chance.uniform(1.0, rounds(30, 3))
            if chance.random() < 0.5:
                link.cut()
            else:
                link.flows.clear()
            await asyncio.sleep(seconds)
            link.mend()

        prepared = await on_mongo(tmp_path, port)
        await survived("line to the store cut or stalled, 1-30 s", rounds(20), prepared, 2, interrupt, lines)


async def test_acknowledgements_are_lost(tmp_path: Path, lines: list[Line]) -> None:
    """Each is done, its answer dropped with its connection, and it is sent again."""
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    async with linked(("127.0.0.1", prepared.port), 7) as (link, port):

        async def lose(site: Site, crowd: Crowd) -> None:
            crowd.go_through(port)
            link.losing = 0.3
            await _lost(link, rounds(1_000, 30))
            link.losing = 0.0

        crowd = await survived("acknowledgement lost", 1, prepared, 1, lose, lines)
        lines[-1] = replace(lines[-1], times=link.lost)
        assert sum(attempt.tries > 1 for attempt in crowd.history) >= link.lost / 2


async def test_the_stores_acknowledgements_are_lost(tmp_path: Path, mongo: Mongo, lines: list[Line]) -> None:
    """A record is written, and the worker that wrote it is not told: it finds its own record again by its token."""
    async with linked(("127.0.0.1", mongo.port), 12) as (link, port):
        link.losing_of = b"insert\x00\x08\x00\x00\x00records\x00"

        async def lose(site: Site, crowd: Crowd) -> None:
            link.losing = 0.4
            await _lost(link, rounds(1_000, 8))
            link.losing = 0.0

        prepared = await on_mongo(tmp_path, port)
        await survived("acknowledgement of a record lost (MongoDB's wire)", 1, prepared, 2, lose, lines)
        lines[-1] = replace(lines[-1], times=link.lost)


async def _lost(link: Link, count: int) -> None:
    """Until so many were lost, or as many as there is time for: the table says how many."""
    until = time.monotonic() + min(60.0 + count, MINUTES * 60.0)
    while link.lost < count and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert link.lost > count / 50
