"""Doing a fault while everybody acts, and comparing what came of it with what everybody was told."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.checker import check
from tests.faults.conftest import MINUTES, Line
from tests.faults.crowd import Crowd, acting, fresh
from tests.faults.site import READY_S, Prepared, Site, journal_of, running

PEOPLE, FOLLOWERS, EVENTS_PER_S = 50, 10, 300.0
CAUGHT_UP_S = 30.0
LONGEST_S = 120.0
"""A fault and what follows from it."""

Fault = Callable[[Site, Crowd], Awaitable[Any]]


async def survived(fault: str, times: int, prepared: Prepared, workers: int, do: Fault, lines: list[Line]) -> Crowd:
    """Does the fault so many times while the crowd acts, then compares everything with the journal. Ends in any case."""
    bound_s = 1_200.0 + LONGEST_S * times
    async with asyncio.timeout(bound_s), running(prepared, workers) as site, acting(prepared, FOLLOWERS, EVENTS_PER_S) as crowd:
        await asyncio.sleep(1.0)
        times = await _repeated(times, lambda: do(site, crowd))
        await asyncio.sleep(1.0)
        await caught_up(prepared, crowd)
    entries, totals = await journal_of(prepared)
    found = check(crowd.history, entries, totals)
    lost, doubled = len(found.lost), len(found.doubled)
    other = len(found.faults) - lost - doubled
    lines.append(Line(fault, times, found.acknowledged, lost, doubled, other, crowd.longest_silence()))
    assert found.faults == []
    assert found.acknowledged > 20 * times
    return crowd


async def _repeated(times: int, do: Callable[[], Awaitable[Any]]) -> int:
    """Does it so often, or as often as there is time for (FAULTS_MINUTES), at least once. How often."""
    until = time.monotonic() + 60.0 * MINUTES
    for number in range(times):
        await do()
        if time.monotonic() > until:
            return number + 1
    return times


async def caught_up(prepared: Prepared, crowd: Crowd) -> None:
    """The clients pause, and every follower comes to exactly what a fresh look shows."""
    for client in crowd.clients:
        client.rests.set()
    while any(client.is_busy for client in crowd.clients):  # noqa: ASYNC110  clients have no event of their own
        await asyncio.sleep(0.02)
    _, board = await fresh(prepared, next(iter(prepared.people.values())))
    deadline = time.monotonic() + CAUGHT_UP_S
    while time.monotonic() < deadline and any(one.board != board for one in crowd.followers):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    for follower in crowd.followers:
        assert follower.board == board, "a follower is left with something else than what a fresh look shows"


async def some_acts(crowd: Crowd, chance: random.Random) -> None:
    """Until some more have been acknowledged: each time in the middle of something else."""
    enough = crowd.acknowledged() + chance.randint(20, 150)
    async with asyncio.timeout(READY_S):
        while crowd.acknowledged() < enough:  # noqa: ASYNC110  acts have no event of their own
            await asyncio.sleep(0.001)
