"""Readers that do not read: a thousand real sockets, a hundred of which never do, against a server of its own process."""

import asyncio
import os
import resource
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

pytestmark = pytest.mark.anyio
ALL, DEAF = 1000, 100
QUERY = 'subscription { jamChanges(jamId: "j1", afterSeq: 0) { fromSeq seq ideas { id votes } } }'
HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


def frame(message: dict[str, Any]) -> bytes:
    """A masked text frame, the mask all zeros."""
    data = orjson.dumps(message)
    return (
        b"\x81" + (bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))) + b"\0" * 4 + data
    )


class Reader(asyncio.Protocol):
    """Folds what it is told, or is deaf from the moment it has subscribed."""

    def __init__(self, is_deaf: bool) -> None:
        self.is_deaf = is_deaf
        self.seq = 0
        self.closed: int | None = None
        self.is_lost = False
        self.is_subscribed = False
        self._data = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(HANDSHAKE.encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self.is_subscribed:
            self._greet()
            return
        while (size := self._frame_size()) is not None:
            self._take(size)

    def _greet(self) -> None:
        if self._data.endswith(b"\r\n\r\n"):
            self._data = b""
            self.transport.write(frame({"type": "connection_init", "payload": {"token": "p"}}))
        elif b"connection_ack" in self._data:
            self._subscribe()

    def _subscribe(self) -> None:
        self.is_subscribed = True
        self._data = b""
        self.transport.write(frame({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
        if self.is_deaf:
            self.transport.pause_reading()

    def _frame_size(self) -> tuple[int, int] | None:
        if len(self._data) < 10:
            return None
        short = self._data[1]
        start = 2 if short < 126 else 4 if short == 126 else 10
        size = short if short < 126 else int.from_bytes(self._data[2:start], "big")
        return (start, start + size) if len(self._data) >= start + size else None

    def _take(self, size: tuple[int, int]) -> None:
        start, end = size
        payload, kind = self._data[start:end], self._data[0] & 15
        self._data = self._data[end:]
        if kind == 8:
            self.closed = int.from_bytes(payload[:2], "big")
        elif kind == 1:
            changes = orjson.loads(payload)["payload"]["data"]["jamChanges"]
            assert changes["fromSeq"] == self.seq, "a gap, or told twice"
            self.seq = changes["seq"]


@pytest.fixture
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "tests.live.toy_server:app", "--ws", "server.live.wire:Protocol"]
    command += ["--port", str(port), "--log-level", "warning", "--ws-ping-interval", "0", "--no-access-log"]
    with subprocess.Popen(command, env=os.environ | {"LIVE_STALL": "3"}) as running:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()


async def ready(http: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            await http.get("/counters")
            return
        except httpx.TransportError:
            await asyncio.sleep(0.05)
    raise AssertionError("the server did not start")


async def opened(url: str) -> list[Reader]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    loop, readers = asyncio.get_running_loop(), []
    for number in range(ALL):
        made = await loop.create_connection(lambda n=number: Reader(n < DEAF), "127.0.0.1", int(url.rsplit(":", 1)[1]))
        readers.append(made[1])
    return readers


async def count(http: httpx.AsyncClient, counter: str, value: int, seconds: float) -> dict[str, Any]:
    """Wait until a counter of the server is `value`, and give them all."""
    for _ in range(int(seconds / 0.1)):
        counters: dict[str, Any] = (await http.get("/counters")).json()
        if counters[counter] == value:
            return counters
        await asyncio.sleep(0.1)
    raise AssertionError(f"{counter} is {counters[counter]}, not {value}")


async def until(condition: Any, seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come true"
        await asyncio.sleep(0.02)


async def test_a_hundred_deaf_readers_cost_bounded_memory_delay_nobody_and_are_closed(server: str) -> None:
    async with httpx.AsyncClient(base_url=server, timeout=60) as http:
        await ready(http)
        readers = await opened(server)
        await until(lambda: all(reader.is_subscribed for reader in readers), 20)
        before = (await count(http, "subscriptions", ALL, 10))["resident"]
        # 60 ticks of 30 kB: 1.8 MB for each reader, 180 MB for the deaf ones if they were waited for.
        last = (await http.post("/flood", params={"n": 60, "size": 30_000})).json()
        hearing = [reader for reader in readers if not reader.is_deaf]
        await until(lambda: all(reader.seq == last for reader in hearing), 10)
        after = (await http.get("/counters")).json()
        assert after["resident"] - before < 100 * 200_000 + 30_000_000
        assert after["skipped"] >= DEAF
        stalled = await count(http, "stalled", DEAF, 15)
        assert stalled["closed"] == {"4290": DEAF}
        await count(http, "connections", ALL - DEAF, 5)
        last = (await http.post("/vote")).json()
        await until(lambda: all(reader.seq == last for reader in hearing), 5)
        assert not any(reader.is_lost for reader in hearing)
        for reader in readers:
            reader.transport.abort()
