"""Where a connection's messages go: straight to uvicorn's transport, or through ASGI's `send` under any other server."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol as Interface

from starlette.types import Scope, Send

from server.live.frames import header
from server.live.wire import WIRE, Protocol


class Outlet(Interface):
    """Takes messages without waiting. Finished frames go out by `send_now` (see `Protocol`) and, whatever it left, by `push`;
    `send_now` is None where only ASGI is there, and then `push` may not be called. `buffered` is how many bytes wait.
    """

    send_now: Callable[[bytes], int] | None
    buffered: Callable[[], int]

    def push(self, frames: bytes) -> bool:
        """Send finished frames, after whatever waits; False when nobody is there."""
        ...

    def post(self, message: bytes) -> None:
        """Send one text message."""
        ...

    async def ready(self) -> None:
        """Wait until the reader has taken enough of what was sent."""
        ...

    def close(self, code: int, reason: str, linger: float) -> None:
        """Close with a code; cut the connection `linger` seconds later, whatever the other side does."""
        ...

    async def finish(self) -> None:
        """Wait until what was sent before a close has gone out, or was cut."""
        ...


def outlet_of(scope: Scope, send: Send, high_water: int) -> Outlet:
    """The fastest outlet this server offers."""
    wire = (scope.get("extensions") or {}).get(WIRE)
    return WireOutlet(wire) if isinstance(wire, Protocol) else AsgiOutlet(send, high_water)


class WireOutlet:
    """Writes frames to uvicorn's transport."""

    __slots__ = ("_wire", "buffered", "send_now")

    def __init__(self, wire: Protocol) -> None:
        self._wire = wire
        self.send_now: Callable[[bytes], int] | None = wire.send_now
        self.buffered: Callable[[], int] = wire.transport.get_write_buffer_size

    def push(self, frames: bytes) -> bool:
        try:
            self._wire.transport.write(frames)
        except RuntimeError:  # uvloop's word for a transport that is gone; its reader will clean up
            return False
        return True

    def post(self, message: bytes) -> None:
        if not self._wire.close_sent and not self._wire.transport.is_closing():
            self._wire.transport.write(header(len(message)) + message)

    async def ready(self) -> None:
        await self._wire.writable.wait()

    def close(self, code: int, reason: str, linger: float) -> None:
        self._wire.close_now(code, reason, linger)

    async def finish(self) -> None:
        return


class AsgiOutlet:
    """A queue that a task empties through ASGI's `send`; the task lives only while there is something to send."""

    __slots__ = ("_closing", "_high", "_pump", "_queue", "_reader", "_room", "_send", "_size", "buffered", "send_now")

    def __init__(self, send: Send, high_water: int) -> None:
        self.send_now: Callable[[bytes], int] | None = None
        self.buffered: Callable[[], int] = self._buffered
        self._send = send
        self._high = high_water
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._room = asyncio.Event()
        self._room.set()
        self._closing: tuple[int, str] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._reader = asyncio.current_task()

    def push(self, frames: bytes) -> bool:
        raise RuntimeError("plain ASGI takes messages, not frames: use `post`")

    def post(self, message: bytes) -> None:
        if self._closing is None:
            self._queue.append(message)
            self._resize(len(message))
            self._start()

    async def ready(self) -> None:
        await self._room.wait()

    def close(self, code: int, reason: str, linger: float) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self._start()
            asyncio.get_running_loop().call_later(linger, self._cut)

    async def finish(self) -> None:
        if self._pump is not None:
            await asyncio.wait([self._pump])

    def _buffered(self) -> int:
        return self._size

    def _resize(self, by: int) -> None:
        self._size += by
        if self._size > self._high:
            self._room.clear()
        else:
            self._room.set()

    def _start(self) -> None:
        if self._pump is None:
            self._pump = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        try:
            while self._queue:
                message = self._queue.popleft()
                await self._send({"type": "websocket.send", "text": message.decode()})
                self._resize(-len(message))
            if self._closing is not None:
                code, reason = self._closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception:  # what a server raises for a client that has gone is its own choice
            self._closing = self._closing or (1006, "")
            self._queue.clear()
            self._resize(-self._size)
        finally:
            self._pump = None

    def _cut(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
        if self._reader is not None:
            self._reader.cancel()
