"""Webhooks over real HTTP: each thing told once in order, again after failures, given up in the end, and never lost by a kill."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.hooks.guard import Poster
from server.hooks.outgoing import LEASE_MS, PAUSES_S, Outgoing
from server.hooks.signing import is_genuine
from server.jam import commands as c
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores
from server.vault.hooks import Hook
from server.vault.port import Vault
from tests.hooks.receiving import Receiver, receiving
from tests.patience import PATIENCE_S
from tests.replaying.test_verify import NOW, a_jam

pytestmark = pytest.mark.anyio
KINDS = "idea.posted idea.edited"


@dataclass
class Desk:
    """A jam, its vault, and a receiver."""

    store: JamStore
    vault: Vault
    receiver: Receiver
    poster: Poster
    now: int = NOW
    posted: list[str] = field(default_factory=list)

    def outgoing(self) -> Outgoing:
        return Outgoing(self.vault, self.store, self.poster, lambda: self.now, every_s=0.01)

    async def hook(self, **given: object) -> Hook:
        made = Hook("k1", "j1", self.receiver.url, "our secret", KINDS, NOW, self.store.all()[0].seq, **given)  # type: ignore[arg-type]
        await self.vault.add_hook(made)
        return made

    async def post(self, count: int) -> None:
        topic = next(iter(self.store.all()[0].topics))
        for _ in range(count):
            post = c.PostIdea(
                actor="ann", id=f"more-{len(self.posted)}", topic=topic, title=f"Idea {len(self.posted)}", body=""
            )
            await self.store.submit("j1", post)
            self.posted.append(post.derived("i"))

    def told(self) -> list[str]:
        return [json.loads(body)["idea"] for _, body in self.receiver.told]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk, None]:
    async with open_stores(Settings(data=tmp_path)) as (journal, vault), receiving() as receiver:
        store = await a_jam(journal)  # type: ignore[arg-type]
        poster = Poster(allow_private=True)
        yield Desk(store, vault, receiver, poster)
        await poster.close()
        await store.close()


async def test_what_happens_is_told_once_signed_and_in_order(desk: Desk) -> None:
    await desk.hook()
    await desk.post(3)
    outgoing = desk.outgoing()
    await outgoing.turn()
    await outgoing.turn()
    assert sorted(desk.told()) == sorted(desk.posted)
    for headers, body in desk.receiver.told:
        assert is_genuine("our secret", headers["hothouse-signature"], body, NOW // 1_000)
        assert headers["hothouse-event"] == "idea.posted"
        assert headers["content-type"] == "application/json"
    assert len(set(desk.receiver.ids)) == 3
    assert await desk.vault.waiting_deliveries("j1") == {}


async def test_what_happened_before_the_hook_is_not_told(desk: Desk) -> None:
    await desk.post(2)
    await desk.hook()
    await desk.outgoing().turn()
    assert desk.receiver.told == []


async def test_what_is_not_taken_is_told_again_after_a_pause_and_given_up_in_the_end(desk: Desk) -> None:
    await desk.hook()
    await desk.post(1)
    outgoing = desk.outgoing()
    desk.receiver.answers = [500, 0, *[503] * len(PAUSES_S)]
    for tries, pause in enumerate(PAUSES_S, 1):
        await outgoing.turn()
        assert len(desk.receiver.told) == tries
        desk.now += 1_000 * pause - 1
        await outgoing.turn()
        assert len(desk.receiver.told) == tries, "not before its pause is over"
        desk.now += 1
    await outgoing.turn()
    [dead] = await desk.vault.dead_deliveries("j1", 10)
    assert dead.error == "503: sorry"
    assert len(set(desk.receiver.ids)) == 1, "the same delivery all the time"
    assert len(desk.receiver.told) == len(PAUSES_S) + 1

    desk.receiver.answers = []
    assert await desk.vault.send_again("j1", "k1", desk.now) == 1
    await outgoing.turn()
    assert await desk.vault.dead_deliveries("j1", 10) == []
    assert len(desk.receiver.told) == len(PAUSES_S) + 2


async def test_a_receiver_that_is_gone_is_not_asked_again(desk: Desk) -> None:
    await desk.hook()
    await desk.post(2)
    desk.receiver.answers = [410, 410]
    await desk.outgoing().turn()
    desk.now += LEASE_MS * 100
    await desk.outgoing().turn()
    assert len(desk.receiver.told) == 2
    assert [hook.is_paused for hook in await desk.vault.hooks("j1")] == [True]


async def test_one_that_is_down_does_not_hold_up_the_others(desk: Desk) -> None:
    await desk.hook()
    await desk.vault.add_hook(Hook("k2", "j1", "http://127.0.0.1:9/", "x", KINDS, NOW, desk.store.all()[0].seq))
    await desk.post(2)
    await desk.outgoing().turn()
    assert sorted(desk.told()) == sorted(desk.posted)
    assert await desk.vault.waiting_deliveries("j1") == {"k2": 2}


async def test_whoever_takes_over_tells_the_rest_and_nothing_twice(desk: Desk) -> None:
    """The first server is stopped at every await in turn, as by a kill; the next goes on when the lease is over."""
    await desk.hook()
    await desk.post(3)
    for moment in range(1, 40):
        task = asyncio.create_task(desk.outgoing().turn())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.post(1)
        desk.now += LEASE_MS
    for _ in range(3):
        desk.now += LEASE_MS
        await desk.outgoing().turn()
    assert set(desk.told()) == set(desk.posted), "nothing is lost"
    ids = dict(zip(desk.receiver.ids, desk.told(), strict=True))
    assert len(ids) == len(desk.posted), "each thing has one delivery, by which a receiver knows it again"


async def test_two_servers_share_the_work(desk: Desk) -> None:
    await desk.hook()
    await desk.post(30)
    await asyncio.gather(*(desk.outgoing().turn() for _ in range(4)))
    await desk.outgoing().turn()
    assert sorted(desk.told()) == sorted(desk.posted)


async def test_it_runs_by_itself(desk: Desk) -> None:
    await desk.hook()
    outgoing = desk.outgoing()
    desk.store.watch(outgoing.watch)
    running = asyncio.create_task(outgoing.run())
    await desk.post(1)
    async with asyncio.timeout(PATIENCE_S):
        while not desk.receiver.told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.told() == desk.posted
