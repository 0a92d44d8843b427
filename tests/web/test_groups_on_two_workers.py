"""Circles and minors on two workers of one store: whoever is out is out on the other one too, at the next tick."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection

from server.jam import commands as c
from server.jam import ids
from server.jam.minors import MinorPolicy
from server.jam.visibility import Audience
from server.vault.port import PersonRecord
from tests.patience import PATIENCE_S
from tests.web.running import TOPIC
from tests.web.test_suspension import JAM_CHANGES, Two, closed_after, following, two

__all__ = ["two"]
pytestmark = pytest.mark.anyio

CIRCLES = 'subscription { viewerChanges(jamId: "jtown", afterSeq: 0) { circles { name } ideas { title } } }'
GONE: dict[str, Any] = {"circles": [], "ideas": []}
OUT = (4401, 4403)
A_WHILE_S = 1.0


async def heard(socket: ClientConnection, until: str, seconds: float = PATIENCE_S) -> list[Any]:
    """What is told until something of it says this, or for so long."""
    told: list[Any] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not any(until in str(one) for one in told):
                told.append(orjson.loads(await socket.recv())["payload"]["data"]["viewerChanges"])
    return told


async def test_who_is_taken_out_of_a_circle_hears_no_more_on_the_other_worker(two: Two) -> None:
    submit = two.server.store.submit
    made = c.CreateCircle(actor="pada", id="circle", name="The few", members=("pben",))
    await submit("jtown", made)
    circle = made.derived(ids.CIRCLE)
    posting: dict[str, Any] = {"topic": TOPIC, "body": "", "audience": Audience(circle=circle)}
    ben, ada = await two.signed_in("pben"), await two.signed_in("pada")
    async with following(two.urls[1], ben, CIRCLES) as his, following(two.urls[1], ada, CIRCLES) as hers:
        await submit("jtown", c.PostIdea(actor="pada", id="one", title="While he is in", **posting))
        assert await heard(his, "While he is in")
        await submit("jtown", c.ChangeCircle(actor="pada", id="out", circle=circle, remove=("pben",)))
        await submit("jtown", c.PostIdea(actor="pada", id="two", title="After he left", **posting))
        assert any("After he left" in str(one) for one in await heard(hers, "After he left"))
        told = await heard(his, str(GONE))
        assert GONE in told, "he is told that it is gone"
        assert "After he left" not in str(told + await heard(his, "After he left", A_WHILE_S))


async def back_on(url: str, secret: str) -> None:
    """Until a worker has heard that somebody may see the jam again."""
    headers, look = {"Authorization": f"Bearer {secret}"}, {"query": '{ jam(slug: "town") { id } }'}
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(base_url=url, headers=headers) as client:
        while not (await client.post("/graphql", json=look)).json()["data"]["jam"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_minor_is_out_with_a_pause_and_with_their_guardian_on_both_workers(two: Two) -> None:
    submit, server = two.server.store.submit, two.server
    await submit("jtown", c.SetMinorPolicy(actor="porg", id="policy", policy=MinorPolicy(True)))
    until = int(datetime(datetime.now(UTC).year + 4, 1, 1, tzinfo=UTC).timestamp()) * 1000
    adding = c.AddMinor(actor="pada", id="child", until=until)
    await server.vault.add_person(PersonRecord(adding.person, None, "Noa", None, "he", 0))
    await submit("jtown", adding)
    moderator = await two.signed_in("pmod")
    for worker in (0, 1):
        child = await two.signed_in(adding.person)
        await back_on(two.urls[worker], child)
        async with following(two.urls[worker], child, JAM_CHANGES) as socket:
            await submit("jtown", c.PauseMinor(actor="pada", id=f"pause {worker}", person=adding.person, paused=True))
            assert (await closed_after(socket, time.monotonic()))[1] in OUT
        await submit("jtown", c.PauseMinor(actor="pada", id=f"back {worker}", person=adding.person, paused=False))
    child = await two.signed_in(adding.person)
    await back_on(two.urls[1], child)
    async with following(two.urls[1], child, JAM_CHANGES) as socket:
        await two.suspend(moderator, "pada")
        assert (await closed_after(socket, time.monotonic()))[1] in OUT
