"""Sign-in by the company's account, against a real OpenID provider."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from server.access.secrets import hashed
from server.settings import Settings
from tests.access.providing import ACCOUNTS, SECRET, OpenIDProvider, at_provider
from tests.web.running import Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
WHO = "{ viewer { id name email canCreateJam memberships { jam { slug } role relation } } }"
RULES = [
    {"relation": "EMPLOYEE"},
    {"claim": "groups", "value": "jam-moderators", "jam": "town", "role": "MODERATOR"},
    {"claim": "groups", "value": "jam-makers", "organizer": True},
]


@asynccontextmanager
async def company(
    tmp_path: Path, rules: list[dict[str, Any]] | None = None, **more: Any
) -> AsyncGenerator[tuple[Site, OpenIDProvider], None]:
    port = free_port()
    provider = OpenIDProvider(free_port(), f"http://127.0.0.1:{port}/auth/company/back", **more)
    provider.start()
    settings = Settings(
        data=tmp_path, port=port, theme_workers=0, oidc_issuer=provider.issuer, oidc_client_id="hothouse", oidc_client_secret=SECRET,
        oidc_scopes="openid email profile groups", oidc_label="Rimon account", oidc_rules=json.dumps(rules or RULES),
    )  # fmt: skip
    try:
        async with serving(settings) as server:
            await open_jam(server)
            yield Site(server, Sink(), f"http://127.0.0.1:{port}"), provider
    finally:
        provider.stop()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    async with company(tmp_path) as (site, _):
        yield site


async def leave(client: httpx.AsyncClient, next_path: str = "/") -> str:
    """Off to the provider; returns its address."""
    gone = await client.get("/auth/company", params={"next": next_path})
    assert gone.status_code == 303
    return gone.headers["location"]


async def sign_in(client: httpx.AsyncClient, login: str | None, next_path: str = "/") -> httpx.Response:
    return await client.get(await at_provider(client, await leave(client, next_path), login))


def with_parameter(address: str, **changed: str | None) -> str:
    parts = urlsplit(address)
    values = {name: found[0] for name, found in parse_qs(parts.query).items()} | changed
    return urlunsplit(parts._replace(query=urlencode({name: value for name, value in values.items() if value is not None})))


def trouble(answer: httpx.Response) -> str | None:
    where = urlsplit(answer.headers["location"])
    return parse_qs(where.query).get("trouble", [None])[0] if where.path == "/sign-in" else None


async def test_the_sign_in_page_learns_of_the_account(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/auth/ways")).json() == {"company": "Rimon account", "passkey": False}


async def test_an_employee_enters_and_is_a_member(site: Site) -> None:
    async with site.client() as client:
        arrived = await sign_in(client, "dana", "/jam/town")
        assert (arrived.status_code, arrived.headers["location"]) == (303, "/jam/town")
        cookie = next(one for one in arrived.headers.get_list("set-cookie") if one.startswith("hothouse_session="))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        viewer = (await graphql(client, WHO))["viewer"]
    assert (viewer["name"], viewer["email"], viewer["canCreateJam"]) == ("Dana Levi", "dana@example.org", False)
    assert viewer["memberships"] == [{"jam": {"slug": "town"}, "role": "PARTICIPANT", "relation": "EMPLOYEE"}]


async def test_a_second_sign_in_is_the_same_person(site: Site) -> None:
    async with site.client() as first, site.client() as second:
        await sign_in(first, "dana")
        await sign_in(second, "dana")
        assert (await graphql(first, WHO))["viewer"]["id"] == (await graphql(second, WHO))["viewer"]["id"]


async def test_a_group_gives_a_role_and_what_is_gone_takes_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.access.openid.KEYS_AGAIN_S", 0.0)
    accounts = {"mo": dict(ACCOUNTS["mo"], groups=["jam-moderators", "jam-makers"])}
    async with company(tmp_path, accounts=accounts) as (site, provider):
        async with site.client() as client:
            await sign_in(client, "mo")
            viewer = (await graphql(client, WHO))["viewer"]
            assert (viewer["memberships"][0]["role"], viewer["canCreateJam"]) == ("MODERATOR", True)
        accounts["mo"]["groups"] = []
        provider.stop()
        provider.start("second")
        async with site.client() as client:
            assert trouble(await sign_in(client, "mo")) is None
            viewer = (await graphql(client, WHO))["viewer"]
            assert (viewer["memberships"][0]["role"], viewer["canCreateJam"]) == ("PARTICIPANT", True), (
                "the last organizer stays"
            )


async def test_an_address_that_the_provider_vouches_for_is_the_person_who_has_it(site: Site) -> None:
    async with site.client() as client:
        await sign_in(client, "ada")
        assert (await graphql(client, WHO))["viewer"]["id"] == "pada"


async def test_an_address_nobody_vouches_for_takes_over_nothing(site: Site) -> None:
    async with site.client() as client:
        await sign_in(client, "mallory")
        viewer = (await graphql(client, WHO))["viewer"]
    assert (viewer["name"], viewer["email"]) == ("Mallory", None)
    assert viewer["id"] != "pada"


async def test_an_odd_name_is_cleaned(site: Site) -> None:
    async with site.client() as client:
        await sign_in(client, "nobody")
        name = (await graphql(client, WHO))["viewer"]["name"]
    assert name.startswith("An odd name")
    assert len(name) == 80


async def test_whoever_turns_back_at_the_provider_is_told(site: Site) -> None:
    async with site.client() as client:
        assert trouble(await sign_in(client, None)) == "Declined"
        assert (await graphql(client, WHO))["viewer"] is None


async def test_keys_that_were_rotated_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.access.openid.KEYS_AGAIN_S", 0.0)
    async with company(tmp_path) as (site, provider):
        async with site.client() as client:
            assert trouble(await sign_in(client, "dana")) is None
        provider.stop()
        provider.start("second")
        async with site.client() as client:
            assert trouble(await sign_in(client, "dana")) is None


async def test_claims_that_are_only_at_the_userinfo_endpoint_are_fetched(tmp_path: Path) -> None:
    async with company(tmp_path, slim=True) as (site, _), site.client() as client:
        await sign_in(client, "mo")
        viewer = (await graphql(client, WHO))["viewer"]
    assert (viewer["name"], viewer["memberships"][0]["role"]) == ("Mo", "MODERATOR")


async def test_a_provider_that_is_down_is_told_plainly(tmp_path: Path) -> None:
    async with company(tmp_path) as (site, provider), site.client() as client:
        provider.stop()
        gone = await client.get("/auth/company")
        assert trouble(gone) == "ProviderTrouble"
        assert (await client.get("/healthz")).status_code == 200


# --------------------------------------------------------------------------------------------------------------- attacks
async def test_an_answer_is_good_once(site: Site) -> None:
    async with site.client() as client:
        back = await at_provider(client, await leave(client), "dana")
        cookies = dict(client.cookies)
        assert trouble(await client.get(back)) is None
        async with site.client() as again:
            again.cookies.update(cookies)
            assert trouble(await again.get(back)) == "TooLate"
            assert (await graphql(again, WHO))["viewer"] is None


async def test_an_answer_in_another_browser_signs_nobody_in(site: Site) -> None:
    """Login CSRF: an attacker's finished sign-in, pushed upon someone else."""
    async with site.client() as attacker, site.client() as victim:
        back = await at_provider(attacker, await leave(attacker), "dana")
        assert trouble(await victim.get(back)) == "OtherBrowser"
        await leave(victim)
        again = await at_provider(attacker, await leave(attacker), "dana")
        assert trouble(await victim.get(again)) == "OtherBrowser", "a sign-in of one's own does not help"
        assert (await graphql(victim, WHO))["viewer"] is None


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "", None])
async def test_an_answer_of_another_issuer_is_refused(site: Site, issuer: str | None) -> None:
    async with site.client() as client:
        back = with_parameter(await at_provider(client, await leave(client), "dana"), iss=issuer)
        assert trouble(await client.get(back)) == "MixUp"
        assert (await graphql(client, WHO))["viewer"] is None


@pytest.mark.parametrize("changed", [{"state": "guessed"}, {"state": None}, {"code": "guessed"}, {"code": None}])
async def test_a_forged_answer_is_refused(site: Site, changed: dict[str, str | None]) -> None:
    async with site.client() as client:
        back = with_parameter(await at_provider(client, await leave(client), "dana"), **changed)
        assert trouble(await client.get(back)) in ("TooLate", "ProviderRefused")
        assert (await graphql(client, WHO))["viewer"] is None


async def test_a_code_of_another_sign_in_is_refused(site: Site) -> None:
    """PKCE: the verifier belongs to the sign-in that was begun, and so does the nonce."""
    async with site.client() as client, site.client() as attacker:
        stolen = parse_qs(urlsplit(await at_provider(attacker, await leave(attacker), "mo")).query)["code"][0]
        back = with_parameter(await at_provider(client, await leave(client), "dana"), code=stolen)
        assert trouble(await client.get(back)) == "ProviderRefused"


async def test_a_token_with_another_nonce_is_refused(site: Site) -> None:
    async with site.client() as client:
        address = with_parameter(await leave(client), nonce="another")
        assert trouble(await client.get(await at_provider(client, address, "dana"))) == "BadToken"
        assert (await graphql(client, WHO))["viewer"] is None


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_no_sign_in_leads_off_the_site(site: Site, path: str) -> None:
    async with site.client() as client:
        assert (await sign_in(client, "dana", path)).headers["location"] == "/"


async def test_a_planted_session_is_worth_nothing_after_the_sign_in(site: Site) -> None:
    async with site.client() as client, site.client() as attacker:
        await sign_in(attacker, "mo")
        planted = attacker.cookies["hothouse_session"]
        client.cookies.set("hothouse_session", planted, domain="127.0.0.1")
        await sign_in(client, "dana")
        assert client.cookies["hothouse_session"] != planted
        assert await site.server.vault.session(hashed(planted), 0) is None


async def test_only_so_many_sign_ins_are_begun_from_one_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTHOUSE_SIGN_INS_PER_HOUR", "3")
    async with company(tmp_path) as (site, _), site.client() as client:
        where = [trouble(await client.get("/auth/company")) for _ in range(5)]
    assert where == [None, None, None, "TooMany", "TooMany"]
