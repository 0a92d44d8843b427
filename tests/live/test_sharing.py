"""One execution a group a tick, whoever listens; ids are each client's own."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def test_a_vote_reaches_a_subscriber(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow()
        await live.until(lambda: live.hub.counters.subscriptions == 1)
        live.feed.support("i1")
        assert await client.changes() == {
            "fromSeq": 0,
            "seq": 1,
            "mustRefetch": False,
            "ideas": [{"id": "i1", "votes": 1}],
        }


async def test_a_hundred_subscribers_cost_one_execution(live: Any) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(live.signed_in(f"p{n}")) for n in range(100)]
        for number, client in enumerate(clients):
            await client.follow(id=f"id-{number}")
        await live.until(lambda: live.hub.counters.subscriptions == 100)
        live.feed.support("i1")
        for number, client in enumerate(clients):
            message = await client.read()
            assert message["id"] == f"id-{number}"
            assert message["payload"]["data"]["jamChanges"]["seq"] == 1
        assert live.world.executed == ["jamChanges"]
