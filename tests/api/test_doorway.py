"""Websockets are let in a few at a time, each once, in the order in which they came; others are answered meanwhile."""

import asyncio
import time
from typing import Any

import pytest
import uvicorn

from server.api import doorway as module
from server.api.doorway import Doorway
from tests.patience import PATIENCE_S
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def until_empty(doorway: Doorway) -> int:
    """How many turns of the loop it took."""
    turns = 0
    while len(doorway):
        await asyncio.sleep(0)
        turns += 1
    return turns


async def test_they_come_in_as_they_came_and_leave_the_loop_to_others() -> None:
    doorway, entered = Doorway(seconds=0.0), list[int]()
    for number in range(50):
        assert doorway.enter(lambda number=number: entered.append(number))  # type: ignore[misc]
    assert entered == []
    assert await until_empty(doorway) >= 50, "they came in within a turn of the loop"
    assert entered == list(range(50))


async def test_as_many_come_in_as_there_is_time_for() -> None:
    doorway, entered = Doorway(seconds=60.0), list[int]()
    for number in range(50):
        doorway.enter(lambda number=number: entered.append(number))  # type: ignore[misc]
    assert await until_empty(doorway) <= 3
    assert entered == list(range(50))


async def test_one_that_fails_keeps_nobody_out() -> None:
    doorway, entered, faults = Doorway(seconds=0.0), list[int](), list[Any]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context["exception"]))

    def fail() -> None:
        raise ValueError("a broken handshake")

    doorway.enter(lambda: entered.append(1))
    doorway.enter(fail)
    doorway.enter(lambda: entered.append(2))
    await until_empty(doorway)
    assert entered == [1, 2]
    assert [type(fault) for fault in faults] == [ValueError]


async def test_one_who_comes_while_others_come_in_waits_behind_them() -> None:
    doorway, entered = Doorway(seconds=0.0), list[str]()
    doorway.enter(lambda: (entered.append("first"), doorway.enter(lambda: entered.append("last")))[0])
    doorway.enter(lambda: entered.append("second"))
    await until_empty(doorway)
    assert entered == ["first", "second", "last"]


async def test_beyond_its_room_nobody_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AT_DOOR", 2)
    doorway, entered = Doorway(), list[int]()
    answers = [doorway.enter(lambda number=number: entered.append(number)) for number in range(3)]  # type: ignore[misc]
    assert answers == [True, True, False]
    await until_empty(doorway)
    assert entered == [0, 1]


class App:
    """Accepts each websocket and closes it when told to."""

    def __init__(self) -> None:
        self.doorway = Doorway(seconds=0.0)
        self.accepted = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        self.accepted += 1
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass


@pytest.fixture
async def served() -> Any:
    app, port = App(), free_port()
    config = uvicorn.Config(
        app,
        port=port,
        http="server.api.wire:Protocol",
        ws="server.live.wire:Protocol",
        lifespan="off",
        log_level="error",
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.005)
    yield app, port
    server.should_exit = True
    await serving


async def test_all_of_many_are_let_in(served: tuple[App, int]) -> None:
    app, port = served
    lines = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(100)))
    for _, writer in lines:
        writer.write(UPGRADE)
    while not len(app.doorway):  # noqa: ASYNC110  a doorway has no event
        await asyncio.sleep(0)
    heads = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _ in lines))
    assert all(head.startswith(b"HTTP/1.1 101") for head in heads)
    assert app.accepted == 100
    assert len(app.doorway) == 0
    for _, writer in lines:
        writer.close()


async def test_who_is_gone_when_it_is_their_turn_holds_nobody_up(served: tuple[App, int]) -> None:
    app, port = served
    lines = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(20)))
    for _, writer in lines:
        writer.write(UPGRADE)
    for _, writer in lines[:19]:
        writer.transport.abort()
    assert (await lines[19][0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    lines[19][1].close()
    assert len(app.doorway) == 0


async def test_without_room_they_are_told_to_come_again(served: tuple[App, int], monkeypatch: pytest.MonkeyPatch) -> None:
    app, port = served
    monkeypatch.setattr(module, "MOST_AT_DOOR", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(UPGRADE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 503")
    assert await reader.read() == b"", "the connection is closed"
    assert app.accepted == 0
    writer.close()


async def test_what_is_sent_while_one_waits_is_read_afterwards(served: tuple[App, int]) -> None:
    app, port = served
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(20):
        app.doorway.enter(lambda: time.sleep(0.005))
    writer.write(UPGRADE)
    await asyncio.sleep(0.01)
    assert len(app.doorway) > 1, "it does not wait"
    writer.write(b"\x89\x80\0\0\0\0")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    async with asyncio.timeout(PATIENCE_S):
        assert await reader.readexactly(2) == b"\x8a\x00", "a ping is answered by a pong"
    writer.close()
