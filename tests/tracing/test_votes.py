"""A vote's trace at a real collector: one tree from the request to the tick that told it, over HTTP and over a websocket."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import websockets
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from pydantic import ValidationError

from server.settings import Settings
from tests.patience import PATIENCE_S
from tests.tracing.collecting import Collector, collecting
from tests.web.running import TOPIC, Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
PARENT = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
TRACEPARENT = f"00-{PARENT}-{CALLER}-00"
TITLE, BODY = "Unmistakable-title", "Unmistakable-body"

POST = """mutation P($input: PostIdeaInput!) { postIdea(input: $input) { ... on IdeaSuccess { idea { id } } } }"""
VOTE = """mutation MyUnmistakableVote($input: IdeaInput!) { supportIdea(input: $input) {
  __typename ... on IdeaSuccess { idea { supportCount } } ... on Rejection { code } } }"""
FOLLOW = """subscription ($jam: ID!) { jamChanges(jamId: $jam, afterSeq: 0) { seq } }"""


@asynccontextmanager
async def traced(folder: Path, url: str, **more: Any) -> AsyncGenerator[Site, None]:
    settings = {"trace_ratio": 1.0, "otlp_url": url, "posts_per_minute": 1_000, **more}
    async with serving(Settings(data=folder, port=free_port(), theme_workers=0, **settings)) as server:
        await open_jam(server)
        yield Site(server, Sink(), f"http://127.0.0.1:{server.settings.port}")


@asynccontextmanager
async def following(site: Site, client: httpx.AsyncClient) -> AsyncGenerator[Any, None]:
    """A socket that follows the jam, so that there are ticks; what it is told is left in it."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    headers = {"Cookie": cookie, "Origin": site.url}
    address = f"{site.url.replace('http', 'ws')}/graphql"
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(
            json.dumps({"type": "subscribe", "id": "live", "payload": {"query": FOLLOW, "variables": {"jam": "jtown"}}})
        )
        assert json.loads(await socket.recv())["type"] == "next"
        yield socket


async def posted(client: httpx.AsyncClient, title: str = TITLE) -> str:
    given = {"commandId": f"post-{title.replace(' ', '-')}", "jamId": "jtown", "topicId": TOPIC, "title": title, "body": BODY}
    return str((await graphql(client, POST, input=given))["postIdea"]["idea"]["id"])


def vote(idea: str, command: str = "vote-once") -> dict[str, Any]:
    return {"query": VOTE, "variables": {"input": {"commandId": command, "ideaId": idea}}}


async def until(is_so: Callable[[], Any]) -> None:
    with anyio.fail_after(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110  the collector hears of it from another thread
            await asyncio.sleep(0.05)


def tick_of(collector: Collector, commit: Span) -> Span | None:
    found = [tick for tick in collector.named("tick") if commit.span_id in {link.span_id for link in tick.links}]
    return found[0] if found else None


async def tree_of(collector: Collector, whose: str = "command SupportIdea") -> dict[str, Span]:
    """The spans of the one vote, by name; each hangs below the one that it is said to."""
    await until(lambda: collector.named(whose))
    (command,) = collector.named(whose)
    await until(lambda: [one for one in collector.named("commit") if one.parent_span_id == command.span_id])
    (commit,) = [one for one in collector.named("commit") if one.parent_span_id == command.span_id]
    await until(lambda: tick_of(collector, commit))
    await until(lambda: command.parent_span_id in collector.by_id())
    request, tick = collector.by_id()[command.parent_span_id], tick_of(collector, commit)
    assert tick is not None
    parts = {one.name: one for one in collector.spans if one.parent_span_id in (command.span_id, commit.span_id)}
    assert tick.parent_span_id == commit.span_id
    assert {one.trace_id for one in (request, command, commit, tick, *parts.values())} == {command.trace_id}
    assert set(parts) == {"wait", "decide", "commit", "apply", "tick"}
    assert commit.span_id in {link.span_id for link in command.links}
    order = [request, command, parts["wait"], parts["decide"], commit, parts["apply"], tick]
    assert [one.start_time_unix_nano for one in order] == sorted(one.start_time_unix_nano for one in order)
    return {"request": request, "command": command, **parts}


def attributes(span: Span) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


async def test_a_vote_over_http_is_one_tree_to_the_tick_that_told_it(tmp_path: Path) -> None:
    async with (
        collecting() as collector,
        traced(tmp_path, collector.url, otlp_headers="authorization=Bearer seal, x-team=jam") as site,
    ):
        async with aclosing(await site.signed_in("pada")) as ada, following(site, ada):
            idea = await posted(ada)
            await until(lambda: collector.named("tick"))
            answer = await ada.post("/graphql", json=vote(idea), headers={"traceparent": TRACEPARENT})
            assert answer.json()["data"]["supportIdea"]["idea"]["supportCount"] == 1
            spans = await tree_of(collector)
            metrics = (await ada.get("/metrics")).text
        assert float(re.search(r'hothouse_trace_spans_total{result="sent"[^}]*} (\S+)', metrics)[1]) >= len(spans)  # type: ignore[index]
        request = spans["request"]
        assert (request.name, request.kind) == ("graphql other", Span.SPAN_KIND_SERVER)
        assert (request.trace_id.hex(), request.parent_span_id.hex()) == (PARENT, CALLER)
        assert attributes(request)["http.response.status_code"] == 200
        assert attributes(spans["commit"]) == {"hothouse.stream": "jam:jtown", "hothouse.commands": 1}
        assert attributes(spans["tick"]) == {"hothouse.jam": "jtown"}
        (resource, *_) = collector.resources
        assert (resource["service.name"], resource["service.instance.id"]) == ("hothouse", "worker 0")
        assert {"host.name", "process.owner", "process.command_line"}.isdisjoint(resource)
        assert (collector.headers[0]["authorization"], collector.headers[0]["x-team"]) == ("Bearer seal", "jam")


async def test_a_vote_over_a_websocket_is_one_too(tmp_path: Path) -> None:
    async with collecting() as collector, traced(tmp_path, collector.url) as site:
        async with aclosing(await site.signed_in("pada")) as ada, following(site, ada) as socket:
            idea = await posted(ada)
            await until(lambda: collector.named("tick"))
            payload = vote(idea) | {"extensions": {"traceparent": TRACEPARENT}}
            await socket.send(json.dumps({"type": "subscribe", "id": "vote", "payload": payload}))
            spans = await tree_of(collector)
        assert spans["request"].trace_id.hex() == PARENT
        assert attributes(spans["request"]) == {"hothouse.transport": "websocket", "graphql.operation.name": "other"}


async def test_commands_that_share_a_record_are_linked_with_its_one_commit(tmp_path: Path) -> None:
    async with collecting() as collector, traced(tmp_path, collector.url) as site:
        async with aclosing(await site.signed_in("pada")) as ada:
            ideas = [await posted(ada, f"idea {number}") for number in range(12)]
            await asyncio.gather(*(ada.post("/graphql", json=vote(idea, f"vote-{idea}")) for idea in ideas))
            await until(lambda: len(collector.named("command SupportIdea")) == 12)
        commands = {one.span_id: one for one in collector.named("command SupportIdea")}
        for commit in collector.named("commit"):
            told = {commit.parent_span_id} | {link.span_id for link in commit.links}
            mine = {id for id, one in commands.items() if commit.span_id in {link.span_id for link in one.links}}
            if mine:
                assert told == mine
                assert attributes(commit)["hothouse.commands"] == len(mine)
        linked = [link.span_id for one in commands.values() for link in one.links]
        assert len(linked) == 12


async def test_a_span_holds_nothing_of_anybody(tmp_path: Path) -> None:
    async with collecting() as collector, traced(tmp_path, collector.url) as site:
        async with aclosing(await site.signed_in("pada")) as ada, following(site, ada):
            idea = await posted(ada)
            await ada.post(
                "/graphql", json=vote(idea), headers={"traceparent": TRACEPARENT, "tracestate": "who=ada", "baggage": "who=ada"}
            )
            refused = await ada.post("/graphql", json=vote("inone", "vote-none"))
            assert refused.json()["data"]["supportIdea"]["code"] == "NotFound"
            await tree_of_first(collector)
            secrets = [one.value for one in ada.cookies.jar]
        raw = bytes(collector.raw).lower()
    for word in (TITLE, BODY, "pada", "ada@", "who=ada", "MyUnmistakableVote", "127.0.0.1", idea, *map(str, secrets)):
        assert word.lower().encode() not in raw, word


async def tree_of_first(collector: Collector) -> None:
    await until(lambda: len(collector.named("command SupportIdea")) == 1 or len(collector.named("graphql other")) >= 3)
    await until(lambda: collector.named("tick"))


async def test_only_so_many_requests_are_traced_and_always_the_same_ones(tmp_path: Path) -> None:
    async with (
        collecting() as collector,
        traced(tmp_path, collector.url, trace_ratio=0.25) as site,
        aclosing(await site.signed_in("pada")) as ada,
    ):
        for low in ("0", "3", "4", "f"):
            traceparent = f"00-{'a' * 16}{low}{'0' * 14}1-{CALLER}-01"
            await ada.post("/graphql", json={"query": "{ serverTime }"}, headers={"traceparent": traceparent})
        await until(lambda: len(collector.named("graphql other")) >= 2)
    assert {one.trace_id.hex()[16] for one in collector.named("graphql other")} == {"0", "3"}


async def test_without_a_collector_nothing_of_it_is_there(tmp_path: Path) -> None:
    async with serving(Settings(data=tmp_path, port=free_port(), theme_workers=0, trace_ratio=1.0)) as server:
        assert server.hub.tracing is None
        assert type(server.app.graphql).__name__ == "GraphQLHTTP"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wrong", [{"otlp_url": "collector:4318"}, {"otlp_headers": "Bearer seal"}, {"trace_ratio": 1.5}, {"trace_service": ""}]
)
def test_settings_that_can_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)
