"""The live transport under an ASGI server that is not uvicorn: hypercorn, by plain `send()`."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from server.live.hub import Hub
from server.live.outlets import AsgiOutlet
from tests.live.conftest import FAST, MINE, Client
from tests.live.toy import Person, World, build

pytestmark = pytest.mark.anyio


class Elsewhere:
    """The toy jam under hypercorn."""

    def __init__(self, **limits: Any) -> None:
        self.world = World()
        self.app = build(self.world, replace(FAST, **limits))
        self.port = 0

    @property
    def hub(self) -> Hub:
        assert self.world.hub is not None
        return self.world.hub

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Elsewhere"]:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        self.port = listening.getsockname()[1]
        config, ended = Config(), asyncio.Event()
        config.bind = [f"fd://{listening.detach()}"]
        config.graceful_timeout = 1
        config.errorlog = None
        serving = asyncio.create_task(serve(self.app, config, shutdown_trigger=ended.wait))  # type: ignore[arg-type]
        try:
            yield self
        finally:
            ended.set()
            await serving

    @asynccontextmanager
    async def client(self, token: str | None = "alice", room: int = 1 << 20) -> AsyncGenerator[Client]:
        url, spoken = f"ws://127.0.0.1:{self.port}/graphql", [Subprotocol("graphql-transport-ws")]
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", self.port))
        async with connect(url, sock=made, subprotocols=spoken, max_size=None, compression=None) as opened:
            client = Client(opened)
            if token is not None:
                await client.init(token)
            yield client


def changed(ideas: dict[str, int], after: int, seq: int) -> dict[str, Any]:
    told = [{"id": idea, "votes": votes} for idea, votes in ideas.items()]
    return {"fromSeq": after, "seq": seq, "mustRefetch": False, "ideas": told}


async def test_one_subscribes_is_told_and_resumes_where_one_was() -> None:
    async with Elsewhere().running() as live:
        feed = live.world.feeds["j1"]
        async with live.client() as alice, live.client("bob") as bob:
            await alice.follow(id="a")
            await bob.follow(id="b")
            await alice.follow(id="mine", query=MINE)
            await alice.settle()
            await bob.settle()
            assert all(isinstance(one.line.outlet, AsgiOutlet) for one in live.hub.connections)
            feed.support("i1", "bob")
            assert await alice.read() == {
                "id": "a",
                "type": "next",
                "payload": {"data": {"jamChanges": changed({"i1": 1}, 0, 1)}},
            }
            assert await bob.changes() == changed({"i1": 1}, 0, 1)
            await alice.silence()
            assert live.world.executed.count("jamChanges PARTICIPANT") <= 1
        await asyncio.sleep(0.05)
        assert live.hub.counters.connections == 0
        feed.support("i1")
        feed.support("i2")
        async with live.client() as again:
            await again.follow(after=1)
            assert await again.changes() == changed({"i1": 2, "i2": 1}, 1, 3)
            feed.support("i2")
            assert await again.changes() == changed({"i2": 2}, 3, 4)
            await again.send(id="1", type="complete")
            await again.settle()
            feed.support("i2")
            await again.silence()


async def test_every_message_of_a_tick_comes_whole_and_in_order() -> None:
    async with Elsewhere().running() as live, live.client() as alice:
        for number in range(4):
            await alice.follow(id=str(number))
        await alice.settle()
        for vote in range(1, 30):
            live.world.feeds["j1"].support("i1")
            if vote % 3 == 0:
                await asyncio.sleep(0.03)
        last = {str(number): 0 for number in range(4)}
        while any(seq < 29 for seq in last.values()):
            message = await alice.read()
            changes = message["payload"]["data"]["jamChanges"]
            assert changes["fromSeq"] == last[message["id"]], "a gap, or told twice"
            last[message["id"]] = changes["seq"]


async def test_it_closes_with_the_codes_of_the_protocol_and_ours() -> None:
    async with Elsewhere(session_seconds=0.05).running() as live:
        async with live.client(None) as silent:
            assert await silent.closed() == (4408, "Connection initialisation timeout")
        async with live.client(None) as early:
            await early.follow()
            assert await early.closed() == (4401, "Unauthorized")
        async with live.client() as twice:
            await twice.follow(id="1")
            await twice.follow(id="1")
            assert (await twice.closed())[0] == 4409
        live.world.people["laptop"] = Person("alice", "s1")
        async with live.client("laptop") as laptop:
            await laptop.follow()
            live.world.ended.add("s1")
            assert (await laptop.closed())[0] == 4401
        async with live.client() as there:
            await there.settle()
            live.hub.drain()
            assert (await there.closed())[0] == 1012


async def test_a_reader_that_does_not_read_is_skipped_and_closed_and_delays_nobody() -> None:
    limits = {"high_water_bytes": 4096, "stall_seconds": 0.3, "close_seconds": 0.2}
    async with Elsewhere(**limits).running() as live, live.client("bob") as bob, live.client(room=8192) as deaf:
        await bob.follow()
        await bob.settle()
        await deaf.follow()
        await deaf.settle()
        deaf.socket.transport.pause_reading()
        feed = live.world.feeds["j1"]
        seq = 0
        async with asyncio.timeout(20):
            while live.hub.counters.stalled == 0:
                feed.support("x" * 900_000)
                while seq < feed.seq:
                    seq = (await bob.changes())["seq"]
        assert live.hub.counters.closed == {4290: 1}
        feed.support("i1")
        assert (await bob.changes())["seq"] == feed.seq
        deaf.socket.transport.abort()
