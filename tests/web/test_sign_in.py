"""Sign-in by e-mailed link, through a real mail server and a real socket."""

import re

import httpx
import pytest

from server.access.magic_link import safe_path
from server.access.secrets import hashed
from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from tests.web.running import Site, graphql

pytestmark = pytest.mark.anyio
LINK = re.compile(r"http://\S+/enter#(\S+)")
WHO = "{ viewer { id name memberships { role relation } } }"


async def ask(site: Site, client: httpx.AsyncClient, email: str, **more: str) -> httpx.Response:
    answer = await client.post("/auth/link", json={"email": email, "language": "en", **more})
    await site.server.links.settled()
    return answer


def secret_in(site: Site) -> str:
    found = LINK.search(site.sink.mails[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found is not None
    return found[1]


async def test_a_mailed_link_signs_in_once(site: Site) -> None:
    async with site.client() as client:
        assert (await ask(site, client, " ADA@example.org ", next="/jam/town")).status_code == 204
        assert site.sink.mails[0]["To"] == "ada@example.org"
        entered = await client.post("/auth/enter", json={"token": secret_in(site)})
        assert (entered.status_code, entered.json()) == (200, {"next": "/jam/town"})
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await graphql(client, WHO))["viewer"]["name"] == "Ada"
    async with site.client() as thief:
        again = await thief.post("/auth/enter", json={"token": secret_in(site)})
        assert (again.status_code, again.json()["code"]) == (410, "LinkUsed")
        assert (await graphql(thief, WHO))["viewer"] is None


async def test_a_link_opens_only_in_the_browser_that_asked_for_it(site: Site) -> None:
    async with site.client() as client, site.client() as other:
        await ask(site, client, "ada@example.org")
        await ask(site, other, "ben@example.org")
        hers = LINK.search(site.sink.mails[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert hers is not None
        refused = await other.post("/auth/enter", json={"token": hers[1]})
        assert (refused.status_code, refused.json()["code"]) == (403, "OtherBrowser")
        assert (await graphql(other, WHO))["viewer"] is None
        assert (await client.post("/auth/enter", json={"token": hers[1]})).status_code == 200, "it was not used up"


async def test_a_known_and_an_unknown_address_leave_the_same_cookie(site: Site) -> None:
    async with site.client() as client:
        known = await ask(site, client, "ada@example.org")
    async with site.client() as client:
        unknown = await ask(site, client, "nobody@example.org")
    shape = [re.sub(r"=[^;]+", "=…", answer.headers["set-cookie"], count=1) for answer in (known, unknown)]
    assert shape[0] == shape[1]


async def test_the_mail_speaks_hebrew_from_right_to_left(site: Site) -> None:
    async with site.client() as client:
        await ask(site, client, "ada@example.org", language="he")
    html = site.sink.mails[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert 'dir="rtl"' in html
    assert "כניסה" in html


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(site: Site) -> None:
    async with site.client() as client:
        known, unknown = await ask(site, client, "ada@example.org"), await ask(site, client, "nobody@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")
    assert [mail["To"] for mail in site.sink.mails] == ["ada@example.org"]


@pytest.mark.parametrize("email", ["", "no", "a@b@c.d", "a b@c.d", "a@b\r\nBcc: x@y.z", "<a@b.c>", "x" * 300 + "@b.c"])
async def test_what_is_no_address_is_refused_in_words(site: Site, email: str) -> None:
    async with site.client() as client:
        answer = await ask(site, client, email)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidInput")
    assert site.sink.mails == []


async def test_an_address_gets_only_so_many_mails_an_hour(site: Site) -> None:
    async with site.client() as client:
        codes = [(await ask(site, client, "ada@example.org")).status_code for _ in range(6)]
    assert codes == [204] * 4 + [429] * 2
    assert len(site.sink.mails) == 4


async def test_what_is_no_address_is_not_counted_and_so_costs_no_memory(site: Site) -> None:
    async with site.client() as client:
        codes = {(await ask(site, client, "x" * 7_000)).status_code for _ in range(6)}
    assert codes == {400}


async def test_an_old_session_ends_when_its_browser_signs_in_anew(site: Site) -> None:
    """A cookie that someone planted before is worth nothing afterwards."""
    client = await site.signed_in("pada")
    planted = client.cookies["hothouse_session"]
    link = await site.server.links.make("pben")
    await client.post("/auth/enter", json={"token": link.split("#")[1]})
    assert (await graphql(client, WHO))["viewer"]["name"] == "Ben"
    async with site.client() as other:
        other.cookies.set("hothouse_session", planted)
        assert (await graphql(other, WHO))["viewer"] is None
    await client.aclose()


async def test_leaving_ends_the_session_on_the_server(site: Site) -> None:
    client = await site.signed_in("pada")
    secret = client.cookies["hothouse_session"]
    assert (await client.post("/auth/leave", json={})).status_code == 204
    assert await site.server.vault.session(hashed(secret), 0) is None
    client.cookies.set("hothouse_session", secret)
    assert (await graphql(client, WHO))["viewer"] is None
    await client.aclose()


@pytest.mark.parametrize(
    ("headers", "why"), [({"X-Hothouse": ""}, "no header of ours"), ({"Origin": "https://evil.example"}, "another origin")]
)
async def test_another_site_can_neither_ask_nor_enter_nor_leave(site: Site, headers: dict[str, str], why: str) -> None:
    client = await site.signed_in("pada")
    link = await site.server.links.make("pben")
    for path, body in (
        ("/auth/link", {"email": "ada@example.org"}),
        ("/auth/enter", {"token": link.split("#")[1]}),
        ("/auth/leave", {}),
    ):
        refused = await client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "NotOurs"), why
    assert site.sink.mails == []
    assert (await graphql(client, WHO))["viewer"]["name"] == "Ada"
    await client.aclose()


async def test_an_invitation_makes_a_person_of_who_has_no_account(site: Site) -> None:
    token = "the-secret-of-a-link"
    await site.server.store.submit(
        "jtown",
        c.CreateInvitation(
            actor=ids.SYSTEM, id="invite", token_hash=hashed(token), relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=1,
            expires_at=wall_clock() + 60_000,
        ),
    )  # fmt: skip
    async with site.client() as client:
        await ask(site, client, "new@example.org", invitation="not-" + token, name="New")
        assert site.sink.mails == []
        await ask(site, client, "new@example.org", invitation=token, name="Noa")
        entered = await client.post("/auth/enter", json={"token": secret_in(site)})
        assert entered.json() == {"next": f"/join/{token}"}
        joined = await graphql(
            client,
            """mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
                 ... on MembershipSuccess { membership { role relation } } ... on Rejection { code message } } }""",
            input={"commandId": "accept-it-now", "token": token},
        )
        assert joined["acceptInvitation"] == {"membership": {"role": "PARTICIPANT", "relation": "FRIEND"}}
        assert (await graphql(client, WHO))["viewer"]["name"] == "Noa"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a b", "javascript:alert(1)", ""]
)
def test_no_link_leads_off_the_site(path: str) -> None:
    assert safe_path(path) == "/"


def test_a_link_keeps_its_page() -> None:
    assert safe_path("/jam/town/idea/i1?x=1") == "/jam/town/idea/i1?x=1"
