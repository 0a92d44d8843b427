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


OTHER = Visit("p-omer", "jam-1", 3, NOW)
KEYS = [("p-dana", "jam-1"), ("p-omer", "jam-1"), ("p-dana", "jam-2"), ("nobody", "jam-1")]


async def test_visits_come_back_exact_and_are_replaced(vault):
    await vault.add_people([DANA, OMER])
    elsewhere = replace(VISIT, jam_id="jam-2")
    await vault.put_visits([VISIT, OTHER, elsewhere])
    found = await vault.visits(KEYS)
    assert found == {VISIT.key: VISIT, OTHER.key: OTHER, elsewhere.key: elsewhere}
    assert (type(found[VISIT.key].is_read), type(found[VISIT.key].left_at)) == (bool, int)
    await vault.put_visits([replace(VISIT, left_seq=50, is_read=True)])
    assert await vault.visits([VISIT.key]) == {VISIT.key: replace(VISIT, left_seq=50, is_read=True)}
    assert await vault.visits([]) == {}


async def test_leaving_changes_nothing_but_when_they_left(vault):
    await vault.add_people([DANA, OMER])
    await vault.put_visits([VISIT])
    later = replace(VISIT, left_seq=90, left_at=NOW + 5)
    await vault.leave_visits([replace(later, since_seq=0, since_at=0, is_read=True), OTHER])
    assert await vault.visits(KEYS) == {VISIT.key: later, OTHER.key: OTHER}


async def test_visits_of_unknown_people_are_passed_over_and_the_others_kept(vault):
    await vault.add_person(DANA)
    for keep in (vault.put_visits, vault.leave_visits):
        await keep([])
        await keep([replace(VISIT, person_id="nobody"), VISIT])
        assert await vault.visits(KEYS) == {VISIT.key: VISIT}


async def test_visits_go_with_their_person(vault, everything):
    await vault.add_person(OMER)
    without = await everything()
    for _ in range(5):
        await vault.add_person(DANA)
        await asyncio.gather(vault.put_visits([VISIT]), vault.erase_person("p-dana"), vault.leave_visits([VISIT]))
        await vault.erase_person("p-dana")
        assert await everything() == without


async def test_a_closed_vault_keeps_nothing(open_vault):
    vault = await open_vault()
    await vault.close()
    with pytest.raises(VaultUnavailable):
        await vault.put_visits([VISIT])
    with pytest.raises(VaultUnavailable):
        await vault.visits([VISIT.key])
