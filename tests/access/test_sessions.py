"""Sessions: kept on the server, ended there, and remembered no longer than a second."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from server.access.secrets import hashed
from server.access.sessions import COOKIE, DAY_MS, REMEMBERED_MS, Sessions, SignedIn
from server.vault.port import PersonRecord
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[SqliteVault, None]:
    opened = await SqliteVault.open(tmp_path / "vault.sqlite")
    await opened.add_person(PersonRecord("pada", None, "Ada", None, "en", 0))
    yield opened
    await opened.close()


def connection(secret: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"cookie", f"{COOKIE}={secret}".encode())]})


async def who(sessions: Sessions, secret: str) -> str | None:
    found = await sessions.caller(connection(secret), None)
    return None if found is None else found.person_id


async def test_a_session_is_found_by_cookie_or_token_and_kept_as_a_hash(vault: SqliteVault) -> None:
    sessions = Sessions(vault, Clock(), 1)
    secret = await sessions.begin("pada", "a browser")
    expected = SignedIn("pada", hashed(secret))
    assert await sessions.caller(connection(secret), None) == expected
    assert await sessions.caller(connection("other"), secret) == expected
    assert await sessions.caller(connection(secret), "other") is None
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
