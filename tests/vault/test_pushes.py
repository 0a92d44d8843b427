"""What every vault must do with wishes about pushes, with devices, and with what waits to be sent."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.port import PersonRecord, Session
from server.vault.pushes import Push, PushDevice, PushMark, PushReader, PushWish

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
WISH = PushWish("p-dana", "BUILT_ON COMMENT", 1320, 420, "Asia/Jerusalem", 15, False, NOW)
PHONE = PushDevice("d1", "p-dana", "s1", "https://push.example/1", "key", "very secret", "A phone", NOW)
DESK = replace(PHONE, id="d2", session_hash="s2", endpoint="https://push.example/2", name="A desk", created_at=NOW + 1)
NONE = PushMark("p-dana")
TOLD = PushMark("p-dana", NOW, '{"j1": [7, 0, 5]}')


def push(device: str = "d1", jam: str = "j1", **given) -> Push:
    return replace(Push(device, jam, "p-dana", "[0, 0, 0]", "[7, 0, 5]", NOW, NOW), **given)


@pytest.fixture
async def people(vault):
    await vault.add_people([DANA, OMER])
    for number, person in enumerate(("p-dana", "p-dana", "p-omer"), 1):
        await vault.add_session(Session(f"s{number}", person, NOW, NOW, NOW + 1_000, "A browser"))
    return vault


@pytest.fixture
async def wished(people):
    await people.put_push_wish(WISH)
    await people.add_push_device(PHONE)
    await people.add_push_device(DESK)
    return people


async def test_the_key_never_changes(vault, open_vault):
    first, second = await asyncio.gather(vault.push_key("one"), vault.push_key("two"))
    assert first == second
    assert await vault.push_key("three") == first
    again = await open_vault()
    assert await again.push_key("four") == first
    await again.close()


async def test_a_wish_is_kept_and_changed_and_its_mark_stays(people):
    assert await people.push_wish("p-dana") is None
    await people.put_push_wish(WISH)
    assert await people.push_wish("p-dana") == WISH
    assert await people.queue_pushes(NONE, TOLD, [])
    other = replace(WISH, kinds="", shows_words=True, apart_min=60)
    await people.put_push_wish(other)
    assert await people.push_wish("p-dana") == other
    assert list((await people.push_readers(0)).readers) == [PushReader(other, TOLD)]


async def test_devices_come_back_exact_and_the_same_endpoint_is_one(wished):
    assert await wished.push_devices("p-dana", NOW) == [PHONE, DESK]
    await wished.note_push_device("d1", NOW + 5, NOW + 6)
    await wished.note_push_device("d1", None, NOW + 7)
    [phone, _] = await wished.push_devices("p-dana", NOW)
    assert phone == replace(PHONE, told_at=NOW + 5, failing_since=NOW + 7)
    await wished.queue_pushes(NONE, TOLD, [push()])
    await wished.add_push_device(replace(PHONE, key="another", created_at=NOW + 9))
    [phone, _] = await wished.push_devices("p-dana", NOW)
    assert phone == replace(PHONE, key="another", told_at=NOW + 5), "good again, and as old as it was"
    assert await wished.waiting_pushes() == 1, "what waits for it goes on waiting"


async def test_a_browser_that_another_person_signed_in_at_is_theirs(wished):
    await wished.put_push_wish(replace(WISH, person_id="p-omer"))
    await wished.queue_pushes(NONE, TOLD, [push()])
    await wished.add_push_device(replace(PHONE, person_id="p-omer", session_hash="s3"))
    assert await wished.push_devices("p-dana", NOW) == [DESK]
    assert await wished.push_devices("p-omer", NOW) == [replace(PHONE, person_id="p-omer", session_hash="s3")]
    assert await wished.claim_pushes(NOW, 10, 1) == [], "what waited for the one is not the other's"


async def test_a_device_ends_with_its_session(wished):
    await wished.queue_pushes(NONE, TOLD, [push("d1"), push("d2")])
    await wished.end_session("s1")
    assert await wished.push_devices("p-dana", NOW) == [DESK]
    assert [one.device_id for one in await wished.claim_pushes(NOW, 10, 1)] == ["d2"]
    assert await wished.push_devices("p-dana", NOW + 1_000) == [], "signed in no more"


async def test_nobody_and_no_session_have_no_device(people):
    with pytest.raises(KeyError):
        await people.put_push_wish(replace(WISH, person_id="nobody"))
    with pytest.raises(KeyError):
        await people.add_push_device(replace(PHONE, session_hash="none"))
    with pytest.raises(KeyError):
        await people.add_push_device(replace(PHONE, person_id="nobody"))
    assert await people.push_devices("p-dana", NOW) == []
    assert not await people.queue_pushes(PushMark("nobody"), PushMark("nobody", 1), [push()])


async def test_a_device_is_ended_by_its_owner_alone(wished):
    await wished.queue_pushes(NONE, TOLD, [push("d1"), push("d2")])
    assert not await wished.end_push_device("p-omer", "d1")
    assert await wished.end_push_device("p-dana", "d1")
    assert not await wished.end_push_device("p-dana", "d1")
    assert [one.device_id for one in await wished.claim_pushes(NOW, 10, 1)] == ["d2"]


async def test_readers_are_told_when_they_are_new_or_changed(wished):
    first = await wished.push_readers(0)
    assert {reader.wish.person_id for reader in first.readers} == {"p-dana"}
    await wished.put_push_wish(replace(WISH, person_id="p-omer"))
    second = await wished.push_readers(first.position)
    assert "p-omer" in {reader.wish.person_id for reader in second.readers}
    await wished.add_push_device(replace(PHONE, endpoint="https://push.example/3", id="d3"))
    third = await wished.push_readers(second.position)
    assert "p-dana" in {reader.wish.person_id for reader in third.readers}, "a new device"
    await wished.queue_pushes(NONE, TOLD, [])
    fourth = await wished.push_readers(third.position)
    assert PushReader(WISH, TOLD) in fourth.readers


async def test_pushes_are_queued_with_the_mark_or_not_at_all(wished):
    marks = [replace(TOLD, told_at=NOW + n) for n in range(5)]
    queued = await asyncio.gather(*(wished.queue_pushes(NONE, mark, [push(upto=f"[{mark.told_at}]")]) for mark in marks))
    assert sorted(queued) == [False, False, False, False, True]
    [winner] = [mark for mark, won in zip(marks, queued, strict=True) if won]
    assert list((await wished.push_readers(0)).readers) == [PushReader(WISH, winner)]
    [one] = await wished.claim_pushes(NOW, 10, 1_000)
    assert one == push(upto=f"[{winner.told_at}]", due_at=NOW + 1_000, attempts=1)
    unknown = push("gone")
    assert await wished.queue_pushes(winner, replace(winner, told_at=NOW + 9), [unknown])
    assert await wished.waiting_pushes() == 1, "there is no such device"


async def test_what_comes_while_one_waits_makes_it_longer(wished):
    await wished.queue_pushes(NONE, TOLD, [push()])
    await wished.push_failed((await wished.claim_pushes(NOW, 1, 1))[0], NOW + 500)
    later = replace(TOLD, told_at=NOW + 1)
    await wished.queue_pushes(TOLD, later, [push(after="[7, 0, 5]", upto="[9, 0, 6]", created_at=NOW + 1, due_at=NOW + 1)])
    assert await wished.claim_pushes(NOW + 499, 10, 1) == [], "its pause is kept"
    [one] = await wished.claim_pushes(NOW + 500, 10, 1)
    assert one == push(upto="[9, 0, 6]", due_at=NOW + 501, attempts=2)


async def test_a_push_is_claimed_by_one_and_again_when_its_lease_is_over(wished):
    await wished.queue_pushes(NONE, TOLD, [push("d1"), push("d2"), push("d2", "j2", due_at=NOW + 1)])
    claims = await asyncio.gather(*(wished.claim_pushes(NOW, 1, 1_000) for _ in range(5)))
    assert sorted(one.device_id for found in claims for one in found) == ["d1", "d2"]
    assert await wished.claim_pushes(NOW + 1, 10, 1_000) == [push("d2", "j2", due_at=NOW + 1_001, attempts=1)]
    again = await wished.claim_pushes(NOW + 1_000, 10, 1_000)
    assert [(one.device_id, one.jam_id, one.attempts) for one in again] == [("d1", "j1", 2), ("d2", "j1", 2)]


async def test_what_is_done_is_gone_but_for_what_was_added_meanwhile(wished):
    await wished.queue_pushes(NONE, TOLD, [push("d1"), push("d2")])
    one, other = await wished.claim_pushes(NOW, 10, 1_000)
    await wished.queue_pushes(TOLD, replace(TOLD, told_at=NOW + 1), [push("d1", after="[7, 0, 5]", upto="[9, 0, 6]")])
    await wished.push_done(one, NOW + 2)
    await wished.push_done(other, NOW + 2)
    assert await wished.waiting_pushes() == 1
    [rest] = await wished.claim_pushes(NOW + 2, 10, 1_000)
    assert (rest.after, rest.upto, rest.attempts) == ("[7, 0, 5]", "[9, 0, 6]", 1), "only what was not told"


async def test_all_goes_with_the_person(wished, everything):
    await wished.queue_pushes(NONE, TOLD, [push()])
    assert set(await wished.belongings("p-dana")) >= {"push_wishes", "push_devices", "pushes"}
    await wished.erase_person("p-dana")
    assert await wished.push_wish("p-dana") is None
    assert await wished.push_devices("p-dana", NOW) == []
    assert await wished.claim_pushes(NOW, 10, 1) == []
    held = await everything()
    assert "very secret" not in held
    assert "push.example" not in held
