"""Who has left leaves nothing that only Python's collector of garbage would find: it looks at everything only when nobody acts."""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.patience import PATIENCE_S
from tests.web.running import OURS, Site

pytestmark = pytest.mark.anyio
OURSELVES = ("server.", "uvicorn.", "httptools.", "websockets.server", "uvloop.")
CHANGES = (
    '{"id":"1","type":"subscribe","payload":{"query":"subscription { jamChanges(jamId: \\"jtown\\", afterSeq: 0) { seq } }"}}'
)
TIMES = 10


@contextmanager
def nothing_left() -> Generator[None, None, None]:
    """Fails where objects of a server's are found by the collector afterwards."""
    gc.collect()
    gc.disable()
    try:
        yield
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert {kind: count for kind, count in kinds.items() if kind.startswith(OURSELVES)} == {}


async def connected(site: Site, token: str) -> ClientConnection:
    address = site.url.replace("http", "ws") + "/graphql"
    socket = await websockets.connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None)
    await socket.send(f'{{"type": "connection_init", "payload": {{"token": "{token}"}}}}')
    return socket


async def follow(site: Site, token: str, leave: Callable[[ClientConnection], Awaitable[None]]) -> None:
    socket = await connected(site, token)
    assert "connection_ack" in str(await socket.recv())
    await socket.send(CHANGES)
    assert '"next"' in str(await socket.recv())
    await leave(socket)


async def close(socket: ClientConnection) -> None:
    await socket.close()


async def hang_up(socket: ClientConnection) -> None:
    socket.transport.abort()
    await socket.wait_closed()


async def be_refused(site: Site) -> None:
    socket = await connected(site, "nobody's")
    with pytest.raises(ConnectionClosed):
        await socket.recv()


async def vote(site: Site, token: str) -> None:
    async with httpx.AsyncClient(base_url=site.url, headers=OURS, cookies={"hothouse_session": token}) as client:
        answer = await client.post("/graphql", json={"query": '{ jam(id: "jtown") { seq } }'})
        assert answer.json()["data"]["jam"]["seq"] > 0
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("how", ["closed", "hung up", "refused", "over http"])
async def test_who_has_left_leaves_nothing(site: Site, how: str) -> None:
    browser = await site.signed_in("pada")
    token = browser.cookies["hothouse_session"]
    await browser.aclose()
    come_and_go = {
        "closed": partial(follow, site, token, close),
        "hung up": partial(follow, site, token, hang_up),
        "refused": partial(be_refused, site),
        "over http": partial(vote, site, token),
    }[how]
    await come_and_go()
    hub = site.server.hub
    with nothing_left():
        for _ in range(TIMES):
            await come_and_go()
        async with asyncio.timeout(PATIENCE_S):
            while hub.counters.connections:  # noqa: ASYNC110  a counter has no event
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
