"""uvicorn's HTTP protocol (httptools), opened up so that finished answers go straight to the transport, and with an end to
waiting for clients that do not finish what they began (`server.api.patience`).

Start the server with `--http server.api.wire:Protocol`. An application that has `at_once(scope, body)` is asked first, when
a small request has come in whole: what it gives is written in one piece, without a task of its own. One that has a `doorway`
lets websockets in by it (`server.api.doorway`). All else, and everything under any other server, goes the usual way: through
the application, and then through `deliver`. uvicorn looks at each header of each answer again and writes head and body apart,
which takes longer than finding the answer.
"""

import asyncio
import socket
import sys
from asyncio import BaseTransport
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.types import Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from server.api import patience
from server.api.doorway import Doorway
from server.api.replies import Reply

AtOnce = Callable[[Scope, bytes], Reply | None]
SMALL_BYTES = 16 * 1024
"""A request with a longer body is not waited for: the application decides whether to read it."""

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Protocol(HttpToolsProtocol):
    """Holds a small request back until its body is there, and answers it at once if that can be done. A request that comes too
    slowly is answered 408, one with a head or a body without end 431 or 413, and the connection is closed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at_once: AtOnce | None = getattr(self.app, "at_once", None)
        self._doorway: Doorway | None = getattr(self.app, "doorway", None)
        self._held: RequestResponseCycle | None = None
        self._is_unfinished = False
        self._is_upgraded = False
        self._is_last = False
        self._lingering: asyncio.TimerHandle | None = None
        self._patience = patience.Patience(self.loop, self._too_slow, self._is_not_reading)

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        connected = transport.get_extra_info("socket")
        if sys.platform == "linux" and connected is not None and connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience.STUCK_MS)
        self._patience.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.end()
        if self._lingering is not None:
            self._lingering.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._lingering is not None:
            return
        super().data_received(data)
        if self._is_upgraded:
            return
        if self._is_unfinished or self._is_idle():
            self._patience.wait(len(data))
            self._bound()
        else:
            self._patience.rest()

    def handle_websocket_upgrade(self) -> None:
        self._is_upgraded = True
        self._patience.end()
        if self._doorway is None:
            self._upgrade()
        else:
            self.transport.pause_reading()
            if not self._doorway.enter(self._let_in):
                self._refuse(503)

    def _let_in(self) -> None:
        if not self.transport.is_closing():
            self._upgrade()
            self.transport.resume_reading()

    def _upgrade(self) -> None:
        super().handle_websocket_upgrade()
        # The parser knows us: neither would go before the collector of garbage comes by.
        self.parser = None  # type: ignore[assignment]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_unfinished = True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle is self.cycle and app is self.app and cycle.more_body and self._at_once is not None and _is_small(cycle):
            self._held = cycle
            return
        if cycle.more_body and not cycle.keep_alive:
            # uvicorn would close as soon as it has answered, the rest of the body unread.
            self._is_last = cycle.keep_alive = True
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_unfinished = False
        cycle, self._held = self._held, None
        if cycle is not None and not self._is_answered(cycle):
            super()._start_asgi_task(cycle, self.app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_last and not self.transport.is_closing():
            self._end()

    def _is_answered(self, cycle: RequestResponseCycle) -> bool:
        if self._at_once is None or not _is_usual(cycle):
            return False
        reply = self._at_once(cycle.scope, bytes(cycle.body))  # type: ignore[arg-type]
        if reply is None:
            return False
        _finish(cycle, reply)
        return True

    def _is_idle(self) -> bool:
        """Whether something came that begins no request (an empty line, say), and nothing else ends this connection."""
        return self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete)

    def _is_not_reading(self) -> bool:
        return self.flow.read_paused

    def _bound(self) -> None:
        received = self._patience.received
        is_head = self._is_unfinished and (self.cycle is None or self.cycle.scope is not self.scope)
        if is_head and received > patience.HEAD_BYTES:
            self._refuse(431)
        elif received > patience.REQUEST_BYTES:
            self._refuse(413)

    def _too_slow(self) -> None:
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Ends the connection, with an answer where nothing else is being answered."""
        if self.transport.is_closing():
            return
        is_done = self.cycle is None or self.cycle.response_complete
        if not is_done and self._held is None:
            self.transport.abort()
            return
        if not is_done or self.cycle is None or self.cycle.scope is not self.scope:
            self.transport.write(STATUS_LINES[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        self._end()

    def _end(self) -> None:
        """Closes, once who is still sending has had time to read their answer."""
        self._patience.end()
        if not self._is_unfinished or not self.transport.can_write_eof():
            self.transport.close()
            return
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write_eof()
        self._lingering = self.loop.call_later(patience.LINGER_S, self.transport.close)


async def deliver(reply: Reply, send: Send) -> None:
    """Send the whole answer."""
    cycle = getattr(send, "__self__", None)
    if type(cycle) is RequestResponseCycle and _is_usual(cycle):
        _finish(cycle, reply)
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body})


def _is_small(cycle: RequestResponseCycle) -> bool:
    """Whether the whole request may be waited for: who wants a `100 Continue` first, or says no length, is not."""
    if cycle.scope["method"] != "POST" or cycle.waiting_for_100_continue:
        return False
    for name, value in cycle.scope["headers"]:
        if name == b"content-length":
            return len(value) < 8 and int(value) <= SMALL_BYTES
    return False


def _is_usual(cycle: RequestResponseCycle) -> bool:
    """Whether nothing but writing is left to do: the connection stays, its reader reads, nobody logs."""
    return (
        cycle.keep_alive
        and not cycle.response_started
        and not cycle.disconnected
        and not cycle.flow.write_paused
        and not cycle.access_log
        and cycle.scope["method"] != "HEAD"
    )


def _finish(cycle: RequestResponseCycle, reply: Reply) -> None:
    """What `RequestResponseCycle.send` does with the two messages of such an answer."""
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    status = STATUS_LINES[reply.status]
    cycle.transport.write(b"".join((status, _defaults.spelled(cycle.default_headers), reply.head, reply.body)))
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()


class _Defaults:
    """The headers that uvicorn adds, such as Date: a new list of them each second, spelled once."""

    __slots__ = ("_pairs", "_spelled")

    def __init__(self) -> None:
        self._pairs: Any = None
        self._spelled = b""

    def spelled(self, pairs: list[tuple[bytes, bytes]]) -> bytes:
        if pairs is not self._pairs:
            self._pairs, self._spelled = pairs, b"".join(b"%b: %b\r\n" % pair for pair in pairs)
        return self._spelled


_defaults = _Defaults()
