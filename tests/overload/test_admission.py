"""A pressed server, over HTTP and sockets: what is refused at which level, to whom, and that nothing acknowledged is lost."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import Any

import httpx
import orjson
import pytest
import websockets

from server.jam import commands as c
from server.jam import ids
from server.live.limits import Bucket
from server.overload.levels import Level, Shed
from tests.overload.pressing import NO_ROOM, opened, press, shut
from tests.web.running import TOPIC, Site

pytestmark = pytest.mark.anyio
BOARD = '{ jam(slug: "town") { ideas { edges { node { title } } } } }'
SEARCH = '{ search(jamId: "jtown", text: "bench") { ideas { title } } }'
SIMILAR = '{ similarIdeas(jamId: "jtown", text: "bench") { score } }'
MAP = '{ themeMap(jamId: "jtown") { __typename } }'
REACH = '{ jam(slug: "town") { reach { seq } } }'
VOTE = """mutation ($input: IdeaInput!) { supportIdea(input: $input) { __typename
  ... on IdeaSuccess { idea { supportCount } } ... on Rejection { code } } }"""
HIDE = "mutation ($input: ModerateInput!) { hideIdea(input: $input) { __typename ... on Rejection { code message } } }"


async def posted(site: Site, title: str = "A bench in the sun") -> str:
    command = c.PostIdea(actor="pben", id=title, topic=TOPIC, title=title, body="")
    await site.server.store.submit("jtown", command)
    return command.derived(ids.IDEA)


async def ask(client: httpx.AsyncClient, query: str, **variables: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, "variables": variables})


async def vote(client: httpx.AsyncClient, idea: str, command: str = "vote-for-it") -> httpx.Response:
    return await ask(client, VOTE, input={"commandId": command, "ideaId": idea})


def refused_what(answer: httpx.Response) -> str | None:
    """What the answer says is done without, if it is such a refusal; with all that belongs to one."""
    body = answer.json()
    if "errors" not in body:
        return None
    assert answer.status_code == 503
    extensions = body["errors"][0]["extensions"]
    assert extensions["code"] == "OVERLOADED"
    assert 0.5 <= extensions["retryAfterSeconds"] <= 60
    assert extensions["retryAfterSeconds"] <= int(answer.headers["retry-after"]) <= extensions["retryAfterSeconds"] + 1
    assert "data" not in body
    return str(extensions["what"])


@pytest.mark.parametrize(
    ("query", "what"),
    [
        (BOARD, None),
        (SEARCH, Shed.TYPING_HELP),
        (SIMILAR, Shed.TYPING_HELP),
        (MAP, Shed.HEAVY_QUERIES),
        (REACH, Shed.HEAVY_QUERIES),
    ],
)
async def test_queries_are_refused_from_their_level_on_and_never_to_who_runs_the_jam(
    site: Site, query: str, what: Shed | None
) -> None:
    idea = await posted(site)
    begins = {None: 5, Shed.TYPING_HELP: Level.STRAINED, Shed.HEAVY_QUERIES: Level.HEAVY}[what]
    async with AsyncExitStack() as stack:
        # Before it is pressed: afterwards newcomers wait for their turn.
        ada, *staff = [await stack.enter_async_context(aclosing(await site.signed_in(one))) for one in ("pada", "pmod", "porg")]
        for level in Level:
            press(site, level)
            # Each time by another text: what is finished for many is given to whoever asks for it, at any level.
            assert refused_what(await ask(ada, f"{query} # {level}")) == (what if level >= begins else None), level
        vote_answer = (await vote(ada, idea)).json()
        assert vote_answer["data"]["supportIdea"]["__typename"] == "IdeaSuccess", "there is room for writes"
        for one in staff:
            assert refused_what(await ask(one, query)) is None
    assert site.server.overload.control.shed.total() == len([level for level in Level if level >= begins])


async def test_writes_are_refused_before_they_are_queued_and_those_in_hand_are_acknowledged(site: Site) -> None:
    idea = await posted(site)
    people = ["pada", "pexec"]
    clients = [await site.signed_in(person) for person in people]
    store = site.server.store
    under_way = [asyncio.create_task(vote(client, idea)) for client in clients]
    while site.server.overload.control.gate.in_hand < len(people):
        await asyncio.sleep(0)
        if all(task.done() for task in under_way):
            break
    shut(site)
    try:
        for answer in await asyncio.gather(*under_way):
            assert answer.json()["data"]["supportIdea"]["__typename"] == "IdeaSuccess"
        state = store.get("jtown")
        assert state is not None
        seq = state.seq
        late = await posted(site, "Later")  # by the server itself, which is not held back
        refused = await vote(clients[0], late, "late-vote")
        assert refused_what(refused) == Shed.WRITES
        assert store.get("jtown").seq == seq + 1, "nothing was written"  # type: ignore[union-attr]
        assert refused_what(await ask(clients[0], BOARD)) is None, "reading goes on"
        opened(site)
        again = (await vote(clients[0], late, "late-vote")).json()
        assert again["data"]["supportIdea"]["idea"] == {"supportCount": 1}, "the same command, sent again, happens once"
    finally:
        for client in clients:
            await client.aclose()


async def test_who_moderates_acts_while_nobody_else_can(site: Site) -> None:
    idea = await posted(site)
    async with aclosing(await site.signed_in("pmod")) as moderator, aclosing(await site.signed_in("pada")) as ada:
        assert refused_what(await ask(moderator, BOARD)) is None
        shut(site)
        assert refused_what(await vote(ada, idea)) == Shed.WRITES
        hidden = await ask(moderator, HIDE, input={"commandId": "hide-it-now", "targetId": idea, "reason": "Not here"})
        assert hidden.json()["data"]["hideIdea"]["__typename"] == "IdeaSuccess", hidden.text


async def test_what_is_cheaper_to_lose_is_off_before_a_write_is_refused(site: Site) -> None:
    idea = await posted(site)
    control = site.server.overload.control
    async with aclosing(await site.signed_in("pada")) as ada:
        press(site, Level.CALM)
        assert control.level == Level.CALM
        control.gate.most = NO_ROOM
        assert refused_what(await vote(ada, idea)) == Shed.WRITES
        assert control.level == Level.FULL
        assert refused_what(await ask(ada, SEARCH)) == Shed.TYPING_HELP


async def test_switched_off_it_refuses_nothing(site: Site) -> None:
    idea = await posted(site)
    control = site.server.overload.control
    control._is_on = False
    press(site, Level.CALM)
    control.gate.most = NO_ROOM
    async with aclosing(await site.signed_in("pada")) as ada:
        assert refused_what(await vote(ada, idea)) is None
        assert refused_what(await ask(ada, SEARCH)) is None


async def test_over_a_socket_the_same_and_a_pong_says_what_is_off(site: Site) -> None:
    idea = await posted(site)
    async with aclosing(await site.signed_in("pada")) as ada:
        headers = {"Cookie": f"hothouse_session={ada.cookies['hothouse_session']}", "Origin": site.url}
    address = site.url.replace("http", "ws") + "/graphql"
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]

        async def said(message: dict[str, Any]) -> dict[str, Any]:
            await socket.send(orjson.dumps(message).decode())
            return orjson.loads(await socket.recv())  # type: ignore[no-any-return]

        assert (await said({"type": "connection_init"}))["type"] == "connection_ack"
        press(site, Level.CALM)
        assert await said({"type": "ping"}) == {"type": "pong"}
        press(site, Level.STRAINED)
        busy = {"level": "STRAINED", "off": ["PRESENCE", "TYPING_HELP", "THEME_UPDATES"]}
        assert await said({"type": "ping"}) == {"type": "pong", "payload": {"busy": busy}}
        answer = await said({"type": "subscribe", "id": "1", "payload": {"query": SEARCH}})
        assert (answer["type"], answer["payload"][0]["extensions"]["what"]) == ("error", "TYPING_HELP")
        shut(site)
        variables = {"input": {"commandId": "vote-by-socket", "ideaId": idea}}
        answer = await said({"type": "subscribe", "id": "2", "payload": {"query": VOTE, "variables": variables}})
        assert (answer["type"], answer["payload"][0]["extensions"]["what"]) == ("error", "WRITES")
        opened(site)
        answer = await said({"type": "subscribe", "id": "3", "payload": {"query": VOTE, "variables": variables}})
        assert answer["payload"]["data"]["supportIdea"]["idea"] == {"supportCount": 1}
        assert site.server.overload.control.gate.in_hand == 0


async def test_new_connections_come_in_a_few_at_a_time_and_who_moderates_at_once(site: Site) -> None:
    address = site.url.replace("http", "ws") + "/graphql"

    async def closed_with(headers: dict[str, str]) -> int | None:
        async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
            try:
                await socket.send('{"type": "connection_init"}')
                await socket.recv()
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None
        return None

    async with aclosing(await site.signed_in("pmod")) as moderator:
        await ask(moderator, BOARD)
        staff = {"Cookie": f"hothouse_session={moderator.cookies['hothouse_session']}", "Origin": site.url}
        names = "; ".join(f"{name}={value}" for name, value in moderator.cookies.items())
        known = staff | {"Cookie": names}
    press(site, Level.FULL)
    control = site.server.overload.control
    frozen = control._clock()
    control._clock = lambda: frozen
    control._arrivals = Bucket(0.0, frozen)
    assert await closed_with({}) == 4292
    assert await closed_with(known) is None
    control._clock = lambda: frozen + 0.03
    assert [await closed_with({}) for _ in range(3)] == [None, None, 4292], "80 a second: two in a fortieth of it"
