"""`websockets.broadcast`: one text for everybody, so every client gets the same operation id. No GraphQL is executed.

python -m bench.peers.broadcast --port P --clients N --interval MS
"""

import asyncio

import orjson
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.typing import Subprotocol

from bench.peers.telling import arguments, event, keep_telling

ID = "00000000-0000-4000-8000-000000000000"


def text() -> str:
    """A `next` message as graphql-transport-ws has it."""
    whole = event()
    whole["ts"] = int(whole["ts"])
    return orjson.dumps({"id": ID, "type": "next", "payload": {"data": {"boardEvents": whole}}}).decode()


async def main() -> None:
    asked = arguments()
    everyone: set[ServerConnection] = set()

    async def follow(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"type":"connection_ack"}')
        await connection.recv()
        everyone.add(connection)
        try:
            await connection.wait_closed()
        finally:
            everyone.discard(connection)

    async with serve(
        follow,
        "127.0.0.1",
        asked.port,
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        backlog=4096,
    ):
        await keep_telling(asked, lambda: len(everyone), lambda: broadcast(everyone, text()))


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main())
