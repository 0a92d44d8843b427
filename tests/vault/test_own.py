"""All about one person, and how other workers learn that someone changed, in every vault."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from server.vault.credentials import ApiToken, Identity, Passkey
from server.vault.digests import DigestMark, MailMode, MailWish
from server.vault.invitations import InvitationMail, RoomCode
from server.vault.port import Draft, Image, PersonRecord, Session, SignInLink, Vault
from server.vault.pushes import Push, PushDevice, PushMark, PushWish
from server.vault.visits import Visit

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)


def session(person: str) -> Session:
    return Session(f"session of {person}", person, NOW, NOW, NOW + 9, "a browser")


def token(person: str) -> ApiToken:
    return ApiToken(f"token of {person}", person, f"id-{person}", "a program", "READ", NOW, NOW + 9, None)


async def put_digest(vault: Vault, one: DigestMark) -> None:
    """A mark is kept by whoever claimed it."""
    await vault.claim_digest(DigestMark(one.person_id, one.jam_id, 0, 0), NOW)
    await vault.put_digest(one)


def device(person: str) -> PushDevice:
    endpoint = f"https://push.example/{person}"
    return PushDevice(f"device of {person}", person, session(person).token_hash, endpoint, "key", "auth", "a browser", NOW)


async def put_device(vault: Vault, one: PushDevice) -> None:
    """A device is a browser that is signed in."""
    if await vault.session(one.session_hash, NOW) is None:
        await vault.add_session(session(one.person_id))
    await vault.add_push_device(one)


async def put_push(vault: Vault, one: Push) -> None:
    """A push is queued with the mark of its person."""
    mark = PushMark(one.person_id)
    assert await vault.queue_pushes(mark, replace(mark, told_at=NOW), [one])


KINDS: dict[str, tuple[Callable[[str], Any], Callable[[Vault, Any], Any]]] = {
    "links": (lambda p: SignInLink(f"link of {p}", p, None, NOW + 9, "/"), lambda vault, one: vault.add_link(one)),
    "sessions": (session, lambda vault, one: vault.add_session(one)),
    "images": (lambda p: Image(f"image-{p}", p, "image/png", b"png of it", 1, 1, NOW), lambda vault, one: vault.put_image(one)),
    "drafts": (lambda p: Draft(p, "j1", "idea", '{"title":"begun"}', NOW), lambda vault, one: vault.put_draft(one)),
    "identities": (lambda p: Identity("https://id", f"sub-{p}", p, NOW, "{}"), lambda vault, one: vault.put_identity(one)),
    "passkeys": (
        lambda p: Passkey(f"key-{p}", p, b"cose", 0, "usb", "a phone", True, NOW, None),
        lambda vault, one: vault.add_passkey(one),
    ),
    "tokens": (token, lambda vault, one: vault.add_token(one)),
    "visits": (lambda p: Visit(p, "j1", 4, NOW), lambda vault, one: vault.put_visits([one])),
    "invitation_mails": (
        lambda p: InvitationMail(
            f"v-{p}", "j1", p, f"friend of {p}@example.org", "A friend", "Come", "en", "s", NOW, NOW, NOW, NOW + 9
        ),
        lambda vault, one: vault.put_mails([one], 0),
    ),
    "mail_wishes": (
        lambda p: MailWish(p, MailMode.DAILY, f"secret of {p}"),
        lambda vault, one: vault.put_mail_wish(one),
    ),
    "digests": (lambda p: DigestMark(p, "j1", 4, NOW), put_digest),
    "push_wishes": (
        lambda p: PushWish(p, "COMMENT", 0, 60, "Asia/Jerusalem", 15, False, NOW),
        lambda vault, one: vault.put_push_wish(one),
    ),
    "push_devices": (device, put_device),
    "pushes": (lambda p: Push(device(p).id, "j1", p, "[0, 0, 0]", "[1, 0, 1]", NOW, NOW), put_push),
    "room_codes": (
        lambda p: RoomCode(f"c-{p}", "j1", p, f"CODE{p[2]}", "s", NOW + 9),
        lambda vault, one: vault.add_code(one),
    ),
}
"""One thing of each kind that the vault keeps for a person."""


async def test_everything_of_a_person_is_found_and_nothing_of_others(vault: Vault) -> None:
    await vault.add_people([DANA, OMER])
    for make, put in KINDS.values():
        for person in (DANA.id, OMER.id):
            await put(vault, make(person))
    found = await vault.belongings(DANA.id)
    assert found["people"] == [asdict(DANA)]
    for kind, (make, _) in KINDS.items():
        (row,) = found[kind]
        assert {name: row[name] for name in asdict(make(DANA.id))} == asdict(make(DANA.id)), kind
    assert OMER.id not in repr(found)
    assert await vault.belongings("nobody") == {}


async def test_an_erased_person_leaves_nothing_behind(vault: Vault, everything: Callable[[], Any]) -> None:
    await vault.add_people([DANA, OMER])
    for make, put in KINDS.values():
        await put(vault, make(DANA.id))
    await vault.erase_person(DANA.id)
    await vault.wipe()
    assert await vault.belongings(DANA.id) == {}
    left = await everything()
    for trace in ("Dana", "dana@", "a browser", "a program", "begun", "png of it", "sub-p-dana"):
        assert trace not in left, trace


async def test_other_workers_learn_who_changed(vault: Vault, open_vault: Callable[[], Any]) -> None:
    other = await open_vault()
    try:
        await vault.add_people([DANA, OMER])
        position = await other.people_position()
        await vault.update_person(DANA.id, name="Dana Katz")
        changes = await other.changed_people(position)
        assert list(changes.ids) == [DANA.id]
    finally:
        await other.close()


async def test_sessions_and_tokens_that_ended_are_named_together(vault: Vault) -> None:
    await vault.add_people([DANA])
    await vault.add_session(session(DANA.id))
    await vault.add_token(token(DANA.id))
    both = [session(DANA.id).token_hash, token(DANA.id).token_hash]
    assert await vault.ended_sessions([*both, "other"], NOW) == {"other"}
    assert await vault.ended_sessions(both, NOW + 9) == set(both)
    await vault.end_token(DANA.id, token(DANA.id).id)
    assert await vault.ended_sessions(both, NOW) == {token(DANA.id).token_hash}


async def test_notes_of_changes_are_swept(vault: Vault, everything: Callable[[], Any]) -> None:
    await vault.add_people([DANA])
    await vault.update_person(DANA.id, name="Dana Katz")
    before = await everything()
    assert await vault.sweep(NOW * 9) == 1
    assert len(await everything()) < len(before)
