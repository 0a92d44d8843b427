"""What a tick counts of itself: who was told, in how many bytes, and how long the first change waited."""

from typing import Any

import orjson
import pytest

pytestmark = pytest.mark.anyio


async def test_a_tick_counts_who_it_tells_and_how_long_the_first_change_waited(live: Any) -> None:
    async with live.signed_in("alice") as alice, live.signed_in("bob") as bob:
        for number, client in enumerate((alice, bob)):
            await client.follow(id=f"id-{number}")
        await live.until(lambda: live.hub.counters.subscriptions == 2)
        meter = live.hub.stages["j1"].meter
        assert meter.widths.total == 0

        live.feed.support("i1")
        live.feed.support("i1")
        told = [await alice.read(), await bob.read()]
        await live.until(lambda: meter.widths.total == 1)

        size = len(orjson.dumps(told[0]["payload"])) + len(',"type":"next","payload":}')
        assert (meter.widths.sum, live.hub.counters.bytes_out) == (2, 2 * size)
        assert meter.waits.whole.total == meter.spreads.whole.total == 1
        assert 0 <= meter.waits.whole.sum <= meter.spreads.whole.sum < 2_000


async def test_a_tick_that_tells_nobody_is_not_a_measure(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow()
        await live.until(lambda: live.hub.counters.subscriptions == 1)
        await client.send(id="1", type="complete")
        await live.until(lambda: live.hub.counters.subscriptions == 0)
        ticks = live.hub.counters.ticks
        live.feed.support("i1")
        await live.until(lambda: live.hub.counters.ticks > ticks)
        assert live.hub.stages["j1"].meter.waits.whole.total == 0
