"""Requests to addresses that somebody else named: never into a private network, wherever a name leads at that moment.

The name is looked up here, every address it leads to must be a public one, and the connection goes to the address that was
looked at: a name that leads elsewhere a moment later (DNS rebinding) gains nothing. Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2

CONNECT_S = 5.0
ANSWER_S = 10.0
READ_BYTES = 2_000
"""An answer's beginning says enough of why it failed."""


class Refused(Exception):
    """The request is not made: the address may not be asked. The message says why."""


def check_url(url: str, allow_private: bool) -> None:
    """Raises `Refused` for what is no address of a web server, or shows at first sight that it is not a public one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("That is no address of a web server.") from None
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise Refused("Give the whole address of a web server, beginning with https://.")
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave name and password out of the address: requests are signed.")
    if not allow_private and _is_literal(parts.hostname):
        _require_public([parts.hostname.strip("[]")])


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _require_public(addresses: Iterable[str]) -> None:
    for address in addresses:
        found = ipaddress.ip_address(address)
        inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
        if not (found.is_global and inner.is_global) or found.is_multicast:
            raise Refused("The address leads into a private network.")


class PublicNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to public addresses only, or with `allow_private` to any."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        address = await self._address(host, port)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        raise Refused("Sockets of this machine are not asked.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _address(self, host: str, port: int) -> str:
        """The first address of the host, once all of them were looked at."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allow_private:
            _require_public(address.partition("%")[0] for address in addresses)
        return addresses[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the beginning of what was said, and after how many seconds to try again where that was said (Retry-After)."""

    status: int
    said: str
    retry_after_s: int | None


class Poster:
    """Posts to addresses that somebody else named."""

    def __init__(self, allow_private: bool) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            network_backend=PublicNetwork(allow_private), max_connections=32, max_keepalive_connections=8, keepalive_expiry=10
        )
        self.allow_private = allow_private

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """The status and the beginning of the answer. Raises `Refused`, `OSError`, `TimeoutError` or the client's errors."""
        answer = await self.answer(url, headers, body)
        return answer.status, answer.said

    async def answer(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer; raises the same."""
        check_url(url, self.allow_private)
        timeouts = {"connect": CONNECT_S, "read": ANSWER_S, "write": ANSWER_S, "pool": ANSWER_S}
        async with asyncio.timeout(CONNECT_S + ANSWER_S):
            async with self._pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
            ) as answer:
                return Answer(answer.status, await _beginning(answer), _retry_after(answer))

    async def close(self) -> None:
        await self._pool.aclose()


def _retry_after(answer: httpcore2.Response) -> int | None:
    """Seconds; a date in its place is passed over, for whoever pauses has pauses of its own."""
    found = next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"").strip()
    return int(found) if found.isdigit() and len(found) < 8 else None


async def _beginning(answer: httpcore2.Response) -> str:
    read = b""
    async for piece in answer.aiter_stream():
        read += piece
        if len(read) >= READ_BYTES:
            break
    return read[:READ_BYTES].decode("utf-8", "replace")
