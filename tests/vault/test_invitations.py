"""What every vault must do with mails of invitations, and with codes."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.invitations import InvitationMail, MailState, RoomCode
from server.vault.port import PersonRecord, VaultUnavailable

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DAY = 86_400_000
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
MAIL = InvitationMail(
    id="v1", jam_id="j1", inviter_id="p-dana", address="guest@example.net", name="Gil", line="Come!", language="he",
    secret="open sesame", created_at=NOW, planned_at=NOW, due_at=NOW, expires_at=NOW + 9 * DAY,
)  # fmt: skip
CODE = RoomCode("v9", "j1", "p-dana", "ABCD2345", "open sesame", NOW + 1000)


def mail(id: str, **given):
    return replace(MAIL, id=id, **({"address": f"{id}@example.net"} | given))


@pytest.fixture
async def people(vault):
    await vault.add_people([DANA, OMER])
    return vault


async def test_mails_come_back_exact_and_are_put_once(people):
    assert await people.put_mails([MAIL, mail("v2")], DAY) == [MAIL, mail("v2")]
    assert await people.put_mails([replace(MAIL, secret="another", line="Changed")], DAY) == [MAIL], "the first stays"
    assert await people.mails(["v1", "v2", "v3"]) == {"v1": MAIL, "v2": mail("v2")}
    assert await people.mails([]) == {}
    with pytest.raises(KeyError):
        await people.put_mails([mail("v3"), mail("v4", inviter_id="nobody")], DAY)
    assert await people.mails(["v3", "v4"]) == {}


async def test_mails_to_one_address_are_planned_a_day_apart_whoever_asks(people):
    first, second, third = await people.put_mails(
        [MAIL, replace(MAIL, id="v2", inviter_id="p-omer"), replace(MAIL, id="v3", jam_id="j2")], DAY
    )
    assert [one.planned_at for one in (first, second, third)] == [NOW, NOW + DAY, NOW]
    assert second.due_at == NOW + DAY
    await people.keep_mail(replace(second, state=MailState.FAILED))
    (fourth,) = await people.put_mails([replace(MAIL, id="v4")], DAY)
    assert fourth.planned_at == NOW + DAY, "one that could not be sent does not count"


async def test_a_mail_is_claimed_by_one_and_again_when_its_lease_is_over(people):
    await people.put_mails([MAIL, mail("v2", planned_at=NOW + 5, due_at=NOW + 5), mail("v3", due_at=NOW + DAY)], DAY)
    claimed = [
        one for found in await asyncio.gather(*(people.claim_mails(NOW + 9, 1, 1000) for _ in range(5))) for one in found
    ]
    assert sorted(one.id for one in claimed) == ["v1", "v2"]
    assert {(one.state, one.attempts, one.due_at) for one in claimed} == {(MailState.SENDING, 1, NOW + 1009)}
    assert await people.claim_mails(NOW + 1008, 9, 1000) == []
    again = await people.claim_mails(NOW + 1009, 9, 1000)
    assert [(one.id, one.attempts) for one in again] == [("v1", 2), ("v2", 2)]


async def test_what_became_of_a_mail_is_kept_and_what_is_to_be_recorded_is_claimed_without_an_attempt(people):
    await people.put_mails([MAIL], DAY)
    (begun,) = await people.claim_mails(NOW, 9, 1000)
    taken = replace(begun, state=MailState.TAKEN, sent_at=NOW + 3, secret="", due_at=NOW + 4)
    await people.keep_mail(taken)
    assert await people.claim_mails(NOW + 4, 9, 1000) == [replace(taken, due_at=NOW + 1004)]
    done = replace(taken, state=MailState.DELIVERED)
    await people.keep_mail(done)
    assert await people.mails(["v1"]) == {"v1": done}
    assert await people.claim_mails(NOW + DAY, 9, 1000) == []
    await people.keep_mail(replace(done, id="gone"))
    assert await people.mails(["gone"]) == {}


async def test_who_was_mailed_and_who_is_known(people):
    await people.put_mails([MAIL, mail("v2"), mail("v3", jam_id="j2")], DAY)
    await people.keep_mail(replace(mail("v2"), state=MailState.DROPPED))
    addresses = ["guest@example.net", "v2@example.net", "v3@example.net", "dana@example.com"]
    assert await people.mailed("j1", addresses) == {"guest@example.net": ["v1"]}
    assert await people.people_by_email(addresses) == {"dana@example.com": "p-dana"}
    assert await people.people_by_email([]) == await people.mailed("j1", []) == {}


async def test_who_declined_is_known(people):
    await people.put_mails([MAIL, mail("v2")], DAY)
    assert not await people.declined("j1", MAIL.address)
    await people.keep_mail(replace(MAIL, state=MailState.DECLINED, secret=""))
    assert await people.declined("j1", MAIL.address)
    assert not await people.declined("j2", MAIL.address)
    assert not await people.declined("j1", "v2@example.net")


async def test_mails_go_with_the_inviter_and_with_whoever_has_the_address(people, everything):
    without = await everything()
    await people.put_mails([mail("v1", inviter_id="p-omer"), mail("v2", address="dana@example.com", inviter_id="p-omer")], DAY)
    await people.add_code(replace(CODE, owner_id="p-omer"))
    await people.erase_person("p-dana")
    assert set(await people.mails(["v1", "v2"])) == {"v1"}
    await people.erase_person("p-omer")
    assert await people.mails(["v1"]) == {}
    assert await people.room_code(CODE.code, NOW) is None
    left = await everything()
    for secret in ("example.net", "open sesame", "ABCD2345"):
        assert secret not in left
    assert without


async def test_mails_and_codes_are_swept_when_they_are_over(people):
    await people.put_mails([MAIL, mail("v2", expires_at=NOW + 10 * DAY)], DAY)
    await people.add_code(CODE)
    await people.sweep(NOW + 9 * DAY)
    assert set(await people.mails(["v1", "v2"])) == {"v2"}
    assert await people.room_codes(["v9"]) == {}


async def test_a_code_is_found_by_what_is_typed_until_it_is_over(people):
    assert await people.add_code(CODE)
    assert not await people.add_code(replace(CODE, id="v10")), "a code is given once"
    assert not await people.add_code(replace(CODE, code="OTHER234"))
    with pytest.raises(KeyError):
        await people.add_code(replace(CODE, id="v11", code="OTHER234", owner_id="nobody"))
    assert await people.room_code("ABCD2345", NOW) == CODE
    assert await people.room_code("ABCD2346", NOW) is None
    assert await people.room_code("ABCD2345", NOW + 1000) is None
    assert await people.room_codes(["v9", "v1"]) == {"v9": CODE}


async def test_a_closed_vault_keeps_no_mail(open_vault):
    vault = await open_vault()
    await vault.close()
    for work in (vault.put_mails([MAIL], DAY), vault.claim_mails(NOW, 1, 1), vault.mails(["v1"])):
        with pytest.raises(VaultUnavailable):
            await work
