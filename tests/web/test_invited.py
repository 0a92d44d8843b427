"""Invitations over the real door: mails by a real mail server, links replayed and guessed, quotas raced, codes, and lists."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller

from server.access.limiter import WRONG_CODES_OF_ADDRESS
from server.app.clock import wall_clock
from server.inviting.codes import ALPHABET, LENGTH
from server.settings import Settings
from server.vault.port import PersonRecord
from tests.web.running import HOUR, OURS, Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio

MAIL = """mutation ($input: InviteByMailInput!) { inviteByMail(input: $input) { __typename
  ... on InviteSuccess { placesLeft invitations { id state address } } ... on Rejection { code message } } }"""
LINK = """mutation ($input: InviteByLinkInput!) { inviteByLink(input: $input) { __typename
  ... on InvitationSuccess { invitation { id url } } ... on QuotaUsed { left } ... on Rejection { code } } }"""
MINE = (
    """{ viewer { inviting(jamId: "jtown") { left invitations { items { id state address deliveredAt uses code url } } } } }"""
)
PREVIEW = "query ($token: String!) { invitationPreview(token: $token) { invitedBy relation addressee { address isKnown } } }"


@dataclass
class Visited(Site):
    """A server that closes the browsers which were opened on it."""

    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        self.clients.append(super().client())
        return self.clients[-1]


@asynccontextmanager
async def site_in(folder: Path, **more: Any) -> AsyncGenerator[Site, None]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        port, url = free_port(), f"smtp://127.0.0.1:{controller.port}"
        settings = Settings(data=folder, port=port, theme_workers=0, **{"smtp_url": url} | more)
        async with serving(settings) as server:
            await open_jam(server)
            site = Visited(server, sink, f"http://127.0.0.1:{port}")
            yield site
            for client in site.clients:
                await client.aclose()
    finally:
        controller.stop()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    async with site_in(tmp_path) as opened:
        yield opened


async def invite(client: httpx.AsyncClient, *addresses: str, **more: Any) -> Any:
    guests = [{"address": address} for address in addresses]
    given = {"commandId": "invite-them-1", "jamId": "jtown", "relation": "FRIEND", "guests": guests} | more
    return (await graphql(client, MAIL, input=given))["inviteByMail"]


async def mailed(site: Site, count: int = 1) -> list[Any]:
    """That many mails, when they have come."""
    async with asyncio.timeout(20):
        while len(site.sink.mails) < count:  # noqa: ASYNC110  the mail server is another thread
            await asyncio.sleep(0.02)
    return site.sink.mails


def token_in(mail: Any) -> str:
    text = mail.get_body(("plain",)).get_content()
    found = re.search(r"/invited#(\S+)", text)
    assert found is not None, text
    return found[1]


async def accepted(site: Site, client: httpx.AsyncClient, token: str, name: str = "Gil", **more: Any) -> httpx.Response:
    return await client.post("/invited/accept", json={"token": token, "name": name, "language": "en"} | more)


async def until(client: httpx.AsyncClient, state: str) -> Any:
    """The newest of one's own invitations, when it is in that state."""
    async with asyncio.timeout(20):
        while True:
            newest = (await graphql(client, MINE))["viewer"]["inviting"]["invitations"]["items"][0]
            if newest["state"] == state:
                return newest
            await asyncio.sleep(0.05)


async def test_a_mail_tells_who_invites_as_what_and_what_is_shared_in_two_languages(site: Site) -> None:
    ada = await site.signed_in("pada")
    told = await invite(ada, "gil@example.net", line="Come <b>and</b> play!", language="he", commandId="in-hebrew-1")
    assert (told["placesLeft"], told["invitations"][0]["address"]) == (9, "gil@example.net")
    await invite(ada, "noa@example.net", commandId="in-english-1")
    hebrew, english = sorted(await mailed(site, 2), key=lambda mail: mail["Content-Language"] != "he")
    assert (hebrew["To"], english["To"]) == ("gil@example.net", "noa@example.net")
    html = hebrew.get_body(("html",)).get_content()
    assert '<html lang="he" dir="rtl">' in html
    assert "Come &lt;b&gt;and&lt;/b&gt; play!" in html
    assert "Come <b>and</b> play!" in hebrew.get_body(("plain",)).get_content()
    assert "הזמנה" in hebrew["Subject"]
    text = english.get_body(("plain",)).get_content()
    for part in ("Ada", "Our town", "What next?", "a friend", "your country if you give one", "decline", "ends on"):
        assert part in text, part
    assert hebrew["Message-ID"] != english["Message-ID"]
    assert (await until(ada, "DELIVERED"))["deliveredAt"] is not None
    journal = b"".join(path.read_bytes() for path in site.server.settings.data.glob("journal*"))
    assert b"invitation.created" in journal
    assert b"example.net" not in journal
    assert b"play!" not in journal


async def test_the_link_lets_someone_new_in_once_and_signs_them_in(site: Site) -> None:
    ada = await site.signed_in("pada")
    await invite(ada, "gil@example.net")
    token = token_in((await mailed(site))[0])
    async with site.client() as gil, site.client() as thief:
        shown = (await graphql(gil, PREVIEW, token=token))["invitationPreview"]
        assert shown == {
            "invitedBy": "Ada", "relation": "FRIEND", "addressee": {"address": "gil@example.net", "isKnown": False},
        }  # fmt: skip
        assert (await accepted(site, gil, token, name=" ")).status_code == 400
        assert (await accepted(site, gil, token, country="Israel")).json()["code"] == "InvalidInput"
        both = await asyncio.gather(accepted(site, gil, token, country="IL"), accepted(site, thief, token))
        assert sorted(answer.status_code for answer in both) in ([200, 404], [200, 409])
        again = await accepted(site, thief if both[0].status_code == 200 else gil, token)
        assert again.status_code == 404
        winner = gil if both[0].status_code == 200 else thief
        viewer = await graphql(winner, "{ viewer { email name memberships { role relation } } }")
        assert viewer["viewer"]["email"] == "gil@example.net"
        assert viewer["viewer"]["memberships"] == [{"role": "PARTICIPANT", "relation": "FRIEND"}]
        assert (await graphql(winner, PREVIEW, token=token))["invitationPreview"]["invitedBy"] == "Ada"
    assert (await until(ada, "JOINED"))["uses"] == 1


async def test_a_known_address_signs_in_as_ever_and_somebody_else_is_told(site: Site) -> None:
    await site.server.vault.add_person(PersonRecord("pgil", "gil@example.net", "Gil", None, "en", 0))
    ada, ben = await site.signed_in("pada"), await site.signed_in("pben")
    await invite(ada, "Gil@Example.net")
    token = token_in((await mailed(site))[0])
    accept = """mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename
        ... on MembershipSuccess { membership { relation } } } }"""
    given = {"commandId": "accept-it-1", "token": token}
    async with site.client() as nobody:
        assert (await accepted(site, nobody, token)).json()["code"] == "KnownAddress"
        assert (await graphql(nobody, PREVIEW, token=token))["invitationPreview"]["addressee"]["isKnown"] is True
    await invite(ada, "new@example.net", commandId="another-one-1")
    other = token_in((await mailed(site, 2))[1])
    assert (await accepted(site, ben, other)).json()["code"] == "SignedIn"
    mia = await site.server.vault.person("pben")
    assert mia is not None
    assert (await graphql(ben, accept, input=given | {"token": other}))["acceptInvitation"]["__typename"] == "NotFound"
    gil = await site.signed_in("pgil")
    assert (await graphql(gil, accept, input=given))["acceptInvitation"] == {
        "__typename": "MembershipSuccess", "membership": {"relation": "FRIEND"},
    }  # fmt: skip


async def test_what_was_mailed_makes_no_account_for_another_address(site: Site) -> None:
    ada = await site.signed_in("pada")
    await invite(ada, "gil@example.net")
    token = token_in((await mailed(site))[0])
    async with site.client() as thief:
        asked = {"email": "thief@example.net", "name": "Thief", "invitation": token}
        assert (await thief.post("/auth/link", json=asked)).status_code == 204
        await site.server.links.settled()
    assert await site.server.vault.person_by_email("thief@example.net") is None
    assert len(site.sink.mails) == 1


async def test_a_mail_whose_inviter_was_erased_opens_nothing(site: Site) -> None:
    ada = await site.signed_in("pada")
    await invite(ada, "gil@example.net")
    token = token_in((await mailed(site))[0])
    await site.server.vault.erase_person("pada")
    async with site.client() as gil:
        assert (await accepted(site, gil, token)).status_code == 404


async def test_what_opens_nothing_is_answered_alike(site: Site) -> None:
    ada = await site.signed_in("pada")
    await invite(ada, "revoked@example.net", "declined@example.net", "used@example.net")
    tokens = {mail["To"].split("@")[0]: token_in(mail) for mail in await mailed(site, 3)}
    items = (await graphql(ada, MINE))["viewer"]["inviting"]["invitations"]["items"]
    revoked = next(one["id"] for one in items if one["address"] == "revoked@example.net")
    revoke = "mutation ($input: InvitationInput!) { revokeInvitation(input: $input) { __typename } }"
    await graphql(ada, revoke, input={"commandId": "revoke-it-1", "invitationId": revoked})
    async with site.client() as guest:
        declined = await guest.post("/invited/decline", json={"token": tokens["declined"], "report": True})
        assert declined.status_code == 204
        assert (await accepted(site, guest, tokens["used"])).status_code == 200
    answers = set()
    async with site.client() as guest:
        for token in ("", "unknown", "x" * 500, tokens["revoked"], tokens["declined"], tokens["used"]):
            answer = await accepted(site, guest, token)
            answers.add((answer.status_code, answer.text, frozenset(answer.headers) - {"date"}))
            assert (await graphql(guest, PREVIEW, token=token))["invitationPreview"] is None
    assert len(answers) == 1
    states = {
        one["address"].split("@")[0]: one["state"]
        for one in (await graphql(ada, MINE))["viewer"]["inviting"]["invitations"]["items"]
    }
    assert states == {"revoked": "REVOKED", "declined": "DECLINED", "used": "JOINED"}
    await invite(ada, "declined@example.net", commandId="once-more-1")
    await asyncio.sleep(0.3)
    assert len(site.sink.mails) == 3, "who declined is not mailed again"


async def test_only_pages_of_ours_may_accept(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as foreign:
        for path in ("/invited/accept", "/invited/decline", "/join/code", "/invitations/town/list?id=list-0001"):
            assert (await foreign.post(path, json={"token": "x", "code": "ABCDEFGH"})).status_code == 403, path
            evil = {"Origin": "https://evil.example", **OURS}
            assert (await foreign.post(path, json={"token": "x", "code": "ABCDEFGH"}, headers=evil)).status_code == 403, path


async def test_fifty_at_once_get_exactly_the_quota(site: Site) -> None:
    ada = await site.signed_in("pada")

    async def ask(number: int) -> str:
        given = {"commandId": f"at-once-{number:04}", "jamId": "jtown", "relation": "FRIEND"}
        return str((await graphql(ada, LINK, input=given))["inviteByLink"]["__typename"])

    told = await asyncio.gather(*(ask(number) for number in range(50)))
    assert sorted(told) == ["InvitationSuccess"] * 10 + ["QuotaUsed"] * 40
    assert (await graphql(ada, MINE))["viewer"]["inviting"]["left"] == 0


async def test_the_same_address_is_not_mailed_twice_a_day_and_nobody_learns_why(site: Site) -> None:
    ada, org = await site.signed_in("pada"), await site.signed_in("porg")
    first = await invite(ada, "gil@example.net")
    await mailed(site)
    second = await invite(org, "gil@example.net")
    assert first["invitations"][0]["state"] == second["invitations"][0]["state"] == "WAITING"
    assert {*first} == {*second}
    await asyncio.sleep(0.4)
    assert len(site.sink.mails) == 1
    member = await invite(ada, "ben@example.org", commandId="a-member-01")
    assert member["invitations"][0]["state"] == "WAITING", "that they are a member is not told"


async def test_a_code_lets_a_room_in_and_guesses_are_counted(site: Site) -> None:
    org = await site.signed_in("porg")
    create = """mutation ($input: CreateCodeInput!) { createCode(input: $input) { __typename
        ... on InvitationSuccess { invitation { id code url } } ... on Rejection { code } } }"""
    given = {
        "commandId": "for-the-room",
        "jamId": "jtown",
        "relation": "FRIEND",
        "maxUses": 2,
        "expiresAt": wall_clock() + HOUR,
    }
    made = (await graphql(org, create, input=given))["createCode"]["invitation"]
    assert (await graphql(org, create, input=given))["createCode"]["invitation"] == made, "the same command, the same code"
    ada = await site.signed_in("pada")
    assert (await graphql(ada, create, input=given))["createCode"]["__typename"] == "NotAllowed"
    code = made["code"]
    async with site.client() as guest:
        for typed in (code, code.lower(), code.replace(" ", ""), f" {code[:2]}-{code[2:]} "):
            answer = await guest.post("/join/code", json={"code": typed})
            assert answer.status_code == 200, typed
            assert made["url"].endswith("/join/" + answer.json()["token"])
        wrong = code.replace(" ", "")[:-1] + next(letter for letter in ALPHABET if letter != code[-1])
        for typed in (wrong, "", "ABC", "x" * 300, "ABCDEFG1"):
            answer = await guest.post("/join/code", json={"code": typed})
            assert (answer.status_code, answer.json()) == (200, {"token": None})
        preview = (await graphql(guest, PREVIEW, token=code.replace(" ", "")))["invitationPreview"]
        assert preview is None, "a code is no token: it can't be guessed past the limit"
        for _ in range(WRONG_CODES_OF_ADDRESS - 5):
            await guest.post("/join/code", json={"code": wrong})
        assert (await guest.post("/join/code", json={"code": code})).status_code == 429
    assert len(code.replace(" ", "")) == LENGTH


LIST = """address,name,relation,language,role,line
gil@example.net,Gil,friend,en,,Hello
,nobody,,,,
GIL@example.net,Again,,,,
ben@example.org,Ben,,,,
noa@example.net,Noa,client,he,sponsor,
tom@example.net,Tom,stranger,,,
=1+1@example.net,Evil,,,,
ann@example.net,Ann,,fr,,
dan@example.net,Dan,,,,look at http://evil.example
"""


async def test_a_list_is_looked_through_then_carried_out_once_with_a_line_for_each(site: Site) -> None:
    org, ada = await site.signed_in("porg"), await site.signed_in("pada")
    address = "/invitations/town/list?id=list-0001"
    expected = [
        "READY",
        "BAD_ADDRESS",
        "DUPLICATE",
        "MEMBER",
        "READY",
        "UNKNOWN_RELATION",
        "READY",
        "UNKNOWN_LANGUAGE",
        "BAD_LINE",
    ]

    async def report(query: str = "") -> list[str]:
        answer = await org.post(address + query, content=LIST)
        assert answer.status_code == 200, answer.text
        return [line["state"] for line in answer.json()["lines"]]

    assert await report() == expected
    assert not site.sink.mails
    assert (await ada.post(address, content=LIST)).status_code == 403
    async with site.client() as nobody:
        assert (await nobody.post(address, content=LIST)).status_code == 401
    assert (await org.post("/invitations/other/list?id=list-0001", content=LIST)).status_code == 404
    done = [state.replace("READY", "QUEUED") for state in expected]
    both = await asyncio.gather(report("&do=1"), report("&do=1"))
    assert both == [done, done]
    assert await report("&do=1") == done, "sent again, it changes nothing"
    mails = await mailed(site, 3)
    await asyncio.sleep(0.3)
    assert (
        sorted(mail["To"] for mail in mails) == sorted(["gil@example.net", "noa@example.net", "=1+1@example.net"])
        or len(mails) == 3
    )
    assert len(site.sink.mails) == 3
    table = (await org.post(address + "&format=csv", content=LIST)).content.decode("utf-8-sig").splitlines()
    assert table[0] == "line,address,result,repeats line,why"
    assert table[3].startswith("4,GIL@example.net,DUPLICATE,2,")
    assert next(line for line in table if "1+1" in line).split(",")[1].startswith("'=")
    again = (await org.post("/invitations/town/list?id=list-0002", content=LIST)).json()
    assert next(line["state"] for line in again["lines"]) == "INVITED"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"name\nGil\n", 400),
        (b"a@b.example\n" * 10_001, 400),
        (b"x" * (2 * 1024 * 1024 + 1), 413),
        (b"\x00\xff\n", 400),
    ],
)
async def test_what_is_no_list(site: Site, content: bytes, status: int) -> None:
    org = await site.signed_in("porg")
    answer = await org.post("/invitations/town/list?id=list-0001&do=1", content=content)
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)
    assert (await org.post("/invitations/town/list?id=x", content=b"a@b.example")).status_code == 400


async def test_without_a_mail_server_nobody_is_told_that_a_mail_is_on_its_way(tmp_path: Path) -> None:
    async with site_in(tmp_path, smtp_url=None) as site:
        ada = await site.signed_in("pada")
        assert (await invite(ada, "gil@example.net"))["code"] == "Conflict"
        mine = await graphql(ada, '{ viewer { inviting(jamId: "jtown") { canMail left } } }')
        assert mine["viewer"]["inviting"] == {"canMail": False, "left": 10}
