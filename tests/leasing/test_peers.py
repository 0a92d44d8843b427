"""Questions from worker to worker: answered to who shows the secret, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.leasing import peers as module
from server.leasing.peers import NobodyAnswers, Peers
from server.vault.leases import LiveWorker

pytestmark = pytest.mark.anyio


async def echo(body: bytes) -> bytes:
    return b"you said " + body


async def fail(body: bytes) -> bytes:
    raise ZeroDivisionError("a text that stays here")


@pytest.fixture
async def answering() -> AsyncIterator[LiveWorker]:
    peers = Peers("the secret")
    peers.answer("echo", echo)
    peers.answer("fail", fail)
    port = await peers.open()
    assert await peers.open() == port
    yield LiveWorker("w1", 1, "here", 0, 1, port, "the secret", 0)
    await peers.close()


async def test_what_is_asked_is_answered_many_at_once(answering: LiveWorker) -> None:
    asked = [Peers.ask(answering, "echo", b"%d" % number + bytes(number * 1_000)) for number in range(50)]
    assert await asyncio.gather(*asked) == [b"you said %d" % number + bytes(number * 1_000) for number in range(50)]


async def test_who_does_not_show_the_secret_hears_nothing(answering: LiveWorker) -> None:
    with pytest.raises(NobodyAnswers):
        await Peers.ask(replace(answering, secret="another"), "echo", b"")
    reader, writer = await asyncio.open_connection("127.0.0.1", answering.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert await reader.read() == b"", "a browser is not even answered"
    writer.close()


async def test_what_goes_wrong_is_told_by_its_kind_only(answering: LiveWorker) -> None:
    with pytest.raises(NobodyAnswers, match=r"^ZeroDivisionError$"):
        await Peers.ask(answering, "fail", b"")
    with pytest.raises(NobodyAnswers, match="nothing of this name"):
        await Peers.ask(answering, "else", b"")
    assert await Peers.ask(answering, "echo", b"still there") == b"you said still there"


async def test_a_worker_that_is_gone_or_hangs_is_not_waited_for(answering: LiveWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[asyncio.StreamWriter] = []
    hanging = await asyncio.start_server(lambda reader, writer: lines.append(writer), "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    with pytest.raises(NobodyAnswers, match="TimeoutError"):
        await Peers.ask(replace(answering, port=port), "echo", b"", patience_s=0.1)
    hanging.close()
    for line in lines:
        line.close()
        await line.wait_closed()
    with pytest.raises(NobodyAnswers, match="ConnectionRefusedError"):
        await Peers.ask(replace(answering, port=port), "echo", b"")


async def test_too_much_is_not_read(answering: LiveWorker) -> None:
    with pytest.raises(NobodyAnswers):
        await Peers.ask(answering, "echo", bytes(module.MOST_ASKED + 1))


async def test_who_begins_a_question_and_does_not_finish_is_hung_up_on(
    answering: LiveWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", answering.port)
    writer.write(b"\0\0")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
