"""A TCP proxy that can go dead in several ways: before a store, or before the server itself."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.faults.conftest import chance_of

PIECE = 65_536


@dataclass
class Asked:
    """Whether the request that waits for its answer is one whose answers may be lost."""

    has_it: bool = False


@dataclass
class Link:
    """What lies between two ends. `flows` is cleared while nothing gets through, though every connection stays open;
    `is_cut` closes what is open and refuses what comes. `losing` is the chance that an answer is dropped, its connection with it:
    any answer, or that to a request with the bytes `losing_of` in it.
    """

    target: tuple[str, int]
    chance: random.Random
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    is_cut: bool = False
    losing: float = 0.0
    losing_of: bytes = b""
    lost: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until either side closes it."""
        if self.is_cut:
            writer.close()
            return
        try:
            upstream, downstream = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        both = (writer, downstream)
        self.writers.update(both)
        asked = Asked()
        ways = [
            asyncio.create_task(self._ask(reader, downstream, asked)),
            asyncio.create_task(self._answer(upstream, writer, asked)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self.writers.difference_update(both)
            for side in both:
                side.close()

    async def _ask(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, asked: "Asked") -> None:
        with suppress(OSError):
            while data := await source.read(PIECE):
                await self.flows.wait()
                asked.has_it = asked.has_it or self.losing_of in data
                sink.write(data)
                await sink.drain()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, asked: "Asked") -> None:
        with suppress(OSError):
            while data := await source.read(PIECE):
                await self.flows.wait()
                if asked.has_it and self.losing and self.chance.random() < self.losing:
                    self.lost += 1
                    return
                asked.has_it = False
                sink.write(data)
                await sink.drain()

    def cut(self) -> None:
        """Closes everything, and takes nothing more until it is mended."""
        self.is_cut = True
        for writer in list(self.writers):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False
        self.flows.set()


@asynccontextmanager
async def linked(target: tuple[str, int], seed: int) -> AsyncGenerator[tuple[Link, int], None]:
    """A link, and the port of 127.0.0.1 at which it begins."""
    link = Link(target, chance_of(seed))
    link.mend()
    server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
    async with server:
        try:
            yield link, server.sockets[0].getsockname()[1]
        finally:
            link.cut()
            await asyncio.sleep(0.1)
