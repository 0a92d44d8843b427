"""What every vault must do with wishes about mails, and with marks of what was mailed."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.digests import DigestMark, MailMode, MailWish
from server.vault.port import PersonRecord

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
WISH = MailWish("p-dana", MailMode.HOURLY, "open")
NONE = DigestMark("p-dana", "j1", 0, 0)


@pytest.fixture
async def people(vault):
    await vault.add_people([DANA, OMER])
    return vault


async def test_a_wish_is_kept_and_found_by_its_secret(people):
    assert await people.mail_wish("p-dana") is None
    assert await people.put_mail_wish(WISH) == WISH
    assert await people.mail_wish("p-dana") == await people.mail_wish_of("open") == WISH
    assert await people.mail_wish_of("other") is None
    assert await people.mail_wish("p-omer") is None


async def test_another_wish_keeps_the_secret_that_stands_in_old_mails(people):
    await people.put_mail_wish(WISH)
    never = await people.put_mail_wish(MailWish("p-dana", MailMode.NEVER, "another"))
    assert never == MailWish("p-dana", MailMode.NEVER, "open")
    assert await people.mail_wish_of("another") is None


async def test_nobody_has_no_wish(people):
    with pytest.raises(KeyError):
        await people.put_mail_wish(MailWish("nobody", MailMode.NEVER, "x"))
    with pytest.raises(KeyError):
        await people.claim_digest(DigestMark("nobody", "j1", 0, 0), NOW)
    assert await people.mail_wish("nobody") is None
    assert await people.digest_marks("j1") == {}


async def test_a_mail_is_claimed_by_one_and_again_when_that_is_over(people):
    claims = await asyncio.gather(*(people.claim_digest(NONE, NOW + 60 + n) for n in range(5)))
    assert sorted(claims) == [False, False, False, False, True]
    [mark] = (await people.digest_marks("j1")).values()
    assert not await people.claim_digest(NONE, NOW + 999)
    assert await people.claim_digest(mark, NOW + 1_000)
    assert not await people.claim_digest(mark, NOW + 2_000), "it is another mark now"
    assert await people.digest_marks("j2") == {}


async def test_what_was_sent_is_marked(people):
    await people.claim_digest(NONE, NOW + 60)
    await people.put_digest(DigestMark("p-dana", "j1", 12, NOW + 5))
    assert await people.digest_marks("j1") == {"p-dana": DigestMark("p-dana", "j1", 12, NOW + 5)}
    await people.put_digest(DigestMark("p-omer", "j1", 12, NOW + 5))
    assert "p-omer" not in await people.digest_marks("j1"), "nothing was claimed"
    assert await people.claim_digest(DigestMark("p-dana", "j1", 12, NOW + 5), NOW + 99)


async def test_it_goes_with_the_person(people, everything):
    await people.put_mail_wish(replace(WISH, secret="very secret"))
    await people.claim_digest(NONE, NOW)
    await people.erase_person("p-dana")
    assert await people.mail_wish_of("very secret") is None
    assert await people.digest_marks("j1") == {}
    assert "very secret" not in await everything()
    await people.put_digest(DigestMark("p-dana", "j1", 5, 5))
    assert await people.digest_marks("j1") == {}
