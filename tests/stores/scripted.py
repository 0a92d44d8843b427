"""A peer that speaks MongoDB's wire protocol and answers from a script: for what no server here can be, such as a sharded cluster.

It keeps what it was asked, so that a test sees the commands that a driver really sends. It stores nothing.
"""

import asyncio
import struct
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import bson

Document = dict[str, Any]
Answer = Mapping[str, Any] | Callable[[Document], Mapping[str, Any]]
HEADER = struct.Struct("<iiii")
OP_MSG, OP_QUERY, OP_REPLY = 2013, 2004, 1
MONGOS = {
    "isWritablePrimary": True, "msg": "isdbgrid", "maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000,
    "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 21, "logicalSessionTimeoutMinutes": 30, "helloOk": True,
}  # fmt: skip


def cursor(*documents: Document) -> Document:
    """The answer to a question with these documents."""
    return {"cursor": {"id": bson.Int64(0), "ns": "any.thing", "firstBatch": list(documents)}}


def refused(code: int, name: str) -> Document:
    return {"ok": 0.0, "code": code, "codeName": name, "errmsg": name}


@dataclass
class Scripted:
    """`answers` by the name of a command; what is not in it is answered with plain success."""

    answers: dict[str, Answer]
    asked: list[Document] = field(default_factory=list)

    def named(self, name: str) -> list[Document]:
        """The commands of this name, in order."""
        return [one for one in self.asked if next(iter(one)) == name]

    def answer(self, command: Document) -> Document:
        self.asked.append(command)
        name = next(iter(command))
        found = self.answers.get(name, {})
        return {"ok": 1.0, **(found(command) if callable(found) else found)}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length, request, _, kind = HEADER.unpack(await reader.readexactly(HEADER.size))
                body = await reader.readexactly(length - HEADER.size)
                writer.write(self._replied(request, kind, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _replied(self, request: int, kind: int, body: bytes) -> bytes:
        if kind == OP_QUERY:
            start = body.index(b"\0", 4) + 9
            size = struct.unpack_from("<i", body, start)[0]
            answer = bson.encode(self.answer(bson.decode(body[start : start + size])))
            payload = struct.pack("<iqii", 8, 0, 0, 1) + answer
            return HEADER.pack(HEADER.size + len(payload), 0, request, OP_REPLY) + payload
        assert kind == OP_MSG
        payload = b"\0\0\0\0\0" + bson.encode(self.answer(_command(body[4:])))
        return HEADER.pack(HEADER.size + len(payload), 0, request, OP_MSG) + payload


def _command(sections: bytes) -> Document:
    """The command of an OP_MSG, with the documents that came beside it in their field."""
    command: Document = {}
    while sections:
        kind, size = sections[0], struct.unpack_from("<i", sections, 1)[0]
        part = sections[1 : 1 + size]
        if kind == 0:
            command = {**bson.decode(part), **command}
        else:
            name, _, rest = part[4:].partition(b"\0")
            command[name.decode()] = bson.decode_all(rest)
        sections = sections[1 + size :]
    return command


@asynccontextmanager
async def scripted(answers: dict[str, Answer]) -> AsyncGenerator[tuple[Scripted, str], None]:
    """The peer, and its URL."""
    peer = Scripted(answers)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    async with server:
        yield peer, f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
