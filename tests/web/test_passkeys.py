"""Passkeys over HTTP, with a device in software that answers as a browser would."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.access.secrets import hashed
from server.access.sessions import COOKIE as SESSION
from server.settings import Settings
from server.vault.port import Session
from tests.access.authenticator import PRESENT, Authenticator, b64
from tests.web.running import Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
WHO = "{ viewer { id } }"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    """Reached by a name: browsers make no passkeys for numbers."""
    port = free_port()
    settings = Settings(data=tmp_path, port=port, theme_workers=0, public_url=f"http://localhost:{port}")
    async with serving(settings) as server:
        await open_jam(server)
        yield Site(server, Sink(), f"http://127.0.0.1:{port}")


@pytest.fixture
def device(site: Site) -> Authenticator:
    return Authenticator(site.server.settings.url)


async def make(client: httpx.AsyncClient, device: Authenticator, name: str = "My phone", **changed: Any) -> httpx.Response:
    offered = await client.post("/auth/passkey/new/offer", json={})
    assert offered.status_code == 200, offered.text
    return await client.post("/auth/passkey/new", json={"name": name, "credential": device.create(offered.json(), **changed)})


async def enter(client: httpx.AsyncClient, device: Authenticator, **changed: Any) -> httpx.Response:
    offered = await client.post("/auth/passkey/offer", json={})
    assert offered.status_code == 200
    return await client.post("/auth/passkey/enter", json={"credential": device.get(offered.json(), **changed)})


async def who(client: httpx.AsyncClient) -> str | None:
    viewer = (await graphql(client, WHO))["viewer"]
    return viewer and viewer["id"]


async def test_a_passkey_is_made_and_signs_in_on_another_day(site: Site, device: Authenticator) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        made = await make(client, device)
        assert (made.status_code, made.json()["name"]) == (201, "My phone")
    kept = (await site.server.vault.passkeys("pada"))[0]
    assert (kept.transports, kept.used_at) == ("internal hybrid", None)
    async with site.client() as client:
        entered = await enter(client, device)
        assert entered.status_code == 204
        assert "HttpOnly" in next(one for one in entered.headers.get_list("set-cookie") if one.startswith(SESSION))
        assert await who(client) == "pada"
    assert (await site.server.vault.passkeys("pada"))[0].used_at is not None


async def test_the_sign_in_page_learns_whether_there_are_passkeys(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/auth/ways")).json() == {"company": None, "passkey": True}


async def test_a_device_does_not_make_two_for_one_person(site: Site, device: Authenticator) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
        offered = (await client.post("/auth/passkey/new/offer", json={})).json()
        assert [one["id"] for one in offered["excludeCredentials"]] == [b64(device.id)]
        assert offered["user"]["name"] == "ada@example.org"
        again = await make(client, device)
        assert (again.status_code, again.json()["code"]) == (400, "NotAccepted")
    assert len(await site.server.vault.passkeys("pada")) == 1


# --------------------------------------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"owner": b"pben"},
        {"owner": b"\xff\xfe"},
    ],
)
async def test_a_wrong_answer_signs_nobody_in(site: Site, device: Authenticator, changed: dict[str, Any]) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
    async with site.client() as client:
        refused = await enter(client, device, **changed)
        assert (refused.status_code, refused.json()["code"]) == (400, "NotAccepted")
        assert await who(client) is None


@pytest.mark.parametrize("changed", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"flags": PRESENT}])
async def test_a_wrong_key_is_not_kept(site: Site, device: Authenticator, changed: dict[str, Any]) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        refused = await make(client, device, **changed)
        assert (refused.status_code, refused.json()["code"]) == (400, "NotAccepted")
    assert await site.server.vault.passkeys("pada") == []


async def test_another_devices_signature_is_refused(site: Site, device: Authenticator) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
    forger = Authenticator(device.origin)
    forger.id, forger.owner = device.id, device.owner
    async with site.client() as client:
        assert (await enter(client, forger)).json()["code"] == "NotAccepted"
        assert await who(client) is None


async def test_an_unknown_key_is_told_so(site: Site, device: Authenticator) -> None:
    async with site.client() as client:
        assert (await enter(client, device)).json()["code"] == "Unknown"


async def test_an_answer_is_good_once_and_in_one_browser(site: Site, device: Authenticator) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
    async with site.client() as client, site.client() as thief:
        offered = (await client.post("/auth/passkey/offer", json={})).json()
        answer = {"credential": device.get(offered)}
        await thief.post("/auth/passkey/offer", json={})
        assert (await thief.post("/auth/passkey/enter", json=answer)).json()["code"] == "TooLate"
        assert (await client.post("/auth/passkey/enter", json=answer)).json()["code"] == "TooLate", "the theft used it up"
        assert await who(thief) is None


async def test_a_challenge_of_ones_own_invention_is_refused(site: Site, device: Authenticator) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
    async with site.client() as client:
        assert (await enter(client, device, challenge=b64(b"x" * 64))).json()["code"] == "TooLate"


async def test_a_key_that_was_copied_is_caught_by_its_counter(site: Site) -> None:
    device = Authenticator(site.server.settings.url, counts=True)
    async with aclosing(await site.signed_in("pada")) as client:
        await make(client, device)
    async with site.client() as client:
        assert (await enter(client, device)).status_code == 204
        device.counter -= 1
        assert (await enter(client, device)).json()["code"] == "Copied"


async def test_one_cannot_make_a_key_for_someone_else(site: Site, device: Authenticator) -> None:
    """The offer was made to Ada; Ben, with her cookie of the offer, does not get her key onto his account, nor his onto hers."""
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pben")) as ben:
        offered = (await ada.post("/auth/passkey/new/offer", json={})).json()
        ben.cookies.set("hothouse_passkey", ada.cookies["hothouse_passkey"], domain="127.0.0.1", path="/auth/passkey")
        answer = {"name": "x", "credential": device.create(offered)}
        assert (await ben.post("/auth/passkey/new", json=answer)).json()["code"] == "TooLate"
    assert await site.server.vault.passkeys("pada") == await site.server.vault.passkeys("pben") == []


async def test_without_a_fresh_sign_in_no_key_is_made(site: Site) -> None:
    async with site.client() as client:
        assert (await client.post("/auth/passkey/new/offer", json={})).json()["code"] == "SignInRequired"
        now = site.server.store._clock()
        old = Session(hashed("old"), "pada", now - 2 * 3_600_000, now, now + 3_600_000, "")
        await site.server.vault.add_session(old)
        client.cookies.set(SESSION, "old", domain="127.0.0.1")
        assert await who(client) == "pada"
        assert (await client.post("/auth/passkey/new/offer", json={})).json()["code"] == "SignInAgain"


@pytest.mark.parametrize("path", ["offer", "enter", "new/offer", "new"])
async def test_other_sites_are_refused(site: Site, path: str) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        plain = httpx.AsyncClient(base_url=site.url, cookies=client.cookies)
        async with plain:
            assert (await plain.post(f"/auth/passkey/{path}", json={})).status_code == 403
        foreign = await client.post(f"/auth/passkey/{path}", json={}, headers={"Origin": "https://evil.example"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "NotOurs")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"credential": 1}, {"credential": {}}, {"credential": {"response": 1}}, {"credential": {"response": {}}},
        {"credential": {"response": {"clientDataJSON": "%"}}}, {"credential": {"response": {"clientDataJSON": "e30"}}},
        {"credential": {"response": {"clientDataJSON": b64(b'{"challenge": 3}')}}},
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_refused_in_words(site: Site, body: dict[str, Any]) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        for path, more in (("enter", {}), ("new", {"name": "x"})):
            answer = await client.post(f"/auth/passkey/{path}", json=body | more)
            assert answer.status_code == 400
            assert answer.json()["code"] in ("InvalidInput", "TooLate")


async def test_by_number_there_are_no_passkeys(tmp_path: Path) -> None:
    async with serving(Settings(data=tmp_path, port=(port := free_port()), theme_workers=0)) as server:
        site = Site(server, Sink(), f"http://127.0.0.1:{port}")
        async with site.client() as client:
            assert (await client.get("/auth/ways")).json()["passkey"] is False
            assert (await client.post("/auth/passkey/offer", json={})).json()["code"] == "Unavailable"


async def test_twenty_keys_are_enough(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        for _ in range(20):
            assert (await make(client, Authenticator(site.server.settings.url))).status_code == 201
        more = await client.post("/auth/passkey/new/offer", json={})
        assert more.json()["code"] == "TooMany"
        await asyncio.sleep(0)
