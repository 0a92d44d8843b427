"""Attacks by HTTP and by websocket on a whole server: each fails, and says nothing that it should not."""

import asyncio
import json
import re
from contextlib import aclosing
from typing import Any

import httpx
import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from server.access.magic_link import safe_path
from server.access.secrets import hashed
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Role
from server.web.security import HEADERS
from tests.patience import PATIENCE_S
from tests.web.running import TOPIC, Site, graphql

pytestmark = pytest.mark.anyio
ELSEWHERE = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
    "/ok\r\nSet-Cookie: a=b", "/ok\nLocation: //evil.example", "data:text/html,x", "", " /x", "/%0d%0aSet-Cookie:a=b\r", "x" * 900,
]  # fmt: skip
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


# ------------------------------------------------------------------------------------------------------------- where to next
@given(st.one_of(st.sampled_from(ELSEWHERE), st.text(max_size=40), st.text("/\\.:@?#%\t\r\n evil", max_size=20)))
def test_a_path_to_go_on_to_stays_on_the_site(path: str) -> None:
    """As a browser reads it: relative to our page, with backslashes as slashes and without tabs and line ends."""
    safe = safe_path(path)
    seen = re.sub(r"[\t\r\n]", "", safe).replace("\\", "/")
    assert seen.startswith("/")
    assert not seen.startswith("//")
    assert CONTROL.search(safe) is None


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_a_mailed_link_leads_to_a_page_of_ours(site: Site, path: str) -> None:
    async with site.client() as client:
        await client.post("/auth/link", json={"email": "ada@example.org", "language": "en", "next": path})
        await site.server.links.settled()
        link = re.search(r"/enter#(\S+)", site.sink.mails[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert link is not None
        entered = await client.post("/auth/enter", json={"token": link[1]})
    assert entered.json() == {"next": safe_path(path)}
    assert "set-cookie" in entered.headers
    assert not any(name.lower() == "location" for name in entered.headers)


@pytest.mark.parametrize("name", ["town\r\nSet-Cookie: a=b", 'town"; filename="evil.exe', "town%0d%0aX: y", "../town"])
async def test_a_download_is_named_by_the_jam_and_not_by_who_asks(site: Site, name: str) -> None:
    async with aclosing(await site.signed_in("porg")) as client:
        named = await client.get(f"/export/{httpx.URL('', params={'x': name}).query.decode()[2:]}.csv")
        assert named.status_code in (404, 200)
        assert "evil" not in str(named.headers)
        assert "a=b" not in str(named.headers)
        ours = await client.get("/export/town.csv")
        assert ours.headers["content-disposition"] == 'attachment; filename="town.csv"'


# ----------------------------------------------------------------------------------------------------------- headers of lies
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example;proto=http"},
        {"X-Forwarded-Proto": "http"}, {"X-Original-URL": "/metrics"}, {"X-Rewrite-URL": "/metrics"},
        {"X-HTTP-Method-Override": "DELETE"}, {"X-Forwarded-Prefix": "//evil.example"},
    ],
)  # fmt: skip
async def test_no_header_of_a_request_gets_into_a_mail_or_an_answer(site: Site, headers: dict[str, str]) -> None:
    async with site.client() as client:
        answer = await client.post("/auth/link", json={"email": "ada@example.org", "language": "en"}, headers=headers)
        await site.server.links.settled()
        page = await client.get("/", headers=headers)
    assert answer.status_code == 204
    assert "evil" not in str(site.sink.mails[-1])
    assert site.url in site.sink.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "evil" not in page.text + str(page.headers) + str(answer.headers)


async def test_no_page_of_another_site_can_frame_ours(site: Site) -> None:
    async with site.client() as client:
        for path in ("/", "/sign-in", "/jam/town", "/healthz", "/auth/ways", "/export/town.csv", "/no-such-file.js"):
            answer = await client.get(path)
            assert answer.headers["x-frame-options"] == "DENY", path
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert answer.headers["x-content-type-options"] == "nosniff"
            if answer.headers["content-type"].startswith("text/html"):
                assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert HEADERS["X-Frame-Options"] == "DENY"


async def test_two_lengths_or_a_length_and_pieces_are_no_way_to_smuggle_a_request(site: Site) -> None:
    """What a proxy and a server read differently could hide a second request in the first."""
    host, port = site.url.removeprefix("http://").split(":")
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    for lines in (
        b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(hidden),
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(hidden),
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + lines + b"\r\n" + hidden)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert answer.count(b"HTTP/1.1 200") == 0, (lines, answer)
        assert b"\nok\n" not in answer, "the hidden request was answered"


# ------------------------------------------------------------------------------------------------------------------ guessing
async def test_no_door_tells_whether_an_address_is_known(site: Site) -> None:
    """The mailed link, the passkeys' offer, the search of people and the preview of an invitation."""
    told = []
    for email in ("ada@example.org", "nobody@example.org", "BEN@example.org"):
        async with site.client() as client:
            link = await client.post("/auth/link", json={"email": email, "language": "en"})
            offer = await client.post("/auth/passkey/offer", json={"email": email})
            shape = {key: len(str(value)) for key, value in offer.json().items()} if offer.status_code == 200 else offer.json()
            told.append(
                (link.status_code, link.content, re.sub(r"=[^;]+", "", link.headers["set-cookie"]), offer.status_code, shape)
            )
    assert told[0] == told[1] == told[2]
    async with aclosing(await site.signed_in("pben")) as client:
        for typed in ("ada@example.org", "ada@e", "example.org", "@example"):
            found = await graphql(
                client, 'query ($t: String!) { search(jamId: "jtown", text: $t) { people { name } } }', t=typed
            )
            assert found["search"]["people"] == [], "an address finds nobody but for organizers"


async def test_an_address_of_another_is_shown_to_no_participant(site: Site) -> None:
    async with aclosing(await site.signed_in("pben")) as client:
        answer = await client.post("/graphql", json={"query": '{ __type(name: "Author") { fields { name } } }'})
        everything = await client.post(
            "/graphql",
            json={
                "query": '{ viewer { email } jam(slug: "town") { members { edges { node { person { name } } } } } search(jamId: "jtown", text: "a") { people { name } } }'
            },
        )
    assert "ada@example.org" not in answer.text + everything.text
    assert everything.json()["data"]["viewer"]["email"] == "ben@example.org"


async def test_a_guessed_or_repeated_link_opens_nothing_and_is_answered_alike(site: Site) -> None:
    """Unknown, used and malformed links: one answer, in one question to the vault, which knows hashes only."""
    link = (await site.server.links.make("pada")).split("#")[1]
    async with site.client() as client:
        assert (await client.post("/auth/enter", json={"token": link})).status_code == 200
    answers = set()
    for token in (link, link[:-1], link + "A", "A" * 43, "", "x" * 5_000, "\0", hashed(link)):
        async with site.client() as client:
            refused = await client.post("/auth/enter", json={"token": token})
            assert "set-cookie" not in refused.headers
            answers.add((refused.status_code, refused.content))
    assert len(answers) == 1


async def test_many_who_take_one_link_at_once_are_one(site: Site) -> None:
    link = (await site.server.links.make("pada")).split("#")[1]

    async def enter() -> int:
        async with site.client() as client:
            return (await client.post("/auth/enter", json={"token": link})).status_code

    codes = await asyncio.gather(*(enter() for _ in range(20)))
    assert sorted(codes) == [200] + [410] * 19


# --------------------------------------------------------------------------------------------------------- rights that ended
DESK = '{ jam(slug: "town") { viewerCanModerate reports { id } health { openReports } } }'
HIDE = 'mutation ($id: ID!) { hideIdea(input: {commandId: "hide-it-00001", targetId: $id, reason: "Because"}) { __typename } }'


async def test_who_is_no_moderator_any_more_is_none_in_the_next_answer_and_on_the_open_socket(site: Site) -> None:
    idea = await _posted(site)
    await site.server.store.submit("jtown", c.FileReport(actor="pben", id="report-1", target=idea, reason="SPAM", note=""))
    async with aclosing(await site.signed_in("pmod")) as client:
        before = (await graphql(client, DESK))["jam"]
        assert (before["viewerCanModerate"], len(before["reports"])) == (True, 1)
        headers = {"Cookie": f"hothouse_session={client.cookies['hothouse_session']}"}
        address = site.url.replace("http", "ws") + "/graphql"
        async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
            await _follow(socket)
            command = c.ChangeRole(actor="porg", id="lower-1", person="pmod", role=Role.PARTICIPANT)
            await site.server.store.submit("jtown", command)
            after = (await graphql(client, DESK))["jam"]
            assert (after["viewerCanModerate"], after["reports"], after["health"]) == (False, [], None)
            refused = (await client.post("/graphql", json={"query": HIDE, "variables": {"id": idea}})).json()
            assert refused["data"]["hideIdea"]["__typename"] == "NotAllowed"
            await socket.send(
                json.dumps({"id": "m", "type": "subscribe", "payload": {"query": HIDE, "variables": {"id": idea}}})
            )
            await site.server.store.submit(
                "jtown", c.FileReport(actor="pada", id="report-2", target=idea, reason="ABUSE", note="after")
            )
            heard = await _heard(socket)
    assert "after" not in heard, "nothing that moderators hear comes through any more"
    assert '"__typename":"NotAllowed"' in heard
    state = site.server.store.get("jtown")
    assert state is not None
    assert state.idea(idea).status.value == "VISIBLE"  # type: ignore[union-attr]


async def _posted(site: Site) -> str:
    command = c.PostIdea(actor="pada", id="post-1", topic=TOPIC, title="A fine idea", body="")
    await site.server.store.submit("jtown", command)
    return command.derived(ids.IDEA)


async def _follow(socket: Any) -> None:
    await socket.send('{"type":"connection_init"}')
    assert "connection_ack" in str(await socket.recv())
    query = 'subscription { moderationChanges(jamId: "jtown", afterSeq: 0) { seq reports { id note } } }'
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
    await asyncio.wait_for(socket.recv(), PATIENCE_S)


async def _heard(socket: Any, seconds: float = 1.5) -> str:
    """All that comes in a while."""
    heard = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                heard.append(str(await socket.recv()))
    except (TimeoutError, websockets.ConnectionClosed):
        return "\n".join(heard)


async def test_one_operation_a_request_and_no_thousand_aliases(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        batch = await client.post("/graphql", json=[{"query": "{ serverTime }"}] * 3)
        assert (batch.status_code, batch.json()["errors"][0]["extensions"]["code"]) == (400, "BATCHING_REFUSED")
        many = " ".join(f"a{number}: serverTime" for number in range(2_000))
        assert (await client.post("/graphql", json={"query": f"{{ {many} }}"})).status_code == 400
        guesses = " ".join(f'g{number}: invitationPreview(token: "{number}") {{ jamSlug }}' for number in range(500))
        assert (await client.post("/graphql", json={"query": f"{{ {guesses} }}"})).status_code == 400
