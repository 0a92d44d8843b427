"""Clients that do not finish what they began are not waited for, and nothing of theirs grows without end."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import uvicorn
import websockets
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from server.api import patience
from server.live.wire import MOST_FRAGMENTS
from tests.patience import PATIENCE_S
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
WAIT_S = 0.3
BIG_BYTES = 8 * 1024 * 1024
HEAD = b"POST /echo HTTP/1.1\r\nHost: here\r\n"


async def toy(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how much it was sent; takes its time on /slow, says much on /big, and does not want to know on /no. Websockets are told
    what they said.
    """
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await receive()
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    if scope["path"] == "/no":
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(4 * WAIT_S)
    size, message = 0, await receive()
    while message["type"] == "http.request":
        size += len(message["body"])
        if not message["more_body"]:
            break
        message = await receive()
    said = bytes(BIG_BYTES) if scope["path"] == "/big" else b"%d" % size
    head = [(b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": said})


class Toy:
    """It, as an application that is asked first where a small request is there in whole."""

    def at_once(self, scope: Scope, body: bytes) -> None:
        """Never answers at once."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await toy(scope, receive, send)


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[uvicorn.Server, None]:
    monkeypatch.setattr(patience, "WAIT_S", WAIT_S)
    monkeypatch.setattr(patience, "STUCK_MS", 1_000)
    monkeypatch.setattr(patience, "REQUEST_BYTES", 1_000_000)
    server = uvicorn.Server(
        uvicorn.Config(
            Toy(), port=free_port(), http="server.api.wire:Protocol", ws="server.live.wire:Protocol", lifespan="off",
            log_level="error", ws_per_message_deflate=False, proxy_headers=False, timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def line(web: uvicorn.Server) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.config.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def told(web: uvicorn.Server, *pieces: bytes, pause_s: float = WAIT_S / 6) -> bytes:
    """What the server says until it closes, while these pieces are sent, the last one again and again."""
    async with line(web) as (reader, writer):
        telling = asyncio.create_task(_tell(writer, pieces, pause_s))
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(writer: asyncio.StreamWriter, pieces: tuple[bytes, ...], pause_s: float) -> None:
    for piece in pieces:
        writer.write(piece)
    while True:
        await asyncio.sleep(pause_s)
        writer.write(pieces[-1])
        await writer.drain()


@given(st.floats(0, 1e9), st.integers(0, 10**9), st.integers(0, 10**6))
def test_who_sent_more_is_waited_for_longer(began: float, received: int, more: int) -> None:
    assert began + patience.WAIT_S <= patience.until(began, received) <= patience.until(began, received + more)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"",), id="nothing"),
        pytest.param((b"\r\n",), id="empty lines"),
        pytest.param((b"POST /echo HTTP/1.1\r\nHost: here\r\nX: ", b"x"), id="a head by bytes"),
        pytest.param((HEAD + b"Content-Length: 5000\r\n\r\n", b"x"), id="a small body by bytes"),
    ],
)
async def test_who_takes_too_long_is_told_so_and_cut_off(web: uvicorn.Server, pieces: tuple[bytes, ...]) -> None:
    assert (await told(web, *pieces)).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("head", [b"Content-Length: 900000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1\r\n"])
async def test_a_body_that_is_being_read_is_not_waited_for_either(web: uvicorn.Server, head: bytes) -> None:
    assert await told(web, HEAD + head, b"1\r\n") == b""
    assert not web.server_state.tasks


async def test_a_second_request_that_is_not_finished_is_not_waited_for(web: uvicorn.Server) -> None:
    said = await told(web, HEAD + b"Content-Length: 1\r\n\r\nx", b"GET", b" ")
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in said


async def test_a_body_may_come_slowly_if_it_comes(web: uvicorn.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LEAST_BYTES_PER_S", 100)
    async with line(web) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(WAIT_S / 2)
            writer.write(bytes(100))
        async with asyncio.timeout(PATIENCE_S):
            assert (await reader.readuntil(b"\r\n\r\n1000")).startswith(b"HTTP/1.1 200 ")


async def test_the_time_that_an_answer_takes_is_not_the_clients(web: uvicorn.Server) -> None:
    """Nor that of a second request, which is not read meanwhile."""
    async with line(web) as (reader, writer):
        writer.write(
            b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\nPOST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc"
        )
        async with asyncio.timeout(PATIENCE_S):
            assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200 ")
            assert (await reader.readuntil(b"\r\n\r\n3")).startswith(b"HTTP/1.1 200 ")


async def test_a_head_without_end_is_refused(web: uvicorn.Server) -> None:
    assert (await told(web, HEAD, b"X: " + b"x" * 20_000 + b"\r\n", pause_s=0.001)).startswith(b"HTTP/1.1 431 ")
    assert (await told(web, HEAD + b"X: ", b"x" * 20_000, pause_s=0.001)).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("size", [100_000, 900_000, 20_000_000])
@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"])
async def test_who_is_refused_while_they_send_reads_why(web: uvicorn.Server, size: int, more: bytes) -> None:
    """Once, whether they send as much as is read at all, or more."""
    async with line(web) as (reader, writer), asyncio.timeout(PATIENCE_S):
        writer.write(b"POST /no HTTP/1.1\r\nHost: here\r\n%bContent-Length: %d\r\n\r\n" % (more, size))
        writer.write(bytes(size))
        await writer.drain()
        if not more and size < patience.REQUEST_BYTES:
            writer.write(HEAD + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        said = await reader.read()
    assert said.startswith(b"HTTP/1.1 413 ")
    assert said.count(b"HTTP/1.1 413 ") == 1


async def test_who_goes_on_sending_is_cut_off(web: uvicorn.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LINGER_S", WAIT_S)
    begun = b"POST /no HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n"
    async with line(web) as (_, writer), asyncio.timeout(PATIENCE_S):
        with pytest.raises(ConnectionError):
            await _tell(writer, (begun, b"x"), WAIT_S / 6)
    assert not web.server_state.connections


async def test_a_trailer_without_end_is_cut_off(web: uvicorn.Server) -> None:
    begun = HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    assert await told(web, begun, b"X: " + b"x" * 20_000 + b"\r\n", pause_s=0.001) == b""


async def test_who_reads_nothing_is_cut_off(web: uvicorn.Server) -> None:
    """The kernel gives up what it can't deliver, and the answer is not kept any longer."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.connect(("127.0.0.1", web.config.port))
        deaf.sendall(b"GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(PATIENCE_S):
            while not web.server_state.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            while web.server_state.connections or web.server_state.tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_a_websocket_may_be_silent_and_a_message_has_so_many_frames_at_most(web: uvicorn.Server) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{web.config.port}/", compression=None) as line:
        await asyncio.sleep(3 * WAIT_S)
        await line.send(["in", *[""] * (MOST_FRAGMENTS - 4), "pieces"])
        assert await line.recv() == "inpieces"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.send(["x", *[""] * 2 * MOST_FRAGMENTS])
            await line.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_others_are_answered_as_before(web: uvicorn.Server) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.config.port}") as client:
        for size in (0, 1, 100_000):
            assert (await client.post("/echo", content=bytes(size))).text == str(size)
            await asyncio.sleep(1.5 * WAIT_S)
