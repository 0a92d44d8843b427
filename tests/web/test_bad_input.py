"""Bad input through the real server: a clear typed error each, nothing changed, the server healthy."""

import asyncio
import json
from typing import Any

import httpx
import pytest
import websockets

from server.jam import commands as c
from server.jam import ids
from server.jam.visibility import Audience
from server.snapshots import dump
from tests.web.running import TOPIC, Site, graphql

pytestmark = pytest.mark.anyio
POST = """mutation ($input: PostIdeaInput!) { postIdea(input: $input) { __typename
  ... on IdeaSuccess { idea { id bodyHtml } } ... on Rejection { code message } ... on InvalidInput { field } } }"""
SUPPORT = """mutation ($input: IdeaInput!) { supportIdea(input: $input) { __typename
  ... on IdeaSuccess { idea { supportCount } } ... on Rejection { code message }
  ... on PhaseClosed { closedAt opensAt phase } } }"""
HIDE = "mutation ($input: ModerateInput!) { hideIdea(input: $input) { __typename ... on Rejection { code message } } }"


def state_bytes(site: Site) -> bytes:
    state = site.server.store.get("jtown")
    assert state is not None
    return dump(state)


async def assert_healthy(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/healthz")).text == "ok\n"


async def an_idea(site: Site, actor: str = "pada", **more: Any) -> str:
    command = c.PostIdea(actor=actor, id="the-first-idea", topic=TOPIC, title="A bench in the sun", body="", **more)
    await site.server.store.submit("jtown", command)
    return command.derived(ids.IDEA)


def idea_input(**changes: Any) -> dict[str, Any]:
    return {"commandId": "a-command-id", "jamId": "jtown", "topicId": TOPIC, "title": "A title", "body": ""} | changes


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "  \u200b "}, "title"),
        ({"title": "ab"}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "A \u202egnirts"}, "title"),
        ({"title": "A\x07bell"}, "title"),
        ({"title": "A \x00 in it"}, "title"),
        ({"body": "x" * 8001}, "body"),
        ({"body": "hidden \u2066 direction"}, "body"),
        ({"language": "klingon"}, "language"),
        ({"parentIds": ["i"] * 6}, "parentIds"),
        ({"audience": {"kind": "RELATIONS", "relations": []}}, "audience"),
        ({"audience": {"kind": "RELATIONS", "relations": ["FAMILY"]}}, "audience"),
        ({"commandId": "x"}, "commandId"),
        ({"commandId": "with spaces in it"}, "commandId"),
    ],
)
async def test_a_text_that_cannot_be_taken_is_refused_at_its_field(site: Site, changes: dict[str, Any], field: str) -> None:
    before = state_bytes(site)
    client = await site.signed_in("pada")
    answer = (await graphql(client, POST, input=idea_input(**changes)))["postIdea"]
    assert (answer["__typename"], answer["field"]) == ("InvalidInput", field)
    assert len(answer["message"]) > 10
    assert state_bytes(site) == before
    await client.aclose()


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "<b onclick=x>"]
)
async def test_html_and_script_in_markdown_never_run(site: Site, body: str) -> None:
    client = await site.signed_in("pada")
    html = (await graphql(client, POST, input=idea_input(body=body)))["postIdea"]["idea"]["bodyHtml"].lower()
    assert "<script" not in html
    assert "<img" not in html
    assert "<b" not in html.replace("<br", "")
    assert 'href="javascript' not in html
    await client.aclose()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"\xff\xfe{", 400, None),
        (b'{"query": "\xc3\x28"}', 400, None),
        (b'{"query": "{ viewer { name } }", "variables": {"x": "\\ud800"}}', 400, None),
        (b"not json", 400, None),
        (b"[]", 400, None),
        (b'[{"query": "{ serverTime }"}, {"query": "{ serverTime }"}]', 400, None),
        (b'{"query": 5}', 400, None),
        (b'{"query": "{ nothing }"}', 400, None),
        (b'{"query": "query {"}', 400, None),
        (b'{"query": "' + b" " * 1_000_000 + b'{ serverTime }"}', 413, None),
        (b'{"query": "{ ' + b"a: serverTime " * 5_000 + b'}"}', 400, None),
        (json.dumps({"query": "{ " + " ".join(f"a{n}: serverTime" for n in range(60)) + " }"}).encode(), 400, None),
        (json.dumps({"query": "{ __schema { types { name } } }"}).encode(), 400, None),
    ],
)
async def test_a_request_that_is_none_is_refused_in_words(site: Site, content: bytes, status: int, code: str | None) -> None:
    before = state_bytes(site)
    client = await site.signed_in("pada")
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status
    error = answer.json()["errors"][0]
    assert error["message"]
    assert error["extensions"]["code"]
    assert state_bytes(site) == before
    await assert_healthy(site)
    await client.aclose()


async def test_a_deep_query_is_refused(site: Site) -> None:
    idea = await an_idea(site)
    client = await site.signed_in("pada")
    deep = "parents { " * 30 + "id" + " }" * 30
    answer = await client.post(
        "/graphql", json={"query": "query ($id: ID!) { idea(id: $id) { " + deep + " } }", "variables": {"id": idea}}
    )
    assert answer.status_code == 400
    assert "deep" in answer.json()["errors"][0]["message"].lower()
    await client.aclose()


async def test_a_costly_query_is_refused(site: Site) -> None:
    client = await site.signed_in("pada")
    query = """{ jam(slug: "town") { ideas(first: 100) { edges { node {
        comments(first: 100) { edges { node { idea { comments(first: 100) { edges { node { id } } } } } } } } } } } }"""
    answer = await client.post("/graphql", json={"query": query})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"]
    await client.aclose()


async def test_who_is_not_signed_in_changes_nothing(site: Site) -> None:
    before = state_bytes(site)
    async with site.client() as client:
        assert (await graphql(client, POST, input=idea_input()))["postIdea"]["__typename"] == "SignInRequired"
        assert (await graphql(client, '{ jam(slug: "town") { id } }'))["jam"] is None
    assert state_bytes(site) == before


async def test_another_site_can_not_post_with_the_cookie(site: Site) -> None:
    before = state_bytes(site)
    client = await site.signed_in("pada")
    for headers in ({"X-Hothouse": ""}, {"Origin": "https://evil.example"}, {"content-type": "text/plain"}):
        body = json.dumps({"query": POST, "variables": {"input": idea_input()}})
        answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"} | headers)
        assert answer.status_code in (403, 415)
    assert state_bytes(site) == before
    await client.aclose()


async def test_an_unknown_id_and_one_that_is_not_for_me_are_refused_alike(site: Site) -> None:
    """What employees keep among themselves does not exist for family."""
    secret = await an_idea(site, audience=Audience(relations=("EMPLOYEE",)))  # type: ignore[arg-type]
    before = state_bytes(site)
    client = await site.signed_in("pben")
    answers = []
    for id in (secret, "i" + "a" * 13):
        refused = (await graphql(client, SUPPORT, input={"commandId": "a-command-id", "ideaId": id}))["supportIdea"]
        answers.append((refused["__typename"], refused["message"].replace(id, "ID")))
        assert (await graphql(client, "query ($id: ID!) { idea(id: $id) { title } }", id=id))["idea"] is None
    assert answers[0] == answers[1]
    assert answers[0][0] == "NotFound"
    assert state_bytes(site) == before
    await client.aclose()


async def test_a_participant_can_not_moderate(site: Site) -> None:
    idea = await an_idea(site)
    before = state_bytes(site)
    client = await site.signed_in("pben")
    refused = (await graphql(client, HIDE, input={"commandId": "a-command-id", "targetId": idea, "reason": "because"}))[
        "hideIdea"
    ]
    assert refused["__typename"] == "NotAllowed"
    assert state_bytes(site) == before
    await client.aclose()


async def test_a_vote_in_a_closed_phase_says_when_it_closed(site: Site) -> None:
    idea = await an_idea(site)
    for _ in range(2):
        await site.server.store.submit("jtown", c.ClosePhaseEarly(actor="pmod", id=f"close-{_}"))
    state = site.server.store.get("jtown")
    assert state is not None
    assert state.schedule is not None
    before = state_bytes(site)
    client = await site.signed_in("pben")
    refused = (await graphql(client, SUPPORT, input={"commandId": "a-command-id", "ideaId": idea}))["supportIdea"]
    assert (refused["__typename"], refused["phase"]) == ("PhaseClosed", "REVIEW")
    assert refused["closedAt"] == state.schedule.review_at
    assert state_bytes(site) == before
    await client.aclose()


FRAMES: list[str | bytes] = [
    "not json", "[]", "{}", '{"type": 5}', '{"type": "subscribe"}', b"\x00\x01", '{"type": "start", "id": "1"}',
    '{"type": "connection_init", "payload": []}', json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "x" * 70_000}}),
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: str(frame[:30]))
async def test_a_malformed_frame_closes_its_own_connection_only(site: Site, frame: str | bytes) -> None:
    before = state_bytes(site)
    client = await site.signed_in("pada")
    cookie = {"Cookie": f"hothouse_session={client.cookies['hothouse_session']}"}
    url = site.url.replace("http", "ws") + "/graphql"
    async with websockets.connect(url, subprotocols=["graphql-transport-ws"], additional_headers=cookie) as healthy:  # type: ignore[list-item]
        await healthy.send('{"type":"connection_init"}')
        assert json.loads(await healthy.recv())["type"] == "connection_ack"
        async with websockets.connect(url, subprotocols=["graphql-transport-ws"], additional_headers=cookie) as bad:  # type: ignore[list-item]
            with pytest.raises(websockets.ConnectionClosed):
                async with asyncio.timeout(10):
                    await bad.send(frame)
                    while True:
                        await bad.recv()
            assert bad.close_code is not None
            assert bad.close_code >= 1002
        await healthy.send('{"type":"ping"}')
        assert json.loads(await healthy.recv())["type"] == "pong"
    assert state_bytes(site) == before
    await assert_healthy(site)
    await client.aclose()


async def test_a_socket_opened_by_another_site_is_refused(site: Site) -> None:
    client = await site.signed_in("pada")
    headers = {"Cookie": f"hothouse_session={client.cookies['hothouse_session']}", "Origin": "https://evil.example"}
    url = site.url.replace("http", "ws") + "/graphql"
    async with websockets.connect(url, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        with pytest.raises(websockets.ConnectionClosed):
            await socket.send('{"type":"connection_init"}')
            await socket.recv()
        assert socket.close_code == 4403
    await client.aclose()


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/..%2f..%2fpyproject.toml", "/%00", "/assets/../../vite.config.ts", "//etc/passwd"]
)
async def test_no_file_outside_the_page_is_served(site: Site, path: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(site.url + path)
    assert "[project]" not in answer.text
    assert "defineConfig" not in answer.text
    assert "root:" not in answer.text
    await assert_healthy(site)
