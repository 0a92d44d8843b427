"""What every vault must do with counts over all workers."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.counts import Hit

pytestmark = pytest.mark.anyio
NOW = 1_790_000_000_123
HIT = Hit("k", 7, 3, 0.5, NOW)


async def test_as_many_are_counted_as_there_may_be(vault):
    assert [await vault.count_hits([HIT]) for _ in range(5)] == [True, True, True, False, False]
    assert not await vault.has_room_for([HIT])
    assert await vault.count_hits([replace(HIT, key="other")])


async def test_the_window_before_counts_by_its_share(vault):
    for _ in range(3):
        await vault.count_hits([HIT])
    following = replace(HIT, window=8)
    assert [await vault.count_hits([following]) for _ in range(3)] == [True, False, False], (
        "1.5 of the window before still count"
    )
    assert await vault.has_room_for([replace(following, before_share=0.0)])
    assert [await vault.count_hits([replace(HIT, window=9, before_share=1.0)]) for _ in range(3)] == [True, True, False]


async def test_all_are_counted_or_none(vault):
    full = replace(HIT, key="full", most=1)
    assert await vault.count_hits([full])
    assert not await vault.count_hits([HIT, full])
    assert not await vault.has_room_for([HIT, full])
    assert [await vault.count_hits([HIT]) for _ in range(4)] == [True, True, True, False], "the refused one left nothing behind"


async def test_of_many_workers_at_once_as_many_are_let_in_as_there_may_be(vault, open_vault):
    others = [vault, await open_vault(), await open_vault()]
    many = replace(HIT, most=10)
    answers = await asyncio.gather(*(one.count_hits([many]) for one in others for _ in range(10)))
    assert answers.count(True) == 10
    for one in others[1:]:
        await one.close()


async def test_old_counts_are_swept(vault):
    await vault.count_hits([replace(HIT, most=1)])
    assert await vault.sweep(NOW - 1) == 0
    assert not await vault.has_room_for([replace(HIT, most=1)])
    assert await vault.sweep(NOW) == 1
    assert await vault.has_room_for([replace(HIT, most=1)])


async def test_a_secret_is_the_first_that_was_proposed(vault, open_vault):
    other = await open_vault()
    made = await asyncio.gather(*(one.shared_secret("s", bytes([place] * 32)) for place, one in enumerate([vault, other] * 4)))
    assert len(set(made)) == 1
    assert await other.shared_secret("s", b"later") == made[0]
    assert await vault.shared_secret("another", b"\x00\xff") == b"\x00\xff"
    await other.close()
