"""The toy jam as an application of its own, for tests and measurements that need a server in another process.

    LIVE_PAD=2000 uvicorn tests.live.toy_server:app --ws server.live.wire:Protocol

`POST /vote?n=5` supports five ideas; `GET /counters` tells what the live transport did and how much memory it takes;
`POST /flood?n=200&size=2000` changes one idea n times, one tick each, with bodies of `size` characters.
"""

import asyncio
import os
import resource
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.live.limits import LiveLimits
from tests.live.toy import World, build

LIMITS = LiveLimits(
    tick_seconds=float(os.environ.get("LIVE_TICK", "0.02")),
    stall_seconds=float(os.environ.get("LIVE_STALL", "15")),
    close_seconds=0.5,
    here_seconds=60,
    connections_per_person=100_000,
    connections_per_address=100_000,
)
world = World()
app = build(world, LIMITS)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


async def vote(request: Request) -> Response:
    for number in range(int(request.query_params.get("n", "1"))):
        world.feeds["j1"].support(f"i{number}")
    return JSONResponse(world.feeds["j1"].seq)


async def flood(request: Request) -> Response:
    """Many ideas with long ids, so that each tick's message is about `size` bytes."""
    size, ticks = int(request.query_params["size"]), int(request.query_params["n"])
    for _ in range(ticks):
        world.feeds["j1"].support("x" * size)
        await asyncio.sleep(LIMITS.tick_seconds * 1.2)
    return JSONResponse(world.feeds["j1"].seq)


async def counters(request: Request) -> Response:
    assert world.hub is not None
    return JSONResponse(asdict(world.hub.counters) | {"resident": _resident(), "seq": world.feeds["j1"].seq})


app.router.routes += [
    Route("/vote", vote, methods=["POST"]),
    Route("/flood", flood, methods=["POST"]),
    Route("/counters", counters),
]
