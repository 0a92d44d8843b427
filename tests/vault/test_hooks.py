"""What every vault must do with webhooks and what they have to tell."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.hooks import Delivery, DeliveryState, Hook

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
HOOK = Hook("k1", "j1", "https://example.com/hook", "secret", "idea.posted comment.posted", NOW, 7)


def delivery(number: int, hook: str = "k1", **given):
    made = Delivery(f"{hook}-{number}", hook, "j1", "idea.posted", f'{{"seq": {number}}}', NOW + number, NOW)
    return replace(made, **given)


async def test_hooks_come_back_exact_by_jam_and_all(vault):
    other = Hook("k2", "j2", "https://example.org", "other", "", NOW + 1, 0, is_paused=True)
    assert await vault.add_hook(HOOK)
    assert await vault.add_hook(other)
    assert not await vault.add_hook(replace(HOOK, url="https://evil.example"))
    assert await vault.hooks("j1") == [HOOK]
    assert await vault.hooks() == [HOOK, other]
    assert await vault.hooks("j3") == []


async def test_deliveries_are_queued_with_the_position_or_not_at_all(vault):
    await vault.add_hook(HOOK)
    assert await vault.queue("k1", 7, 9, [delivery(8), delivery(9)])
    assert not await vault.queue("k1", 7, 8, [delivery(100)]), "another process was here"
    assert not await vault.queue("nobody", 0, 8, [delivery(101, hook="nobody")])
    assert [hook.position for hook in await vault.hooks()] == [9]
    claimed = await vault.claim_deliveries(NOW, 10, 1000)
    assert claimed == [delivery(8, attempts=1, due_at=NOW + 1000), delivery(9, attempts=1, due_at=NOW + 1000)]


async def test_the_same_thing_queued_twice_is_one(vault):
    await vault.add_hook(HOOK)
    await vault.queue("k1", 7, 9, [delivery(8)])
    await vault.queue("k1", 9, 12, [delivery(8, body="other"), delivery(12)])
    claimed = await vault.claim_deliveries(NOW, 10, 1000)
    assert [(one.id, one.body) for one in claimed] == [("k1-8", '{"seq": 8}'), ("k1-12", '{"seq": 12}')]


async def test_a_delivery_is_claimed_by_one_and_again_when_its_lease_is_over(vault):
    await vault.add_hook(HOOK)
    await vault.queue("k1", 7, 9, [delivery(8), delivery(9), delivery(10, due_at=NOW + 1)])
    claims = await asyncio.gather(*(vault.claim_deliveries(NOW, 1, 1000) for _ in range(5)))
    assert sorted(one.id for found in claims for one in found) == ["k1-8", "k1-9"]
    assert await vault.claim_deliveries(NOW + 1, 10, 1000) == [delivery(10, attempts=1, due_at=NOW + 1001)]
    again = await vault.claim_deliveries(NOW + 1000, 10, 1000)
    assert [(one.id, one.attempts) for one in again] == [("k1-8", 2), ("k1-9", 2)]


async def test_what_arrived_is_gone_and_what_did_not_is_due_again_or_given_up(vault):
    await vault.add_hook(HOOK)
    await vault.queue("k1", 7, 11, [delivery(8), delivery(9), delivery(10)])
    await vault.claim_deliveries(NOW, 10, 1000)
    await vault.delivered("k1-8")
    await vault.undelivered("k1-9", NOW + 50, "no answer")
    await vault.undelivered("k1-10", None, "404")
    assert await vault.waiting_deliveries("j1") == {"k1": 1}
    assert await vault.waiting_deliveries("j2") == {}
    [dead] = await vault.dead_deliveries("j1", 10)
    assert (dead.id, dead.state, dead.error, dead.attempts) == ("k1-10", DeliveryState.DEAD, "404", 1)
    assert await vault.dead_deliveries("j2", 10) == []
    [again] = await vault.claim_deliveries(NOW + 50, 10, 1000)
    assert (again.id, again.error, again.attempts) == ("k1-9", "no answer", 2)


async def test_what_was_given_up_is_sent_again_from_the_first_try_on(vault):
    await vault.add_hook(HOOK)
    await vault.queue("k1", 7, 11, [delivery(8), delivery(9)])
    await vault.claim_deliveries(NOW, 10, 1000)
    await vault.undelivered("k1-8", None, "404")
    assert await vault.send_again("j2", "k1", NOW + 5) == 0, "another jam's"
    assert await vault.send_again("j1", "k1", NOW + 5) == 1
    assert await vault.dead_deliveries("j1", 10) == []
    [again] = await vault.claim_deliveries(NOW + 5, 10, 1000)
    assert (again.id, again.attempts) == ("k1-8", 1)


async def test_a_paused_hook_tells_nothing_until_it_goes_on(vault):
    await vault.add_hook(HOOK)
    await vault.queue("k1", 7, 8, [delivery(8)])
    assert not await vault.pause_hook("j2", "k1", True)
    assert await vault.pause_hook("j1", "k1", True)
    assert await vault.claim_deliveries(NOW, 10, 1000) == []
    assert await vault.pause_hook("j1", "k1", False)
    assert len(await vault.claim_deliveries(NOW, 10, 1000)) == 1


async def test_an_ended_hook_takes_what_it_had_to_tell_with_it(vault, everything):
    await vault.add_hook(replace(HOOK, secret="very secret"))
    await vault.queue("k1", 7, 8, [delivery(8)])
    assert not await vault.end_hook("j2", "k1")
    assert await vault.end_hook("j1", "k1")
    assert not await vault.end_hook("j1", "k1")
    assert await vault.hooks() == []
    assert await vault.claim_deliveries(NOW, 10, 1000) == []
    assert "very secret" not in await everything()
