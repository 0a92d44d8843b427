"""Faults of the server's own processes, while fifty clients act and followers watch."""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.conftest import Line, rounds
from tests.faults.crowd import Crowd, acting, fresh
from tests.faults.site import Prepared, Site, journal_of, prepare, running
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
PEOPLE, FOLLOWERS, EVENTS_PER_S = 50, 10, 300.0
CAUGHT_UP_S = 20.0
Fault = Callable[[Site, Crowd], Awaitable[None]]


async def survived(fault: str, times: int, folder: Path, workers: int, do: Fault, lines: list[Line]) -> None:
    """Does the fault so many times while the crowd acts, then compares everything with the journal."""
    prepared = await prepare(folder / "store", free_port(), PEOPLE, {})
    async with running(prepared, workers) as site, acting(prepared, FOLLOWERS, EVENTS_PER_S) as crowd:
        await asyncio.sleep(1.0)
        for _ in range(times):
            await do(site, crowd)
        await asyncio.sleep(1.0)
        await _caught_up(prepared, crowd)
    entries, totals = await journal_of(prepared)
    found = check(crowd.history, entries, totals)
    lines.append(
        Line(
            fault, times, found.acknowledged, len(found.lost), len(found.doubled),
            len(found.faults) - len(found.lost) - len(found.doubled), crowd.longest_silence(),
        )
    )  # fmt: skip
    assert found.faults == []
    assert found.acknowledged > 20 * times


async def _caught_up(prepared: Prepared, crowd: Crowd) -> None:
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


async def _some_votes(crowd: Crowd, chance: random.Random) -> None:
    """Until some more have been acknowledged: each time in the middle of something else."""
    enough = crowd.acknowledged() + chance.randint(20, 150)
    async with asyncio.timeout(60):
        while crowd.acknowledged() < enough:  # noqa: ASYNC110  votes have no event of their own
            await asyncio.sleep(0.001)


async def test_the_only_worker_is_killed(tmp_path: Path, lines: list[Line]) -> None:
    chance = random.Random(1)

    async def kill(site: Site, crowd: Crowd) -> None:
        await _some_votes(crowd, chance)
        await site.kill()
        await site.start()

    await survived("kill -9 of the only worker", rounds(50), tmp_path, 1, kill, lines)


async def test_one_of_four_workers_is_killed(tmp_path: Path, lines: list[Line]) -> None:
    chance = random.Random(2)

    async def kill(site: Site, crowd: Crowd) -> None:
        await _some_votes(crowd, chance)
        site.kill_worker(chance.randrange(site.workers))
        await asyncio.sleep(0.5)

    await survived("kill -9 of one of four workers", rounds(50), tmp_path, 4, kill, lines)


async def test_a_worker_sleeps_and_wakes_with_old_plans(tmp_path: Path, lines: list[Line]) -> None:
    chance = random.Random(3)

    async def pause(site: Site, crowd: Crowd) -> None:
        await _some_votes(crowd, chance)
        await site.pause_worker(chance.randrange(site.workers), 2.0)

    await survived("SIGSTOP of one of two workers for 2 s", rounds(20), tmp_path, 2, pause, lines)


async def test_workers_are_replaced_one_by_one(tmp_path: Path, lines: list[Line]) -> None:
    chance = random.Random(4)

    async def replace(site: Site, crowd: Crowd) -> None:
        await _some_votes(crowd, chance)
        await site.replace_workers()

    await survived("rolling restart of four workers", rounds(5, 1), tmp_path, 4, replace, lines)


async def test_workers_end_when_their_parent_is_gone(tmp_path: Path) -> None:
    prepared = await prepare(tmp_path / "store", free_port(), 1, {})
    async with running(prepared, 2) as site:
        site.kill_parent()
        async with asyncio.timeout(CAUGHT_UP_S):
            while await _answers(prepared.port):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def test_a_server_whose_workers_can_not_start_says_so_and_ends(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"no journal " * 1_000)
    command = (sys.executable, "-m", "server", "serve", "--data", str(tmp_path), "--port", str(free_port()), "--workers", "2")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b"No worker could start" in said
    assert b"Traceback" not in said
