"""What the Python peers have in common: the event that they tell everyone, and the loop that tells it."""

import argparse
import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

TITLE = "Solar powered bike lockers for the campus, free for all"
_numbers = itertools.count(1)


def arguments() -> argparse.Namespace:
    """`--port`; `--clients`: with how many subscribers the telling begins; `--interval` between two events in ms."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clients", type=int, default=0)
    parser.add_argument("--interval", type=float, default=0)
    parser.add_argument("--cached", action="store_true")
    return parser.parse_args()


def event() -> dict[str, Any]:
    """The next event: 8 fields; a result with it is a text of about 300 bytes. `ts` is in microseconds since 1970."""
    return {
        "ts": float(time.time_ns() // 1000),
        "seq": next(_numbers),
        "ideaId": "64f0c2a1b2c3d4e5f6a7b8c9",
        "title": TITLE,
        "votes": 1234,
        "rank": 17,
        "status": "OPEN",
        "author": "Participant 000123",
    }


async def keep_telling(asked: argparse.Namespace, count: Callable[[], int], tell: Callable[[], Awaitable[None] | None]) -> None:
    """Calls `tell` at every interval while there are as many subscribers as wanted, or as often as it can. Runs until
    cancelled.
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        if not asked.clients or count() < asked.clients:
            await asyncio.sleep(0.05)
            continue
        telling = tell()
        if telling is not None:
            await telling
        due = max(due + asked.interval / 1000, loop.time())
        await asyncio.sleep(due - loop.time())
