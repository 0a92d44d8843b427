"""Finished answers: made once, tagged by content, new with each tick, bounded."""

import asyncio
from typing import Any

import pytest

from server.api.cache import Answer, AnswerCache
from tests.api.conftest import Api

pytestmark = pytest.mark.anyio
BOARD = 'query($first: Int) { board(jamId: "j1", first: $first) { id votes } }'
OWN = 'query { board(jamId: "j1") { id viewerHasSupported } }'


async def test_many_who_ask_at_once_cost_one_execution() -> None:
    cache, calls, go = AnswerCache[Answer](), [], asyncio.Event()

    async def make() -> Answer:
        calls.append(1)
        await go.wait()
        return Answer.of(b"body")

    asking = [asyncio.ensure_future(cache.get("q", (1,), make)) for _ in range(100)]
    await asyncio.sleep(0)
    asking[0].cancel()
    await asyncio.sleep(0)
    go.set()
    answers = await asyncio.gather(*asking[1:])
    assert {answer.body for answer in answers} == {b"body"}
    assert len(calls) == 1
    assert (cache.counters.misses, cache.counters.joined) == (1, 99)


async def test_a_failure_reaches_everyone_and_is_not_kept() -> None:
    cache = AnswerCache[Answer]()

    async def fail() -> Answer:
        raise ValueError("no")

    asking = [cache.get("q", (1,), fail) for _ in range(3)]
    assert [type(one) for one in await asyncio.gather(*asking, return_exceptions=True)] == [ValueError] * 3

    async def make() -> Answer:
        return Answer.of(b"yes")

    assert (await cache.get("q", (1,), make)).body == b"yes"


async def test_bytes_are_bounded_and_only_the_newest_tick_is_kept() -> None:
    cache = AnswerCache[Answer](most_bytes=100)

    def maker(size: int) -> Any:
        async def make() -> Answer:
            return Answer.of(b"x" * size)

        return make

    for tick in range(50):
        await cache.get("q", (tick,), maker(40))
    assert cache.size == 40
    await cache.get("r", (1,), maker(40))
    await cache.get("s", (1,), maker(40))
    assert cache.size == 80
    await cache.get("big", (1,), maker(101))
    assert cache.size == 80
    before = cache.counters.misses
    await cache.get("q", (49,), maker(40))
    assert cache.counters.misses == before + 1


async def test_a_board_is_executed_once_a_tick_for_everyone_of_a_class(api: Api) -> None:
    api.world.feeds["j1"].support("i1")
    for person in ("alice", "bob", "carol"):
        response = await api.post(BOARD, {"authorization": f"Bearer {person}"})
        assert response.json() == {"data": {"board": [{"id": "i1", "votes": 1}]}}
    assert api.world.executed == ["board"]
    await api.post(BOARD, variables={"first": 1})
    assert api.world.executed == ["board"] * 2
    await api.post(BOARD)
    assert api.world.executed == ["board"] * 3, "an anonymous reader is of another class"


async def test_a_personal_field_is_never_answered_from_the_cache(api: Api) -> None:
    api.world.feeds["j1"].support("i1", "alice")
    answers = [(await api.post(OWN, {"authorization": f"Bearer {one}"})).json() for one in ("alice", "bob")]
    assert [one["data"]["board"][0]["viewerHasSupported"] for one in answers] == [True, False]


async def test_what_has_not_changed_is_304_and_a_new_tick_is_executed_again(api: Api) -> None:
    api.world.feeds["j1"].support("i1")
    first = await api.post(BOARD)
    etag = first.headers["etag"]
    assert first.headers["vary"] == "cookie, authorization, accept-encoding"
    again = await api.post(BOARD, {"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await api.post(BOARD, {"if-none-match": '"other"'})).status_code == 200
    assert api.world.executed == ["board"]

    hub = api.world.hub
    assert hub is not None
    ticking = asyncio.create_task(hub.run())
    api.world.feeds["j1"].support("i1")
    for _ in range(200):
        await asyncio.sleep(0.005)
        if hub.counters.ticks:
            break
    ticking.cancel()
    fresh = await api.post(BOARD, {"if-none-match": etag})
    assert fresh.json() == {"data": {"board": [{"id": "i1", "votes": 2}]}}
    assert api.world.executed == ["board"] * 2


async def test_a_mutation_is_never_shared(api: Api) -> None:
    for expected in (1, 2):
        assert await api.ask('mutation { support(jamId: "j1", ideaId: "i1") }') == {"data": {"support": expected}}
