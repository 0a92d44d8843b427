"""Who is here and how fast it is, counted over all workers: two whole servers on one store."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets

from server.app import exchange
from server.settings import Settings
from tests.patience import PATIENCE_S
from tests.web.running import Site, free_port, graphql, serving

pytestmark = pytest.mark.anyio

HERE = 'subscription { jamChanges(jamId: "jtown", afterSeq: 0) { jam { hereCount here { count elsewhere } } } }'
ASKED = '{ jam(slug: "town") { hereCount here { count } } }'
HEALTH = '{ jam(slug: "town") { health { latency { screens durable { whole { samples } } } } } }'
POST = "mutation ($input: PostIdeaInput!) { postIdea(input: $input) { ... on IdeaSuccess { idea { id } } } }"


@asynccontextmanager
async def following(browser: httpx.AsyncClient, url: str) -> AsyncGenerator[Any, None]:
    """A window of a signed-in browser that follows the jam at one of the servers."""
    address = url.replace("http", "ws", 1) + "/graphql"
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"Cookie": cookie, "Origin": url}
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        await socket.send('{"type":"connection_init"}')
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": HERE}}))
        yield socket


class Browsers:
    """Signed-in browsers, which may also ask another server of the same store; closed at the end."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.opened: list[httpx.AsyncClient] = []

    async def of(self, person: str) -> httpx.AsyncClient:
        self.opened.append(await self.site.signed_in(person))
        return self.opened[-1]

    def at(self, url: str, browser: httpx.AsyncClient) -> httpx.AsyncClient:
        self.opened.append(httpx.AsyncClient(base_url=url, cookies=browser.cookies, headers=browser.headers))
        return self.opened[-1]


@pytest.fixture
async def browsers(site: Site) -> AsyncGenerator[Browsers, None]:
    found = Browsers(site)
    yield found
    for browser in found.opened:
        await browser.aclose()


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BEAT_S", 0.05)
    monkeypatch.setattr(exchange, "KEEP_S", 0.2)
    monkeypatch.setattr(exchange, "GONE_S", 0.8)


async def test_people_on_two_workers_are_counted_once_each_and_everyone_is_told(site: Site, browsers: Browsers) -> None:
    other = Settings(data=site.server.settings.data, port=free_port(), theme_workers=0, worker=1)
    ada, ben, org = [await browsers.of(name) for name in ("pada", "pben", "porg")]
    async with serving(other) as second:
        there = f"http://127.0.0.1:{other.port}"

        elsewhere = browsers.at(there, org)

        async def counts() -> list[int]:
            asked = [
                await graphql(org, ASKED),
                await graphql(elsewhere, ASKED),
            ]
            assert all(one["jam"]["hereCount"] == one["jam"]["here"]["count"] for one in asked)
            return [one["jam"]["hereCount"] for one in asked]

        async def are(*wanted: int) -> bool:
            return await counts() == list(wanted)

        async with following(ada, site.url) as window:
            await until(lambda: are(1, 1))
            async with following(ben, there), following(ada, there):
                await until(lambda: are(2, 2))
                async with asyncio.timeout(PATIENCE_S):
                    while json.loads(await window.recv())["payload"]["data"]["jamChanges"]["jam"] != {
                        "hereCount": 2, "here": {"count": 2, "elsewhere": 2},
                    }:  # fmt: skip
                        pass
                assert (site.server.hub.here("jtown"), second.hub.here("jtown")) == (1, 2), "what is on each worker itself"
            await until(lambda: are(1, 1))
        await until(lambda: are(0, 0))


async def test_a_worker_that_ends_takes_its_people_along_and_one_that_dies_is_counted_a_moment_more(
    site: Site, browsers: Browsers
) -> None:
    ada, ben = await browsers.of("pada"), await browsers.of("pben")

    async def is_here(count: int) -> bool:
        return bool((await graphql(ben, ASKED))["jam"]["hereCount"] == count)

    for dies in (False, True):
        other = Settings(data=site.server.settings.data, port=free_port(), theme_workers=0, worker=1)
        with pytest.MonkeyPatch.context() as patch:
            if dies:
                patch.setattr(exchange.Exchange, "close", lambda self: asyncio.sleep(0))
            async with serving(other), following(ada, f"http://127.0.0.1:{other.port}"):
                await until(lambda: is_here(1))
        await until(lambda: is_here(0))


async def test_times_of_all_workers_are_added_up(site: Site, browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.metrics.latency.TELL_EVERY_S", 0.05)
    other = Settings(data=site.server.settings.data, port=free_port(), theme_workers=0, worker=1)
    mod, ada = await browsers.of("pmod"), await browsers.of("pada")
    async with serving(other):
        browser = browsers.at(f"http://127.0.0.1:{other.port}", ada)
        before = (await graphql(mod, HEALTH))["jam"]["health"]["latency"]["durable"]["whole"]["samples"]
        made = await graphql(
            browser,
            POST,
            input={"commandId": "on-the-other", "jamId": "jtown", "topicId": _topic(site), "title": "Trams", "body": ""},
        )
        assert made["postIdea"]["idea"]["id"]

        async def is_told() -> bool:
            latency = (await graphql(mod, HEALTH))["jam"]["health"]["latency"]
            return bool(latency["durable"]["whole"]["samples"] == before + 1)

        await until(is_told)


def _topic(site: Site) -> str:
    state = site.server.store.get("jtown")
    assert state is not None
    return next(iter(state.topics))
