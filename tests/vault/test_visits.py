"""Visits in every vault."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.port import PersonRecord, VaultUnavailable
from server.vault.visits import Visit

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
VISIT = Visit("p-dana", "jam-1", 41, NOW, 7, NOW - 9, False)


async def test_a_visit_comes_back_exact_and_is_replaced(vault):
    await vault.add_people([DANA, OMER])
    await vault.put_visits([VISIT, Visit("p-omer", "jam-1", 3, NOW), replace(VISIT, jam_id="jam-2")])
    found = await vault.visit("p-dana", "jam-1")
    assert found == VISIT
    assert (type(found.is_read), type(found.left_at)) == (bool, int)
    await vault.put_visits([replace(VISIT, left_seq=50, is_read=True)])
    assert await vault.visit("p-dana", "jam-1") == replace(VISIT, left_seq=50, is_read=True)
    assert await vault.visit("p-omer", "jam-1") == Visit("p-omer", "jam-1", 3, NOW)
    assert await vault.visit("p-omer", "jam-2") is None


async def test_visits_of_unknown_people_are_passed_over_and_the_others_kept(vault):
    await vault.add_person(DANA)
    await vault.put_visits([])
    await vault.put_visits([replace(VISIT, person_id="nobody"), VISIT])
    assert await vault.visit("nobody", "jam-1") is None
    assert await vault.visit("p-dana", "jam-1") == VISIT


async def test_visits_go_with_their_person(vault, everything):
    await vault.add_person(OMER)
    without = await everything()
    for _ in range(5):
        await vault.add_person(DANA)
        await asyncio.gather(vault.put_visits([VISIT]), vault.erase_person("p-dana"), vault.put_visits([VISIT]))
        await vault.erase_person("p-dana")
        assert await everything() == without


async def test_a_closed_vault_keeps_nothing(open_vault):
    vault = await open_vault()
    await vault.close()
    with pytest.raises(VaultUnavailable):
        await vault.put_visits([VISIT])
    with pytest.raises(VaultUnavailable):
        await vault.visit("p-dana", "jam-1")
