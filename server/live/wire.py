"""uvicorn's WebSocket protocol, opened up so that finished frames go straight to the transport.

Start the server with `--ws server.live.wire:Protocol`. The protocol puts itself into `scope["extensions"][WIRE]`;
under any other server the key is missing and ASGI's `send` is used instead.
"""

import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from server.live.codes import CloseCode

WIRE = "hothouse.wire"
MESSAGE_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 32 * 1024
PONG_BYTES = 64 * 1024
MOST_FRAGMENTS = 1_024
"""Frames of one message: those without a byte count for nothing against its size, and would be kept without end."""


class Pipe(socket.SocketType):
    """`send` straight to a transport's descriptor: a third cheaper than `transport.write`, and it lets other threads run.

    The descriptor stays the transport's. While it is detached, `send` raises `OSError` and sends nothing.
    """

    __slots__ = ()

    def __del__(self) -> None:
        """Nothing: a socket would close the descriptor, which is not ours and may be another connection's by now."""


def _gone(frame: bytes) -> int:
    raise BrokenPipeError


class Protocol(WebSocketsSansIOProtocol):
    """Small messages only, no compression, a capped send buffer in the kernel, and a way to close without waiting.

    `send_now` sends a finished frame and returns how many of its bytes the kernel took; it raises `OSError`, and sends
    nothing, while anything waits in the transport, and for good as soon as the connection is going.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.max_message_size = MESSAGE_BYTES
        self.conn.available_extensions = []
        self.send_now: Callable[[bytes], int] = self._send_by_transport
        self._pipe: Pipe | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is None:
            return
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if transport.get_extra_info("sslcontext") is None:
            # With a high-water mark of 0 the transport says when anything waits in it, and when nothing does any more.
            self.transport.set_write_buffer_limits(high=0)
            self._pipe = Pipe(connected.family, connected.type, connected.proto, connected.fileno())
            self.send_now = self._pipe.send

    def pause_writing(self) -> None:
        self._detach()
        super().pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        connected = self.transport.get_extra_info("socket")
        if self._pipe is not None and not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self._pipe.__init__(connected.family, connected.type, connected.proto, connected.fileno())  # type: ignore[misc]

    def connection_lost(self, exc: Exception | None) -> None:
        # The transport closes the descriptor after this, and the next connection may get its number.
        self._detach()
        self._pipe = None
        self.send_now = _gone
        super().connection_lost(exc)
        # What knows itself would not go before the collector of garbage comes by, which for thousands who went took 0.7 s.
        self.conn.parser.close()
        if hasattr(self, "scope"):
            cast(dict[str, object], self.scope["extensions"]).pop(WIRE, None)

    def shutdown(self) -> None:
        self._detach()
        super().shutdown()

    def handle_close(self, event: Frame) -> None:
        self._detach()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self._detach()
        super().handle_parser_exception()

    def _detach(self) -> None:
        if self._pipe is not None:
            self._pipe.detach()

    def _send_by_transport(self, frame: bytes) -> int:
        """For TLS: the transport encrypts."""
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            raise BlockingIOError
        self.transport.write(frame)
        return len(frame)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast(dict[str, object], self.scope["extensions"])[WIRE] = self

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self.frames.clear()
            self.close_now(CloseCode.TOO_BIG, "A message may have so many frames only", 1.0)

    def handle_ping(self) -> None:
        # One that pings and never reads would grow our buffer with pongs.
        if self.transport.get_write_buffer_size() > PONG_BYTES:
            self.transport.abort()
            return
        super().handle_ping()

    def keepalive_timeout(self) -> None:
        # uvicorn would say 1011, after which graphql-ws clients do not come back.
        self.pong_timer = None
        self.close_now(CloseCode.TOO_SLOW, "No answer to a ping: connect again and resume", 0.0)

    def close_now(self, code: int, reason: str, linger: float) -> None:
        """Send a close frame without waiting for room, and cut the connection after `linger` seconds."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self._detach()
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(linger, self.transport.abort)
