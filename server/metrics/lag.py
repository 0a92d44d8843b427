"""How late the event loop is: what holds it holds everyone's votes."""

import asyncio
from time import perf_counter

from server.metrics.histogram import Histogram

EVERY_S = 0.25


async def watch_the_loop(lag: Histogram) -> None:
    """Until cancelled, sleep and record by how many milliseconds the sleep was too long."""
    while True:
        began = perf_counter()
        await asyncio.sleep(EVERY_S)
        lag.record(1_000 * (perf_counter() - began - EVERY_S))
