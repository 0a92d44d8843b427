"""Who may read /metrics, and what stands there after people have done something."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr, ValidationError

from server.live.metrics import LiveCounters
from server.metrics.collector import LIVE_NOW, LIVE_TOTALS, UNPUBLISHED
from server.settings import Settings
from tests.web.running import Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
TOKEN = "a-token-of-some-length"
POST = """mutation($input: PostIdeaInput!) { postIdea(input: $input) { __typename ... on IdeaSuccess { idea { id } }
  ... on Rejection { code } } }"""


async def served(tmp_path: Path, **more: object) -> AsyncGenerator[Site, None]:
    port = free_port()
    async with serving(Settings(data=tmp_path, port=port, theme_workers=0, **more)) as server:  # type: ignore[arg-type]
        await open_jam(server)
        yield Site(server, Sink(), f"http://127.0.0.1:{port}")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    async for one in served(tmp_path):
        yield one


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncGenerator[Site, None]:
    async for one in served(tmp_path, metrics_token=SecretStr(TOKEN), public_url="https://jam.example.com"):
        yield one


@pytest.fixture
async def proxied(tmp_path: Path) -> AsyncGenerator[Site, None]:
    async for one in served(tmp_path, public_url="https://jam.example.com"):
        yield one


@asynccontextmanager
async def closing(client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await client.aclose()


async def samples(site: Site, **headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    async with site.client() as client:
        answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = [one for family in text_string_to_metric_families(answer.text) for one in family.samples]
    assert {one.labels.pop("worker") for one in found} == {"0"}
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for one in found}


async def status(site: Site, **headers: str) -> int:
    async with site.client() as client:
        answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200 or "hothouse_" not in answer.text
    return answer.status_code


async def test_with_a_token_only_the_token_opens(guarded: Site) -> None:
    assert await status(guarded) == 401
    assert await status(guarded, authorization=f"Bearer {TOKEN}x") == 401
    assert await status(guarded, authorization=f"Basic {TOKEN}") == 401
    assert await status(guarded, authorization=f"Bearer {TOKEN}") == 200


async def test_behind_a_proxy_nobody_reads_without_a_token(proxied: Site) -> None:
    assert await status(proxied) == 403


@pytest.mark.parametrize(
    "header",
    [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=203.0.113.9"), ("Via", "1.1 proxy"), ("Host", "evil.test")],
)
async def test_what_came_through_something_else_is_refused(site: Site, header: tuple[str, str]) -> None:
    assert await status(site, **dict([header])) == 403
    assert await status(site) == 200


async def test_other_machines_are_refused(site: Site) -> None:
    transport = httpx.ASGITransport(site.server.app, client=("203.0.113.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/metrics")).status_code == 403


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="at least 16"):
        Settings(data=tmp_path, metrics_token=SecretStr("short"))  # type: ignore[call-arg]


async def test_what_people_did_is_counted_by_kind_and_result(site: Site) -> None:
    ada = await site.signed_in("pada")
    async with closing(ada):
        topic = (await graphql(ada, '{ jam(slug: "town") { topics { id } } }'))["jam"]["topics"][0]["id"]
        idea = {"jamId": "jtown", "topicId": topic, "title": "A secret title", "body": "Of words.", "language": "en"}
        await graphql(ada, POST, input={**idea, "commandId": "command-1"})
        await graphql(ada, POST, input={**idea, "commandId": "command-2", "title": ""})
        await ada.post("/graphql", json={"query": "{ nothing }"})
        await ada.post("/graphql", content=b"{")
    found = await samples(site)
    commands = {
        dict(labels)["result"]: value
        for (name, labels), value in found.items()
        if name == "hothouse_commands_total" and ("kind", "PostIdea") in labels
    }
    assert commands == {"done": 1, "InvalidInput": 1}
    assert found["hothouse_graphql_answers_total", (("operation", "other"), ("status", "200"))] == 3
    assert found["hothouse_graphql_answers_total", (("operation", "refused"), ("status", "400"))] == 1
    assert found["hothouse_graphql_answers_total", (("operation", "refused"), ("status", "415"))] == 1
    assert found["hothouse_graphql_answer_seconds_count", (("operation", "other"),)] == 3
    assert found["hothouse_jam_seq", (("jam", "jtown"),)] == site.server.store.get("jtown").seq  # type: ignore[union-attr]
    assert found["hothouse_record_append_seconds_count", ()] >= found["hothouse_command_seconds_count", ()] >= 1
    assert found["hothouse_command_seconds_bucket", (("le", "+Inf"),)] == found["hothouse_command_seconds_count", ()]
    assert found["process_open_fds", ()] > 0


async def test_nothing_that_people_wrote_and_no_name_is_there(site: Site) -> None:
    ada = await site.signed_in("pada")
    async with closing(ada):
        await ada.post("/graphql", json={"query": "query Invented { serverTime }", "operationName": "Invented"})
        await ada.post("/graphql", json={"query": 'query { jam(slug: "town") { title question } }'})
    async with site.client() as client:
        text = (await client.get("/metrics")).text
    assert not re.search(r"Invented|Our town|What next|Ada|pada|example\.org", text)


async def test_operations_of_the_page_have_their_names(site: Site) -> None:
    documents = site.server.hub.documents
    text = "query ServerTime { serverTime }"
    documents.trust({sha256(text.encode()).hexdigest(): text})
    async with site.client() as client:
        for _ in range(3):
            assert (await client.post("/graphql", json={"query": text})).status_code == 200
    found = await samples(site)
    assert found["hothouse_graphql_answers_total", (("operation", "ServerTime"), ("status", "200"))] == 3


def test_every_counter_of_the_live_transport_is_published() -> None:
    assert set(LiveCounters.__slots__) == {*LIVE_NOW, *LIVE_TOTALS, *UNPUBLISHED}
