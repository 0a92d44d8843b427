"""Sessions: kept on the server, ended there, and remembered no longer than a second."""

from collections.abc import AsyncGenerator, Collection
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from server.access import sessions as remembering
from server.access.secrets import hashed
from server.access.sessions import (
    COOKIE,
    CREDENTIAL_BYTES,
    DAY_MS,
    DUE_MS,
    REMEMBERED_MS,
    TOUCH_MS,
    Credentials,
    Known,
    Sessions,
    SignedIn,
)
from server.vault.port import Session, SessionUse, VaultUnavailable
from server.vault.sqlite import SqliteVault
from tests.access.ada import Clock, connection, vault_with_ada

pytestmark = pytest.mark.anyio


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[SqliteVault, None]:
    async with vault_with_ada(tmp_path) as vault:
        yield vault


async def who(sessions: Sessions, secret: str) -> str | None:
    found = await sessions.caller(connection(hothouse_session=secret), None)
    return None if found is None else found.person_id


async def test_a_session_is_found_by_cookie_or_token_and_kept_as_a_hash(vault: SqliteVault) -> None:
    sessions = Sessions(vault, Clock(), 1)
    secret = await sessions.begin("pada", "a browser")
    expected = SignedIn("pada", hashed(secret))
    assert await sessions.caller(connection(hothouse_session=secret), None) == expected
    assert await sessions.caller(connection(hothouse_session="other"), secret) == expected
    assert await sessions.caller(connection(hothouse_session=secret), "other") is None
    assert [session.token_hash for session in await vault.sessions("pada")] == [hashed(secret)]


async def test_an_unused_session_ends_and_a_used_one_goes_on(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    used, unused = await sessions.begin("pada", ""), await sessions.begin("pada", "")
    clock.now += DAY_MS - 1
    assert await who(sessions, used) == "pada"
    clock.now += 2
    assert (await who(sessions, used), await who(sessions, unused)) == ("pada", None)


async def test_a_session_ended_elsewhere_ends_here_within_a_second(vault: SqliteVault) -> None:
    clock = Clock()
    here, elsewhere = Sessions(vault, clock, 1), Sessions(vault, clock, 1)
    secret = await here.begin("pada", "")
    assert await who(here, secret) == "pada"
    await elsewhere.end(hashed(secret))
    clock.now += REMEMBERED_MS
    assert await who(here, secret) is None


async def test_a_request_that_comes_while_a_session_ends_does_not_keep_it(vault: SqliteVault) -> None:
    class Crossing(Sessions):
        async def crossing(self, id: str) -> None:
            await self._find(id)

    sessions = Crossing(vault, Clock(), 1)
    secret = await sessions.begin("pada", "")
    ended = vault.end_session

    async def end_session(id: str) -> None:
        await sessions.crossing(id)
        await ended(id)

    vault.end_session = end_session  # type: ignore[method-assign]
    await sessions.end(hashed(secret))
    assert await who(sessions, secret) is None


# ------------------------------------------------------------------------------------------- remembered by the header itself
def cookie(secret: str) -> bytes:
    return f"{COOKIE}={secret}".encode()


def with_token(secret: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"authorization", f"Bearer {secret}".encode())]})


async def checked(sessions: Sessions) -> None:
    """Waits until the vault was asked about those that were due."""
    task = sessions._checking
    assert task is not None
    await task


async def test_a_header_is_recalled_for_a_second_and_only_as_what_it_was(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    secret = await sessions.begin("pada", "")
    token = f"Bearer {secret}".encode()
    assert sessions.recalled(None, cookie(secret)) is None
    assert await who(sessions, secret) == "pada"
    assert sessions.recalled(None, cookie(secret)) == SignedIn("pada", hashed(secret))
    assert sessions.recalled(cookie(secret), b"") is None
    assert sessions.recalled(token, b"") is None
    await sessions.caller(with_token(secret), secret)
    assert sessions.recalled(token, cookie("whatever")) == SignedIn("pada", hashed(secret))
    assert sessions.recalled(None, token) is None
    clock.now += REMEMBERED_MS
    assert sessions.recalled(None, cookie(secret)) is None
    clock.now -= 2 * REMEMBERED_MS
    assert sessions.recalled(None, cookie(secret)) is None, "a clock that is set back prolongs nothing"


async def test_nobody_is_recalled_who_is_not_signed_in_or_sends_two_cookies(vault: SqliteVault) -> None:
    sessions = Sessions(vault, Clock(), 1)
    assert await who(sessions, "guess") is None
    assert sessions.recalled(None, cookie("guess")) is None
    secret = await sessions.begin("pada", "")
    twice = HTTPConnection({"type": "http", "headers": [(b"cookie", b"a=b"), (b"cookie", cookie(secret))]})
    await sessions.caller(twice, None)
    assert sessions.recalled(None, cookie(secret)) is None
    assert sessions.recalled(None, b"a=b") is None


async def test_who_is_active_is_asked_about_in_time_with_the_others(vault: SqliteVault) -> None:
    clock, asked, singly = Clock(), [], []
    sessions = Sessions(vault, clock, 1)
    secrets = [await sessions.begin("pada", "") for _ in range(5)]
    ended_sessions, session = vault.ended_sessions, vault.session

    async def many(ids: Collection[str], now: int) -> set[str]:
        asked.append({*ids})
        return await ended_sessions(ids, now)

    async def one(id: str, now: int) -> Session | None:
        singly.append(id)
        return await session(id, now)

    vault.ended_sessions, vault.session = many, one  # type: ignore[method-assign]
    for secret in secrets:
        await who(sessions, secret)
    for _ in range(10):
        clock.now += DUE_MS + 100
        for secret in secrets[:4]:
            assert sessions.recalled(None, cookie(secret)) is not None
        await checked(sessions)
    assert asked == [{hashed(secret) for secret in secrets[:4]}] * 10
    assert len(singly) == 5
    assert sessions.recalled(None, cookie(secrets[4])) is None


@pytest.mark.parametrize("end", ["one", "all", "erased"])
async def test_who_is_active_and_ended_elsewhere_is_recalled_no_longer_than_a_second(vault: SqliteVault, end: str) -> None:
    clock = Clock()
    here, elsewhere = Sessions(vault, clock, 1), Sessions(vault, clock, 1)
    secret = await here.begin("pada", "")
    await who(here, secret)
    if end == "one":
        await elsewhere.end(hashed(secret))
    elif end == "all":
        await vault.end_sessions("pada")
    else:
        await vault.erase_person("pada")
    clock.now += REMEMBERED_MS - 1
    assert here.recalled(None, cookie(secret)) is not None, "nobody has told us yet"
    await checked(here)
    assert here.recalled(None, cookie(secret)) is None
    assert await who(here, secret) is None


async def test_where_the_vault_can_not_say_nobody_is_recalled_longer_than_a_second(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    secret = await sessions.begin("pada", "")
    await who(sessions, secret)
    await vault.close()
    clock.now += DUE_MS
    assert sessions.recalled(None, cookie(secret)) is not None
    await checked(sessions)
    clock.now += REMEMBERED_MS - DUE_MS
    assert sessions.recalled(None, cookie(secret)) is None
    with pytest.raises(VaultUnavailable):
        await who(sessions, secret)


async def test_one_that_ends_here_is_not_recalled_any_more(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    secret = await sessions.begin("pada", "")
    await who(sessions, secret)
    clock.now += DUE_MS
    assert sessions.recalled(None, cookie(secret)) is not None
    await sessions.end(hashed(secret))
    assert sessions.recalled(None, cookie(secret)) is None
    await checked(sessions)
    assert sessions.recalled(None, cookie(secret)) is None


async def test_one_in_use_for_long_is_noted_though_it_is_never_looked_up_again(
    vault: SqliteVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "GATHERING_S", 0.0)
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    secret = await sessions.begin("pada", "")
    await who(sessions, secret)
    for _ in range(0, TOUCH_MS + 2 * DUE_MS, DUE_MS + 100):
        clock.now += DUE_MS + 100
        assert sessions.recalled(None, cookie(secret)) is not None
        await checked(sessions)
    await sessions.settled()
    (kept,) = await vault.sessions("pada")
    assert clock.now - kept.seen_at < TOUCH_MS
    assert kept.expires_at == kept.seen_at + DAY_MS


async def test_those_who_come_together_are_noted_together(vault: SqliteVault, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[int] = []
    touch = vault.touch_sessions

    async def counted(uses: Collection[SessionUse]) -> None:
        noted.append(len(uses))
        await touch(uses)

    monkeypatch.setattr(vault, "touch_sessions", counted)
    clock = Clock()
    sessions = Sessions(vault, clock, 1)
    secrets = [await sessions.begin("pada", "") for _ in range(20)]
    clock.now += TOUCH_MS + 1
    for secret in secrets:
        assert await who(sessions, secret) == "pada"
    assert noted == [], "nobody waits for it"
    await sessions.settled()
    assert noted == [20]
    assert {session.seen_at for session in await vault.sessions("pada")} == {clock.now}
    await sessions.settled()
    assert noted == [20]


async def test_what_is_remembered_of_headers_is_bounded(vault: SqliteVault) -> None:
    known, small = Known(SignedIn("pada", "s"), 0, 0), Credentials(most_bytes=100)
    for number in range(50):
        small.put(b"%030d" % number, known)
        small.put(b"%030d" % number, known)
    assert [number for number in range(50) if small.get(b"%030d" % number)] == [47, 48, 49]
    small.put(b"x" * (CREDENTIAL_BYTES + 1), known)
    assert small.get(b"%030d" % 49) is known
