"""uvicorn's WebSocket protocol, opened up so that finished frames go straight to the transport.

Start the server with `--ws server.live.wire:Protocol`. The protocol puts itself into `scope["extensions"][WIRE]`;
under any other server the key is missing and ASGI's `send` is used instead.
"""

import socket
from asyncio.transports import BaseTransport
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from server.live.codes import CloseCode

WIRE = "hothouse.wire"
MESSAGE_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 32 * 1024
PONG_BYTES = 64 * 1024


class Protocol(WebSocketsSansIOProtocol):
    """Small messages only, no compression, a capped send buffer in the kernel, and a way to close without waiting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.max_message_size = MESSAGE_BYTES
        self.conn.available_extensions = []

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast(dict[str, object], self.scope["extensions"])[WIRE] = self

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
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(linger, self.transport.abort)
