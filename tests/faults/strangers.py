"""Clients by the thousand in a process of their own: idle ones, ones that come back all at once, and ones that stall.

    python -m tests.faults.strangers KIND COUNT PORT FILE

FILE holds session secrets as a JSON list, and the body of a subscription. The process prints `ready` when everybody is there, and
`again` for every line that it is sent, once it has done what its kind does again; at the end of its input it prints how many
were cut off by the server, as JSON, and ends.
"""

import asyncio
import ctypes
import json
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from bench.crowd.herd import HANDSHAKE, PING, PONG, TEXT, frame

AN_ADDRESS = 4_000
"""So many come from one address: the server takes 5,000 websockets from each."""

AT_ONCE = 250
STALLS = ("nothing", "head", "body", "long body", "fragments", "deaf", "vanished")
"""What a client that stalls does: says nothing; sends a byte a second of a head, of a small or long body, of a message in ever new
frames; asks and never reads; subscribes and is then gone without a word."""

SO_ATTACH_FILTER = 26


class Stranger(asyncio.Protocol):
    """One connection. `is_in` once it is where its kind wants it, `is_over` when the server has ended it."""

    def __init__(self, kind: str, secret: str | None, body: str) -> None:
        self.kind, self._secret, self._body = kind, secret, body
        self.is_in = self.is_over = self.is_ours = False
        self.status = 0
        self._transport: asyncio.Transport | None = None
        self._data = bytearray()
        self._has_shaken = False
        self._is_in_message = False

    # ------------------------------------------------------------------------------------------------------- the connection
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        begin = {
            "nothing": b"",
            "head": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
            "body": b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\n",
            "long body": b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000\r\n\r\n",
            "deaf": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 500,
        }.get(self.kind, HANDSHAKE)
        if self.kind == "deaf":
            self._transport.pause_reading()
        self._transport.write(begin)
        self.is_in = self.kind in ("nothing", "head", "body", "long body", "deaf")

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = not self.is_ours

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._has_shaken:
            self._shake()
        while self._has_shaken and (found := self._whole()) is not None:
            self._take(*found)

    def leave(self) -> None:
        self.is_ours = True
        if self._transport is not None:
            self._transport.abort()

    # -------------------------------------------------------------------------------------------------------- what it says
    def trickle(self) -> None:
        """One byte more, of those who send them."""
        if self.is_over or self._transport is None or not self.is_in:
            return
        if self.kind in ("head", "body", "long body"):
            self._transport.write(b"x")
        elif self.kind == "fragments":
            self._transport.write(bytes((0 if self._is_in_message else 1, 0x81)) + b"\0\0\0\0 ")
            self._is_in_message = True

    def _shake(self) -> None:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return
        self.status = int(self._data[9:12])
        if self.status != 101:
            self._data.clear()
            return
        del self._data[: end + 4]
        self._has_shaken = True
        payload = {} if self._secret is None else {"token": self._secret}
        self._write(TEXT, json.dumps({"type": "connection_init", "payload": payload}).encode())

    def _whole(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 2 or len(data) < (start := {126: 4, 127: 10}.get(data[1], 2)):
            return None
        size = data[1] if start == 2 else int.from_bytes(data[2:start], "big")
        if len(data) < start + size:
            return None
        kind, payload = data[0] & 15, bytes(data[start : start + size])
        del data[: start + size]
        return kind, payload

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._write(PONG, payload)
        elif b'"connection_ack"' in payload:
            self._acknowledged()
        elif b'"next"' in payload:
            self.is_in = True
            if self.kind == "vanished":
                self._vanish()

    def _acknowledged(self) -> None:
        if self.kind in ("herd", "vanished"):
            self._write(TEXT, b'{"id":"1","type":"subscribe","payload":' + self._body.encode() + b"}")
        else:
            self.is_in = True

    def _vanish(self) -> None:
        """From now on the kernel drops whatever comes for it, unread and unanswered, as if the machine were gone."""
        assert self._transport is not None
        drop = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
        filter_ = struct.pack("HP", 1, ctypes.addressof(drop))
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_)

    def _write(self, kind: int, payload: bytes) -> None:
        assert self._transport is not None
        self._transport.write(frame(kind, payload))


class Strangers:
    """All of them."""

    def __init__(self, kind: str, count: int, port: int, secrets: Sequence[str], body: str) -> None:
        self._kind, self._port, self._body = kind, port, body
        self._secrets = secrets
        self.all: list[Stranger] = []
        self._count = count

    async def come(self, at_once: int = AT_ONCE) -> None:
        for start in range(0, self._count, at_once):
            part = range(start, min(start + at_once, self._count))
            self.all += await asyncio.gather(*map(self._one, part))
            await self._settled(self.all[-len(part) :])

    async def again(self) -> None:
        """What the kind does again: a herd hangs up and comes back all at once; others do nothing."""
        if self._kind == "herd":
            for one in self.all:
                one.leave()
            self.all = []
            await self.come(self._count)

    async def trickle(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for one in self.all:
                one.trickle()

    def outcome(self) -> dict[str, Any]:
        """How many there are and were ended by the server, by what they do."""
        there, over = Counter(one.kind for one in self.all), Counter(one.kind for one in self.all if one.is_over)
        return {"there": there, "over": over, "not in": sum(not one.is_in for one in self.all)}

    async def _one(self, number: int) -> Stranger:
        kind = STALLS[number % len(STALLS)] if self._kind == "stalls" else self._kind
        secret = None if kind == "idle" else self._secrets[number % len(self._secrets)]
        stranger = Stranger(kind, secret, self._body)
        address = f"127.0.0.{2 + number // AN_ADDRESS}"
        line = socket.socket()
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is found when it connects
        if kind == "deaf":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.bind((address, 0))
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, ("127.0.0.1", self._port))
        await loop.create_connection(lambda: stranger, sock=line)
        return stranger

    async def _settled(self, some: Sequence[Stranger]) -> None:
        deadline = time.monotonic() + 90
        while not all(one.is_in or one.is_over for one in some) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def main(kind: str, count: str, port: str, given: dict[str, Any]) -> None:
    strangers = Strangers(kind, int(count), int(port), given["secrets"], given["body"])
    await strangers.come()
    trickling = asyncio.create_task(strangers.trickle())
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        await strangers.again()
        print("again", flush=True)
    trickling.cancel()
    print(json.dumps(strangers.outcome()), flush=True)


if __name__ == "__main__":
    kind, count, port, file = sys.argv[1:]
    asyncio.run(main(kind, count, port, json.loads(Path(file).read_text("utf-8"))))
