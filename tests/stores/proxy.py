"""A proxy before a MongoDB that can lose acknowledgements: it passes an insert on and drops the connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pymongo.uri_parser import parse_uri

INSERT = b"\x02insert\x00"


class LossyProxy:
    """Passes requests and answers on; while `lose` is set, an insert gets no answer but a closed connection."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.lose = asyncio.Event()
        self.connections: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side closes it."""
        upstream, downstream = await asyncio.open_connection(self.host, self.port)
        doomed = asyncio.Event()
        ways = [self.pass_requests(reader, downstream, doomed), self.pass_answers(upstream, writer, doomed)]
        tasks = [asyncio.create_task(way) for way in ways]
        self.connections.update(tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for side in (writer, downstream):
            side.close()
            with suppress(OSError):
                await side.wait_closed()

    async def pass_requests(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        """Pass requests on; from an insert on that is to be lost, the connection is doomed."""
        with suppress(OSError):
            while data := await source.read(65536):
                if self.lose.is_set() and INSERT in data:
                    doomed.set()
                sink.write(data)
                await sink.drain()

    async def pass_answers(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        """Pass answers back, up to the one that is lost."""
        with suppress(OSError):
            while (data := await source.read(65536)) and not doomed.is_set():
                sink.write(data)
                await sink.drain()

    async def stop(self) -> None:
        """Close every connection."""
        for task in self.connections:
            task.cancel()
        await asyncio.sleep(0.1)


@asynccontextmanager
async def lossy_proxy(url: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """Yield the proxy's URL, and an event that makes it lose the answers to inserts while it is set."""
    proxy = LossyProxy(*parse_uri(url)["nodelist"][0])
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        yield f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/", proxy.lose
        await proxy.stop()
