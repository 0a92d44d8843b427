"""What every vault must do with accounts, passkeys, tokens and tickets."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest

from server.vault.credentials import ApiToken, Identity, IdentityTaken, Passkey, Ticket
from server.vault.port import PersonRecord
from server.vault.sqlite import LAYOUTS, SqliteVault

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
ACCOUNT = Identity("https://id.example.com", "sub|1", "p-dana", NOW, '{"jam-1": "MODERATOR"}')
KEY = Passkey("Y3JlZA", "p-dana", bytes(range(256)), 7, "internal hybrid", "Dana's phone", True, NOW, None)
TOKEN = ApiToken("token-1", "p-dana", "t1", "Dashboard", "read post", NOW, NOW + 1000, None)
TICKET = Ticket("ticket-1", "openid", "browser-1", '{"nonce": "n"}', NOW + 1000)


@pytest.fixture
async def vault_with_people(vault):
    await vault.add_people([DANA, OMER])
    return vault


async def test_an_account_stands_for_one_person_for_ever(vault_with_people):
    vault = vault_with_people
    await vault.put_identity(ACCOUNT)
    assert await vault.identity(ACCOUNT.issuer, ACCOUNT.subject) == ACCOUNT
    assert await vault.identity("https://other.example.com", ACCOUNT.subject) is None
    with pytest.raises(IdentityTaken):
        await vault.put_identity(replace(ACCOUNT, person_id="p-omer"))
    await vault.put_identity(replace(ACCOUNT, granted="{}"))
    assert await vault.identities("p-dana") == [replace(ACCOUNT, granted="{}")]
    assert await vault.identities("p-omer") == []


async def test_what_is_put_for_nobody_is_refused(vault_with_people):
    vault = vault_with_people
    for put in (
        vault.put_identity(replace(ACCOUNT, person_id="nobody")),
        vault.add_passkey(replace(KEY, person_id="nobody")),
        vault.add_token(replace(TOKEN, person_id="nobody")),
    ):
        with pytest.raises(KeyError):
            await put
    assert await vault.identity(ACCOUNT.issuer, ACCOUNT.subject) is None
    assert await vault.passkey(KEY.id) is None
    assert await vault.token(TOKEN.token_hash, NOW) is None


async def test_a_passkey_is_kept_used_renamed_and_removed_by_its_owner_alone(vault_with_people):
    vault = vault_with_people
    assert await vault.add_passkey(KEY)
    assert not await vault.add_passkey(replace(KEY, person_id="p-omer")), "an id is taken once, by whomever"
    assert await vault.passkey(KEY.id) == KEY
    assert not await vault.rename_passkey("p-omer", KEY.id, "Mine")
    assert not await vault.delete_passkey("p-omer", KEY.id)
    assert await vault.rename_passkey("p-dana", KEY.id, "Old phone")
    assert [key.name for key in await vault.passkeys("p-dana")] == ["Old phone"]
    assert await vault.delete_passkey("p-dana", KEY.id)
    assert await vault.passkeys("p-dana") == []


@pytest.mark.parametrize(
    ("known", "said", "is_good"), [(7, 8, True), (7, 7, False), (7, 3, False), (7, 0, False), (0, 0, True), (0, 1, True)]
)
async def test_a_counter_that_does_not_rise_gives_a_copied_key_away(vault_with_people, known, said, is_good):
    vault = vault_with_people
    await vault.add_passkey(replace(KEY, sign_count=known))
    assert await vault.use_passkey(KEY.id, said, NOW + 5) is is_good
    kept = await vault.passkey(KEY.id)
    assert (kept.sign_count, kept.used_at) == ((said, NOW + 5) if is_good else (known, None))


async def test_a_token_ends_with_its_time_and_by_its_owner(vault_with_people):
    vault = vault_with_people
    await vault.add_token(TOKEN)
    assert await vault.token(TOKEN.token_hash, NOW + 999) == TOKEN
    assert await vault.token(TOKEN.token_hash, NOW + 1000) is None
    await vault.touch_tokens({TOKEN.token_hash: NOW + 5, "unknown": NOW + 6})
    assert await vault.tokens("p-dana") == [replace(TOKEN, used_at=NOW + 5)]
    assert not await vault.end_token("p-omer", TOKEN.id)
    assert await vault.end_token("p-dana", TOKEN.id)
    assert await vault.token(TOKEN.token_hash, NOW) is None


async def test_of_many_who_take_a_ticket_one_gets_it(vault):
    await vault.add_ticket(TICKET)
    assert await vault.take_ticket(TICKET.token_hash, "passkey", NOW) is None, "of another kind"
    taken = await asyncio.gather(*(vault.take_ticket(TICKET.token_hash, "openid", NOW) for _ in range(20)))
    assert [ticket for ticket in taken if ticket is not None] == [TICKET]
    await vault.add_ticket(TICKET)
    assert await vault.take_ticket(TICKET.token_hash, "openid", NOW + 1000) is None, "too late"


async def test_what_has_expired_is_swept(vault_with_people, everything):
    vault = vault_with_people
    await vault.add_token(TOKEN)
    await vault.add_ticket(TICKET)
    assert await vault.sweep(NOW + 999) == 0
    assert await vault.sweep(NOW + 1000) == 2
    assert "token-1" not in await everything()
    assert "ticket-1" not in await everything()


async def test_whoever_is_erased_leaves_no_key_behind(vault_with_people, everything):
    vault = vault_with_people
    await vault.put_identity(ACCOUNT)
    await vault.add_passkey(KEY)
    await vault.add_token(TOKEN)
    await vault.erase_person("p-dana")
    assert await vault.identity(ACCOUNT.issuer, ACCOUNT.subject) is None
    held = await everything()
    assert not any(trace in held for trace in ("p-dana", "sub|1", KEY.id, "token-1", "Dashboard"))


async def test_a_vault_of_the_first_layout_is_read_and_grows(tmp_path):
    path = tmp_path / "old.db"
    db = sqlite3.connect(path)
    db.executescript(f"{LAYOUTS[0]}; PRAGMA user_version = 1;")
    db.execute("INSERT INTO people VALUES ('p-dana', 'dana@example.com', 'Dana Levi', 'IL', 'he', 1)")
    db.commit()
    db.close()
    vault = await SqliteVault.open(path)
    assert (await vault.person("p-dana")).name == "Dana Levi"
    assert await vault.add_passkey(KEY)
    await vault.close()
    again = await SqliteVault.open(path)
    assert await again.passkey(KEY.id) == KEY
    await again.close()
