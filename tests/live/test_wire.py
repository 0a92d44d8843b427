"""Frames sent beside the transport: in order, whole, and never to another connection. On real sockets, under both loops."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest
import uvicorn
import uvloop
from uvicorn.server import ServerState

from server.live.wire import Protocol

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    def run(scenario: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(scenario, 20))

    return run


async def accepting(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


class Server:
    """A listening socket whose connections speak our protocol."""

    def __init__(self) -> None:
        self.made: list[Protocol] = []
        self.config = uvicorn.Config(accepting, ws="none", log_level="warning", lifespan="off")
        self.config.load()
        self.state = ServerState()

    def protocol(self) -> Protocol:
        self.made.append(Protocol(self.config, self.state, {}))
        return self.made[-1]

    async def client(self, port: int) -> socket.socket:
        """A connected socket that has shaken hands."""
        loop, made = asyncio.get_running_loop(), socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        await loop.sock_connect(made, ("127.0.0.1", port))
        await loop.sock_sendall(made, HANDSHAKE)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += await loop.sock_recv(made, 4096)
        assert b" 101 " in answer
        return made


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[Server, int]]:
    server = Server()
    listening = await asyncio.get_running_loop().create_server(server.protocol, "127.0.0.1", 0)
    try:
        yield server, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for protocol in server.made:
            protocol.transport.abort()
        await asyncio.sleep(0.01)


def deliver(protocol: Protocol, frame: bytes) -> bool:
    """As the fan-out does it; whether it went straight out."""
    try:
        sent = protocol.send_now(frame)
    except OSError:
        sent = 0
    if sent < len(frame):
        protocol.transport.write(frame[sent:])
    return sent == len(frame)


def drained(client: socket.socket) -> bytes:
    """All that the kernel has for a client, read without giving the server a turn."""
    received = b""
    with suppress(BlockingIOError):
        while True:
            received += client.recv(65536)
    return received


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - a transport's buffer tells nobody that it is empty
        await asyncio.sleep(0.005)


@contextmanager
def in_use(number: int) -> Generator[None]:
    """Another connection that has this descriptor."""
    pair = socket.socketpair()
    is_taken = number in {one.fileno() for one in pair}
    try:
        if not is_taken:
            os.dup2(pair[0].fileno(), number)
        yield
    finally:
        if not is_taken:
            os.close(number)
        for one in pair:
            one.close()


def test_a_slow_reader_gets_every_byte_in_order_whichever_way_it_was_sent(play: Any) -> None:
    async def scenario() -> None:
        async with serving() as (server, port):
            client = await server.client(port)
            protocol = server.made[0]
            frames = [bytes((number % 251,)) * 3000 for number in range(400)]
            direct = [deliver(protocol, frame) for frame in frames]
            assert direct[0]
            assert not direct[-1], "the reader was to lag"
            received, loop = drained(client), asyncio.get_running_loop()
            with pytest.raises(OSError):
                protocol.send_now(b"ahead of what waits, though the kernel has room again")
            while len(received) < 3000 * 400:
                received += await loop.sock_recv(client, 65536)
            assert received == b"".join(frames)
            await until(lambda: protocol.transport.get_write_buffer_size() == 0)
            assert deliver(protocol, b"direct again"), "a reader that has caught up is sent to directly again"
            assert await loop.sock_recv(client, 4096) == b"direct again"
            client.close()

    play(scenario())


@pytest.mark.parametrize("ending", ["abort", "hang up", "close frame", "our close"])
def test_a_connection_that_is_over_takes_nothing_though_its_descriptor_is_in_use_again(play: Any, ending: str) -> None:
    async def scenario() -> None:
        async with serving() as (server, port):
            client = await server.client(port)
            gone = server.made[0]
            kept: Callable[[bytes], int] | None = gone.send_now
            number = gone.transport.get_extra_info("socket").fileno()
            match ending:
                case "abort":
                    gone.transport.abort()
                case "hang up":
                    client.close()
                case "close frame":
                    await asyncio.get_running_loop().sock_sendall(client, CLOSE)
                case "our close":
                    gone.close_now(4290, "", 0.0)
            await until(lambda: not server.state.connections)
            del gone
            await asyncio.sleep(0.01)
            with pytest.raises(OSError):
                os.fstat(number)
            with in_use(number):
                assert kept is not None
                with pytest.raises(OSError):
                    kept(b"somebody else's")
                kept = None
                server.made.clear()
                gc.collect()
                os.fstat(number)  # forgetting the connection closes nothing
            client.close()

    play(scenario())


def test_what_is_paused_when_it_ends_stays_detached(play: Any) -> None:
    async def scenario() -> None:
        async with serving() as (server, port):
            client = await server.client(port)
            protocol = server.made[0]
            while deliver(protocol, b"x" * 30_000):
                pass
            protocol.close_now(4290, "", 5.0)
            loop = asyncio.get_running_loop()
            while protocol.transport.get_write_buffer_size():
                await loop.sock_recv(client, 65536)
            with pytest.raises(OSError):
                protocol.send_now(b"after the close frame")
            client.close()

    play(scenario())
