"""A kept-alive HTTP connection to the GraphQL endpoint, as thin as it can be: the load must not be what is measured."""

import asyncio
from typing import cast

from bench.processes import BenchFailed


class Connection(asyncio.Protocol):
    """One request at a time. Made with `connected`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if found and len(rest) >= _length(head):
            self._buffer = b""
            self._settle(head, rest)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(BenchFailed(f"the server hung up: {exc}"))

    def _settle(self, head: bytes, body: bytes) -> None:
        if self._answer is None or self._answer.done():
            return
        if head.startswith(b"HTTP/1.1 200"):
            self._answer.set_result(body)
        else:
            self._answer.set_exception(BenchFailed(f"the server refused: {head[:40]!r} {body[:400]!r}"))

    async def ask(self, token: str, body: bytes) -> bytes:
        """The body of the answer. Raises `BenchFailed` unless it is a 200."""
        if self._transport is None or self._transport.is_closing():
            raise BenchFailed("the server hung up")
        self._answer = asyncio.get_running_loop().create_future()
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def connected(port: int) -> Connection:
    """A connection to the server on this port of the loopback address."""
    _, protocol = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return protocol
