"""What every vault must do for leases: each change whole by itself, and won by one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from server.vault.leases import LiveWorker
from server.vault.port import Vault

pytestmark = pytest.mark.anyio

ONE = LiveWorker("w1", 1, "a machine", 0, 4711, 40_001, "its secret", 1_790_000_000_123)
TWO = replace(ONE, id="w2", place=1, machine="another", beat=1, began=2**41)


async def test_workers_come_back_as_they_last_beat(vault: Vault) -> None:
    assert await vault.live_workers() == []
    assert await vault.beat_worker(TWO)
    assert await vault.beat_worker(ONE)
    assert await vault.live_workers() == [ONE, TWO]
    later = replace(ONE, beat=2, port=40_002)
    assert await vault.beat_worker(later)
    assert await vault.live_workers() == [later, TWO]


async def test_a_worker_that_was_ended_beats_no_more(vault: Vault) -> None:
    await vault.beat_worker(ONE)
    assert await vault.end_worker("w1")
    assert not await vault.end_worker("w1")
    assert not await vault.beat_worker(replace(ONE, beat=2))
    assert await vault.live_workers() == []


async def test_who_has_beaten_since_is_not_ended(vault: Vault) -> None:
    await vault.beat_worker(ONE)
    await vault.beat_worker(replace(ONE, beat=2))
    assert not await vault.end_worker("w1", 1)
    assert [worker.beat for worker in await vault.live_workers()] == [2]
    assert await vault.end_worker("w1", 2)
    assert await vault.live_workers() == []


async def test_a_lease_is_taken_from_whom_it_is_taken_from_and_nobody_else(vault: Vault) -> None:
    assert await vault.leases() == {}
    assert await vault.take_lease("themes:j1", "w1", None)
    assert not await vault.take_lease("themes:j1", "w2", None)
    assert not await vault.take_lease("themes:j1", "w2", "w3")
    assert not await vault.take_lease("themes:j2", "w2", "w1"), "nobody holds it"
    assert await vault.leases() == {"themes:j1": "w1"}
    assert await vault.take_lease("themes:j1", "w2", "w1")
    assert await vault.leases() == {"themes:j1": "w2"}


async def test_only_the_holder_gives_back(vault: Vault) -> None:
    await vault.take_lease("themes:j1", "w1", None)
    await vault.give_back_lease("themes:j1", "w2")
    assert await vault.leases() == {"themes:j1": "w1"}
    await vault.give_back_lease("themes:j1", "w1")
    assert await vault.leases() == {}


async def test_leases_of_workers_that_are_gone_are_forgotten(vault: Vault) -> None:
    await vault.beat_worker(ONE)
    await vault.take_lease("themes:j1", "w1", None)
    await vault.take_lease("themes:j2", "gone", None)
    await vault.drop_free_leases()
    assert await vault.leases() == {"themes:j1": "w1"}


async def test_of_many_who_take_it_at_once_one_does(vault: Vault, open_vault: Callable[[], Awaitable[Vault]]) -> None:
    others = [await open_vault() for _ in range(3)]
    for before in (None, "w0"):
        if before is not None:
            await vault.give_back_lease("l", (await vault.leases())["l"])
            await vault.take_lease("l", before, None)
        took = await asyncio.gather(*(one.take_lease("l", f"w{n}", before) for n, one in enumerate((vault, *others), 1)))
        assert sum(took) == 1
        assert await others[0].leases() == {"l": f"w{1 + took.index(True)}"}
    for one in others:
        await one.close()
