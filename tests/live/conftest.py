"""A running server around the toy jam, under our protocol class and under uvicorn's own."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server.live.hub import Hub
from server.live.limits import LiveLimits
from tests.live.toy import ToyFeed, World, build

FAST = LiveLimits(tick_seconds=0.02, here_seconds=60, init_seconds=0.3, ahead_seconds=0.1)
CHANGES = "subscription($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) { fromSeq seq mustRefetch ideas { id votes } } }"
MINE = "subscription($jam: ID!, $after: Int!) { viewerChanges(jamId: $jam, afterSeq: $after) { seq supportedIdeaIds } }"


@dataclass
class Client:
    """A socket that speaks JSON."""

    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def raw(self, message: str | bytes) -> None:
        await self.socket.send(message)

    async def read(self, seconds: float = 2.0) -> Any:
        message = await asyncio.wait_for(self.socket.recv(), seconds)
        assert isinstance(message, str), "messages are text"
        return orjson.loads(message)

    async def init(self, token: str | None = "alice") -> None:
        await self.send(type="connection_init", payload={} if token is None else {"token": token})
        assert await self.read() == {"type": "connection_ack"}

    async def subscribe(self, query: str, id: str = "1", **variables: Any) -> None:
        await self.send(id=id, type="subscribe", payload={"query": query, "variables": variables})

    async def follow(self, after: int = 0, id: str = "1", jam: str = "j1", query: str = CHANGES) -> None:
        await self.subscribe(query, id, jam=jam, after=after)

    async def settle(self) -> None:
        """Until the server has taken everything sent so far."""
        await self.send(type="ping", payload={"settle": True})
        assert await self.read() == {"type": "pong", "payload": {"settle": True}}

    async def changes(self, seconds: float = 2.0) -> Any:
        message = await self.read(seconds)
        assert message["type"] == "next", message
        return next(iter(message["payload"]["data"].values()))

    async def silence(self, seconds: float = 0.15) -> None:
        with pytest.raises(TimeoutError):
            await self.read(seconds)

    async def closed(self, seconds: float = 2.0) -> tuple[int, str]:
        """Code and reason of the close that must come, whatever comes before it."""
        with pytest.raises(ConnectionClosed) as caught:
            async with asyncio.timeout(seconds):
                while True:
                    await self.socket.recv()
        received = caught.value.rcvd
        assert received is not None, "no close frame came"
        return received.code, received.reason


class Live:
    """A server on 127.0.0.1 and its world."""

    def __init__(self, world: World, limits: LiveLimits, ws: str) -> None:
        self.world = world
        self.app = build(world, limits)
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        config = uvicorn.Config(self.app, ws=ws, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)

    @property
    def hub(self) -> Hub:
        assert self.world.hub is not None
        return self.world.hub

    @property
    def feed(self) -> ToyFeed:
        return self.world.feeds["j1"]

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Live", None]:
        serving = asyncio.create_task(self.server.serve([self.socket]))
        while not self.server.started:
            assert not serving.done(), "the server did not start"
            await asyncio.sleep(0.005)
        try:
            yield self
        finally:
            self.server.should_exit = True
            await serving

    @asynccontextmanager
    async def client(self, subprotocol: str | None = "graphql-transport-ws", **headers: str) -> AsyncGenerator[Client, None]:
        protocols = None if subprotocol is None else [Subprotocol(subprotocol)]
        url = f"ws://127.0.0.1:{self.port}/graphql"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with connect(url, subprotocols=protocols, additional_headers=named, max_size=None) as opened:
            yield Client(opened)

    @asynccontextmanager
    async def signed_in(self, token: str | None = "alice") -> AsyncGenerator[Client, None]:
        async with self.client() as client:
            await client.init(token)
            yield client

    async def until(self, condition: Any, seconds: float = 2.0) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, "it did not come true"
            await asyncio.sleep(0.005)


WIRE = "server.live.wire:Protocol"
STOCK = "websockets-sansio"


@pytest.fixture(params=[WIRE, STOCK], ids=["wire", "asgi"])
async def live(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncGenerator[Live, None]:
    async with Live(World(), getattr(request, "limits", FAST), request.param).running() as running:
        yield running


@pytest.fixture
def start() -> Any:
    """Starts a server with limits and under a protocol of one's own."""
    return lambda limits=FAST, ws=WIRE, world=None: Live(world or World(), limits, ws).running()
