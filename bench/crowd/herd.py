"""Thousands of live clients on one event loop that all come back at once, each from the number it saw last."""

import asyncio
import json
import random
import re
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from bench.processes import BenchFailed

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
SEQ = re.compile(rb'"jamChanges":\{"seq":(\d+)')
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
AT_ONCE = 200


def frame(kind: int, payload: bytes) -> bytes:
    """A masked frame, the mask all zeros."""
    size = len(payload)
    head = bytes((0x80 | kind, 0x80 | size)) if size < 126 else bytes((0x80 | kind, 0xFE)) + struct.pack("!H", size)
    return head + b"\0\0\0\0" + payload


def _are_subscribed(clients: "Sequence[Client]") -> bool:
    return all(client.subscribed for client in clients)


@dataclass(slots=True)
class Client:
    """One person. `seq` and `total` are the newest they were told; times are in seconds of the monotonic clock."""

    token: str
    seq: int
    total: int = 0
    began: float = 0.0
    subscribed: float = 0.0
    back: float = 0.0
    link: "Link | None" = None


class Link(asyncio.Protocol):
    """One connection of a client: shakes hands, signs in, subscribes from the client's number, and takes what it is told."""

    def __init__(self, client: Client, herd: "Herd") -> None:
        self._client = client
        self._herd = herd
        self._data = bytearray()
        self._has_shaken = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(HANDSHAKE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.link = None

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._has_shaken:
            self._shake()
        while self._has_shaken and (found := self._whole()) is not None:
            kind, payload = found
            self._take(kind, payload)

    def _write(self, kind: int, payload: bytes) -> None:
        if self.transport is not None:
            self.transport.write(frame(kind, payload))

    def _shake(self) -> None:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return
        if b" 101 " not in self._data[:end]:
            self._herd.failed(bytes(self._data[:200]))
            return
        del self._data[: end + 4]
        self._has_shaken = True
        self._write(TEXT, json.dumps({"type": "connection_init", "payload": {"token": self._client.token}}).encode())

    def _whole(self) -> tuple[int, bytes] | None:
        """The kind and payload of the first frame, taken off the data; None while it is not whole."""
        data = self._data
        if len(data) < 4:
            return None if len(data) < 2 or data[1] else self._cut(2, 0)
        if data[1] < 126:
            return self._cut(2, data[1])
        if data[1] == 126:
            return self._cut(4, int.from_bytes(data[2:4], "big"))
        return None if len(data) < 10 else self._cut(10, int.from_bytes(data[2:10], "big"))

    def _cut(self, start: int, size: int) -> tuple[int, bytes] | None:
        if len(self._data) < start + size:
            return None
        kind, payload = self._data[0] & 15, bytes(self._data[start : start + size])
        del self._data[: start + size]
        return kind, payload

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._write(PONG, payload)
        elif kind == CLOSE:
            self._herd.closed(int.from_bytes(payload[:2], "big"))
        elif b'"connection_ack"' in payload:
            self._write(TEXT, self._herd.subscribe_message(self._client.seq))
            self._client.subscribed = time.monotonic()
        elif (seq := SEQ.search(payload)) is not None:
            self._herd.told(self._client, int(seq[1]), payload)
        else:
            self._herd.failed(payload[:300])


@dataclass(slots=True)
class Herd:
    """`body` is the payload of `subscribe`, with AFTER where the number goes; `idea` is the one that all votes are for.

    `newest` is what counts as being back. Whoever resumes among many is told from a little further back, so of other ideas too.
    """

    port: int
    body: str
    idea: str
    clients: list[Client]
    newest: int = 0
    codes: dict[int, int] = field(default_factory=dict)
    wrong: list[bytes] = field(default_factory=list)
    refetches: int = 0

    def subscribe_message(self, after: int) -> bytes:
        return b'{"id":"1","type":"subscribe","payload":' + self.body.replace('"AFTER"', str(after)).encode() + b"}"

    def told(self, client: Client, seq: int, payload: bytes) -> None:
        """Checks that the numbers never go back, and notes when a client is up to date."""
        found = re.search(rb'"id":"%s"[^{}]*?"supportCount":(\d+)' % self.idea.encode(), payload)
        total = int(found[1]) if found else client.total
        if seq < client.seq or total < client.total:
            self.failed(payload[:300])
        client.seq = seq
        client.total = total
        self.refetches += b'"mustRefetch":true' in payload
        if not client.back and seq >= self.newest:
            client.back = time.monotonic()

    def failed(self, what: bytes) -> None:
        self.wrong.append(what)

    def closed(self, code: int) -> None:
        self.codes[code] = self.codes.get(code, 0) + 1

    async def connect(self, client: Client) -> None:
        """One connection, begun now."""
        client.began, client.subscribed, client.back = time.monotonic(), 0.0, 0.0
        loop = asyncio.get_running_loop()
        _, client.link = await loop.create_connection(lambda: Link(client, self), "127.0.0.1", self.port)

    async def come(self) -> None:
        """Everybody, some hundreds at a time."""
        for start in range(0, len(self.clients), AT_ONCE):
            part = self.clients[start : start + AT_ONCE]
            await asyncio.gather(*map(self.connect, part))
            await self.until(partial(_are_subscribed, part), 60)

    async def come_back(self, within_s: float, seed: int = 1) -> None:
        """Everybody, each at a moment of their own within so many seconds; returns when all are up to date."""
        order = random.Random(seed).sample(self.clients, len(self.clients))
        began = time.monotonic()
        tasks = []
        for number, client in enumerate(order):
            wait = began + within_s * number / len(order) - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self.connect(client)))
        await asyncio.gather(*tasks)
        await self.until(lambda: all(client.back for client in self.clients), 120)

    async def leave(self, some: Sequence[Client]) -> None:
        """So many hang up."""
        for client in some:
            if client.link is not None and client.link.transport is not None:
                client.link.transport.abort()
        await asyncio.sleep(0)

    async def until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Raises `BenchFailed` where it does not come true in time, or anything wrong was told."""
        end = time.monotonic() + seconds
        while not is_so():
            if self.wrong:
                raise BenchFailed(f"the herd was told {self.wrong[0]!r}")
            if time.monotonic() > end:
                raise BenchFailed(f"the herd waited {seconds:.0f} s in vain; closed with {self.codes}")
            await asyncio.sleep(0.01)
