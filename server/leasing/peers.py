"""How workers of one machine ask each other: a question and its answer over a connection to the loopback address.

Each worker makes up a secret when it begins, and tells it in its row in the vault (`LiveWorker`): who can read the vault may
ask. Nothing is ever executed that comes over the line, and nothing of it is written down.
"""

import asyncio
import hmac
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
import structlog

from server.vault.leases import LiveWorker

log = structlog.get_logger()
HOST = "127.0.0.1"
PATIENCE_S = 2.0
"""How long an answer is waited for, if nothing else is said; a question must arrive within that time too."""

MOST_ASKED = 256 * 1024
MOST_ANSWERED = 64 * 1024 * 1024
MOST_AT_ONCE = 256
_SIZE = struct.Struct("!I")

Answering = Callable[[bytes], Awaitable[bytes]]


class NobodyAnswers(Exception):
    """The worker asked is gone, busy, of another machine, or can't answer: do without it."""


class Question(msgspec.Struct, array_like=True):
    """`name` says what is asked, `body` is for whoever answers it."""

    secret: str
    name: str
    body: bytes


class Answer(msgspec.Struct, array_like=True):
    """`fault` names what went wrong, "" where nothing did."""

    body: bytes
    fault: str = ""


class Peers:
    """Answers the other workers of this machine, and asks them."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._answering: dict[str, Answering] = {}
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def answer(self, name: str, how: Answering) -> None:
        """Answer questions of this name."""
        self._answering[name] = how

    async def open(self) -> int:
        """Listen; the port. Again does nothing. Raises `OSError`."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, 0, limit=MOST_ASKED)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()

    @staticmethod
    async def ask(worker: LiveWorker, name: str, body: bytes, patience_s: float = PATIENCE_S) -> bytes:
        """What a worker of this machine answers. Raises `NobodyAnswers`."""
        question = msgspec.msgpack.encode(Question(worker.secret, name, body))
        try:
            async with asyncio.timeout(patience_s):
                answer = msgspec.msgpack.decode(await _asked(worker.port, question), type=Answer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, msgspec.MsgspecError, ValueError) as error:
            raise NobodyAnswers(type(error).__name__) from error
        if answer.fault:
            raise NobodyAnswers(answer.fault)
        return answer.body

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if len(self._open) <= MOST_AT_ONCE:
                await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, msgspec.MsgspecError, ValueError):
            # A stranger on this machine, or a worker that gave up waiting.
            pass
        finally:
            self._open.discard(writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(PATIENCE_S):
            question = msgspec.msgpack.decode(await _read(reader, MOST_ASKED), type=Question)
        if not hmac.compare_digest(question.secret.encode(), self._secret):
            return
        _write(writer, msgspec.msgpack.encode(await self._answered(question)))
        async with asyncio.timeout(PATIENCE_S):
            await writer.drain()

    async def _answered(self, question: Question) -> Answer:
        how = self._answering.get(question.name)
        if how is None:
            return Answer(b"", "nothing of this name is answered here")
        try:
            return Answer(await how(question.body))
        except Exception as error:
            log.warning("another worker could not be answered", question=question.name, error=type(error).__name__)
            return Answer(b"", type(error).__name__)


async def _asked(port: int, question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        _write(writer, question)
        return await _read(reader, MOST_ANSWERED)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, most: int) -> bytes:
    (size,) = _SIZE.unpack(await reader.readexactly(_SIZE.size))
    if size > most:
        raise ValueError(f"{size} bytes are more than {most}")
    return await reader.readexactly(size)


def _write(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_SIZE.pack(len(body)) + body)
