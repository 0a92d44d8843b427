"""What is answered at once, straight to the transport, is what the usual way answers; and no check is passed by."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any, cast

import httpx
import orjson
import pytest
import uvicorn
from starlette.routing import Route

from server.access.secrets import hashed
from server.access.sessions import COOKIE
from server.api.answering import Answering
from server.app.entrance import Entrance
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.vault.port import PersonRecord
from server.web.security import HEADERS
from tests.web.running import TOPIC, Site, free_port, graphql

pytestmark = pytest.mark.anyio
BOARD = '{ jam(slug: "town") { ideas { edges { node { id title supportCount } } } } }'
OWN = '{ jam(slug: "town") { ideas { edges { node { id supportCount viewerHasSupported viewerCanEdit } } } } }'
SUPPORT = "mutation ($input: IdeaInput!) { supportIdea(input: $input) { __typename ... on Rejection { code } } }"


Enter = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def enter(site: Site) -> AsyncGenerator[Enter, None]:
    """Signs people in, each with a browser of their own that is closed at the end."""
    async with AsyncExitStack() as browsers:

        async def enter(person: str) -> httpx.AsyncClient:
            browser = await site.signed_in(person)
            browsers.push_async_callback(browser.aclose)
            return browser

        yield enter


def answering(site: Site) -> Answering:
    return cast("Entrance", site.server.app).graphql.answering


async def an_idea(site: Site, title: str = "A bench in the sun") -> str:
    command = c.PostIdea(actor="pada", id=f"idea {title}", topic=TOPIC, title=title, body="")
    await site.server.store.submit("jtown", command)
    return command.derived(ids.IDEA)


# --------------------------------------------------------------------------------------------------- byte for byte the same
@pytest.fixture
async def plain(site: Site) -> AsyncGenerator[str, None]:
    """The same application under a server that knows nothing of ours: where it is."""
    port = free_port()
    config = uvicorn.Config(
        site.server.app, host="127.0.0.1", port=port, http="h11", ws="none", lifespan="off", log_level="error"
    )
    web = uvicorn.Server(config)
    web.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    task = asyncio.create_task(web._serve())
    while not web.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    web.should_exit = True
    with suppress(asyncio.CancelledError):
        await task


def told(answer: httpx.Response) -> Any:
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in ("date", "server"))
    return answer.status_code, answer.content, headers


def body(query: str, **variables: Any) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})


STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
JSON = {"content-type": "application/json"}
REQUESTS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("POST", "/graphql", JSON, body(BOARD)),
    ("POST", "/graphql", JSON, body(BOARD)),
    ("POST", "/graphql", {"content-type": "Application/JSON ; charset=utf-8"}, body(BOARD)),
    ("POST", "/graphql", JSON | {"if-none-match": "W/{etag}"}, body(BOARD)),
    ("POST", "/graphql", JSON | {"if-none-match": '"other"'}, body(BOARD)),
    ("POST", "/graphql", JSON, body(OWN)),
    ("POST", "/graphql", JSON, body(OWN)),
    ("POST", "/graphql", JSON, body("{ viewer { id name } }")),
    ("POST", "/graphql", JSON, body("{ nothing }")),
    ("POST", "/graphql", JSON, body('{ jam(id: "none") { id } }')),
    ("POST", "/graphql", JSON, body(SUPPORT, input={"commandId": "a-vote-by-the-way", "ideaId": "none"})),
    ("POST", "/graphql", JSON, b"{"),
    ("POST", "/graphql", JSON, b""),
    ("POST", "/graphql", {"content-type": "text/plain"}, body(BOARD)),
    ("POST", "/graphql", JSON | {"x-hothouse": "0"}, body(BOARD)),
    ("POST", "/graphql", JSON | {"origin": "https://evil.test"}, body(BOARD)),
    ("POST", "/graphql", JSON, b" " * 300_000),
    ("GET", "/graphql", {}, b""),
    ("HEAD", "/graphql", {}, b""),
    ("OPTIONS", "/graphql", {}, b""),
    ("POST", "/graphql/", JSON, body(BOARD)),
    ("POST", "/healthz", JSON, body(BOARD)),
    ("GET", "/healthz", {}, b""),
    ("GET", "/", {}, b""),
    ("GET", "/export/town.json", {}, b""),
    ("POST", "/auth/leave", {"x-hothouse": "0"}, b"{}"),
    ("GET", "/no/such.file", {}, b""),
]


async def test_what_goes_straight_to_the_transport_is_what_any_server_would_send(site: Site, enter: Enter, plain: str) -> None:
    await an_idea(site)
    client = await enter("pada")
    await client.post("/graphql", content=body(BOARD), headers=JSON)
    etag = (await client.post("/graphql", content=body(BOARD), headers=JSON)).headers["etag"]
    async with httpx.AsyncClient(base_url=plain, cookies=dict(client.cookies), headers={"x-hothouse": "1"}) as other:
        for method, path, headers, content in REQUESTS:
            sent = {name: value.replace("{etag}", etag) for name, value in headers.items()}
            answers = [await one.request(method, path, headers=sent, content=content) for one in (client, other)]
            ours, theirs = map(told, answers)
            if path not in ("/", "/export/town.json"):  # a nonce, and the instant of the export
                assert ours == theirs, (method, path, headers, content)
            for name, value in HEADERS.items():
                assert answers[0].headers[name] == value, (method, path)


async def test_every_route_answers_with_the_headers_whatever_it_is_asked(site: Site) -> None:
    routes = cast("Any", site.server.app)._others._app.routes
    paths = ["/graphql", *(re.sub(r"{\w+(:path)?}", "x", route.path) for route in routes if isinstance(route, Route))]
    assert {"/graphql", "/auth/enter", "/export/x.x", "/healthz", "/x"} <= {*paths}
    async with site.client() as client:
        for path in paths:
            for method in ("GET", "HEAD", "POST", "DELETE"):
                answer = await client.request(method, path, content=b"{}", headers=JSON)
                assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, (method, path)
                assert len(answer.headers.get_list("x-frame-options")) == 1


async def say(site: Site, *parts: bytes, pause: float = 0.02) -> bytes:
    """Everything that the server says to these bytes until it closes, or says no more for half a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.settings.port)
    heard = b""
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    with suppress(TimeoutError):
        while chunk := await asyncio.wait_for(reader.read(100_000), 0.5):
            heard += chunk
    writer.close()
    return heard


def request(site: Site, client: httpx.AsyncClient, content: bytes, head: bytes = b"", version: bytes = b"1.1") -> bytes:
    lines = [
        b"POST /graphql HTTP/" + version, b"host: jam", b"content-type: application/json", b"x-hothouse: 1",
        f"cookie: {COOKIE}={client.cookies[COOKIE]}".encode(), b"content-length: %d" % len(content),
    ]  # fmt: skip
    return b"\r\n".join(lines) + b"\r\n" + head + b"\r\n" + content


async def test_requests_in_pieces_in_a_row_and_of_old_are_answered_once_each_and_in_order(site: Site, enter: Enter) -> None:
    await an_idea(site)
    client = await enter("pada")
    for query in (BOARD, OWN, "{ viewer { name } }"):
        await graphql(client, query)
    ask = [request(site, client, body(query)) for query in (BOARD, "{ viewer { name } }", OWN, BOARD, "{ nothing }", BOARD)]
    expected = [b"200", b"200", b"200", b"200", b"400", b"200"]

    heard = await say(site, b"".join(ask * 20))
    assert STATUS.findall(heard) == expected * 20
    assert heard.count(b'"name":"Ada"') == 20

    whole = b"".join(ask)
    pieces = [whole[start : start + 97] for start in range(0, len(whole), 97)]
    heard = await say(site, *pieces, pause=0.001)
    assert STATUS.findall(heard) == expected

    for head, version in ((b"connection: close\r\n", b"1.1"), (b"", b"1.0")):
        heard = await say(site, request(site, client, body(BOARD), head, version))
        assert heard.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in heard
    heard = await say(
        site,
        request(site, client, b"", b"expect: 100-continue\r\n").replace(b"length: 0", b"length: %d" % len(body(BOARD))),
        body(BOARD),
    )
    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")
    content = body(BOARD)
    chunked = request(site, client, b"").replace(b"content-length: 0", b"transfer-encoding: chunked")
    heard = await say(site, chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content))
    assert heard.startswith(b"HTTP/1.1 200")


async def test_who_goes_away_in_the_middle_or_never_sends_the_rest_disturbs_nobody(site: Site, enter: Enter) -> None:
    client = await enter("pada")
    await graphql(client, BOARD)
    for cut in (10, 150, len(request(site, client, body(BOARD))) - 1):
        _, writer = await asyncio.open_connection("127.0.0.1", site.server.settings.port)
        writer.write(request(site, client, body(BOARD))[:cut])
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.close()
        await asyncio.sleep(0.02)
    await graphql(client, BOARD)


# ------------------------------------------------------------------------------------------------------ nobody is passed by
async def test_what_was_asked_before_is_answered_from_what_is_finished(site: Site, enter: Enter) -> None:
    await an_idea(site)
    ada, ben = await enter("pada"), await enter("pben")
    for client in (ada, ben):
        for query in (BOARD, OWN) * 3:
            await graphql(client, query)
    shared, pieces = answering(site).shared.counters, answering(site).pieces.counters
    assert shared.hits + pieces.hits >= 6
    assert (shared.misses + pieces.misses) <= 6, "two classes; a second may have passed in between"


async def test_each_is_told_their_own_vote_and_sees_it_at_once(site: Site, enter: Enter) -> None:
    idea = await an_idea(site)
    await site.server.vault.add_person(PersonRecord("pzoe", "zoe@example.org", "Zoe", "IL", "en", 0))
    join = c.AddMember(actor=ids.SYSTEM, id="zoe", person="pzoe", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    await site.server.store.submit("jtown", join)
    ada, zoe = await enter("pada"), await enter("pzoe")

    async def shown(client: httpx.AsyncClient) -> tuple[int, bool, bool]:
        (edge,) = (await graphql(client, OWN))["jam"]["ideas"]["edges"]
        return edge["node"]["supportCount"], edge["node"]["viewerHasSupported"], edge["node"]["viewerCanEdit"]

    for number in range(4):
        for _ in range(2):
            assert (await shown(ada), await shown(zoe)) == ((0, False, True), (0, False, False))
        voted = await graphql(zoe, SUPPORT, input={"commandId": f"vote-number-{number}", "ideaId": idea})
        assert voted["supportIdea"]["__typename"] == "IdeaSuccess"
        for _ in range(2):
            assert (await shown(zoe), await shown(ada)) == ((1, True, False), (1, False, True))
        await site.server.store.submit("jtown", c.WithdrawSupport(actor="pzoe", id=f"undo {number}", idea=idea))
    assert answering(site).pieces.counters.hits > 0


@pytest.mark.parametrize("query", [BOARD, OWN])
async def test_a_session_that_ends_on_another_worker_opens_nothing_after_a_second(site: Site, enter: Enter, query: str) -> None:
    await an_idea(site)
    client = await enter("pada")
    for _ in range(3):
        assert (await graphql(client, query))["jam"] is not None
    await site.server.vault.end_session(hashed(client.cookies[COOKIE]))
    until = asyncio.get_running_loop().time() + 1.0
    while asyncio.get_running_loop().time() < until:  # who asks all the time is asked about in time, too
        await client.post("/graphql", content=body(query), headers=JSON)
    assert (await graphql(client, query))["jam"] is None


async def test_a_token_that_ends_on_another_worker_is_refused_after_a_second(site: Site, enter: Enter) -> None:
    client = await enter("pada")
    token = client.cookies[COOKIE]
    async with httpx.AsyncClient(base_url=site.url, headers={"authorization": f"Bearer {token}"}) as tool:
        for _ in range(3):
            assert (await graphql(tool, BOARD))["jam"] is not None
        await site.server.vault.end_session(hashed(token))
        await asyncio.sleep(1.0)
        assert (await tool.post("/graphql", content=body(BOARD), headers=JSON)).status_code == 401


async def test_who_leaves_is_signed_out_at_once(site: Site, enter: Enter) -> None:
    client = await enter("pada")
    cookie = client.cookies[COOKIE]
    for _ in range(3):
        assert (await graphql(client, BOARD))["jam"] is not None
    await client.post("/auth/leave", json={})
    async with site.client() as again:
        again.cookies.set(COOKIE, cookie)
        assert (await graphql(again, BOARD))["jam"] is None


async def test_the_page_is_checked_each_time(site: Site, enter: Enter) -> None:
    client = await enter("pada")
    for _ in range(3):
        assert (await client.post("/graphql", content=body(BOARD), headers=JSON)).status_code == 200
        for headers in ({"x-hothouse": "2"}, {"origin": "https://evil.test"}, {"content-type": "text/plain"}):
            refused = await client.post("/graphql", content=body(BOARD), headers=JSON | headers)
            assert refused.status_code in (403, 415)
        ours = {"origin": site.url}
        assert (await client.post("/graphql", content=body(BOARD), headers=JSON | ours)).status_code == 200


async def test_a_new_role_shows_what_it_may_see_from_the_next_answer_on(site: Site, enter: Enter) -> None:
    idea = await an_idea(site)
    hide = c.HideIdea(actor="pmod", id="hide", idea=idea, reason="For now")
    await site.server.store.submit("jtown", hide)
    client = await enter("pmod")
    hidden = '{ jam(slug: "town") { viewerCanModerate stream { ... on Idea { status } } } a: jam(id: "jtown") { id } }'
    for _ in range(3):
        assert (await graphql(client, hidden))["jam"] == {"viewerCanModerate": True, "stream": [{"status": "HIDDEN"}]}
    change = c.ChangeRole(actor="porg", id="down", person="pmod", role=Role.PARTICIPANT)
    await site.server.store.submit("jtown", change)
    for _ in range(2):
        assert (await graphql(client, hidden))["jam"] == {"viewerCanModerate": False, "stream": []}


async def test_a_phase_that_is_over_is_over_in_the_next_answer(site: Site, enter: Enter) -> None:
    await an_idea(site)
    client = await enter("pada")
    query = '{ jam(slug: "town") { phase ideas { edges { node { viewerCanEdit viewerCanSupport } } } } }'
    for phase, may in (("IDEATION", True), ("REFINEMENT", True), ("REVIEW", False)):
        for _ in range(3):
            (edge,) = (found := (await graphql(client, query))["jam"])["ideas"]["edges"]
            assert (found["phase"], edge["node"]) == (phase, {"viewerCanEdit": may, "viewerCanSupport": may})
        await site.server.store.submit("jtown", c.ClosePhaseEarly(actor="porg", id=f"after {phase}"))
