"""What a session lasts, and whose cookie is taken."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from starlette.responses import Response

from server.access.cookies import Cookies
from server.access.secrets import hashed
from server.access.sessions import COOKIE, DAY_MS, REMEMBERED_MS, Sessions
from server.vault.port import Session
from server.vault.sqlite import SqliteVault
from tests.access.ada import Clock, connection, vault_with_ada
from tests.web.running import OURS, Site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[SqliteVault, None]:
    async with vault_with_ada(tmp_path) as vault:
        yield vault


async def test_a_session_ends_after_its_longest_time_however_it_is_used(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, days=30, most_days=90)
    secret = await sessions.begin("pada", "a browser")
    for day in range(0, 90, 20):
        clock.now = 1_000_000 + day * DAY_MS
        assert await sessions.caller(connection(hothouse_session=secret), None) is not None, day
        await sessions.settled()
    clock.now = 1_000_000 + 90 * DAY_MS - 1
    assert await sessions.caller(connection(hothouse_session=secret), None) is not None, "its last millisecond"
    clock.now += REMEMBERED_MS + 1
    assert await sessions.caller(connection(hothouse_session=secret), None) is None
    assert await sessions.ended([hashed(secret)]) == {hashed(secret)}, "its sockets are closed, too"


async def test_a_session_of_before_there_was_a_longest_time_ends_as_well(vault: SqliteVault) -> None:
    clock = Clock()
    clock.now = 100 * DAY_MS
    await vault.add_session(Session(hashed("old"), "pada", 0, clock.now, clock.now + 30 * DAY_MS, ""))
    assert await Sessions(vault, clock, 30).caller(connection(hothouse_session="old"), None) is None


async def test_an_unused_session_ends_sooner(vault: SqliteVault) -> None:
    clock = Clock()
    sessions = Sessions(vault, clock, days=30, most_days=90)
    secret = await sessions.begin("pada", "a browser")
    clock.now += 30 * DAY_MS
    assert await sessions.caller(connection(hothouse_session=secret), None) is None


async def test_over_tls_a_cookie_tossed_by_another_host_is_not_read(vault: SqliteVault) -> None:
    """A sibling host can set `hothouse_session` for ours, and browsers then send both; never one called `__Host-…`."""
    sessions = Sessions(vault, Clock(), 30, cookies=Cookies(is_tls=True))
    mine, planted = await sessions.begin("pada", ""), await sessions.begin("pada", "")
    found = await sessions.caller(connection(**{COOKIE: planted, f"__Host-{COOKIE}": mine}), None)
    assert found is not None
    assert found.session_id == hashed(mine)
    assert await sessions.caller(connection(**{COOKIE: planted}), None) is None


@pytest.mark.parametrize("path", ["/", "/auth/passkey"])
def test_a_cookie_of_ours_is_one_that_browsers_take_under_its_name(path: str) -> None:
    """`__Host-` is refused by browsers without Secure, with a Domain, or with another path than `/`."""
    answer = Response()
    Cookies(is_tls=True).keep(answer, COOKIE, "secret", 60, path)
    Cookies(is_tls=True).drop(answer, COOKIE, path)
    for line in answer.headers.getlist("set-cookie"):
        name, *attributes = [part.strip() for part in line.split(";")]
        assert name.startswith(f"__Host-{COOKIE}=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(attributes)
        assert not any(part.lower().startswith("domain") for part in attributes)


async def test_each_sign_in_is_a_session_of_its_own(site: Site) -> None:
    """What one gains by signing in is never given to a session that was there before."""
    client = await site.signed_in("pada")
    before = client.cookies[COOKIE]
    link = await site.server.links.make("pada")
    assert (await client.post("/auth/enter", json={"token": link.split("#")[1]}, headers=OURS)).status_code == 200
    assert client.cookies[COOKIE] != before
    assert await site.server.vault.session(hashed(before), 0) is None
    await client.aclose()
