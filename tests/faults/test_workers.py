"""Faults of the server's own processes, while fifty clients act and followers watch."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from server.leasing.leases import GONE_S
from tests.faults.conftest import Line, chance_of, is_whole, rounds
from tests.faults.crowd import Crowd
from tests.faults.site import Site, prepare, running
from tests.faults.surviving import CAUGHT_UP_S, PEOPLE, some_acts, survived
from tests.web.running import free_port

pytestmark = pytest.mark.anyio


async def test_the_only_worker_is_killed(tmp_path: Path, lines: list[Line]) -> None:
    chance = chance_of(1)

    async def kill(site: Site, crowd: Crowd) -> None:
        await some_acts(crowd, chance)
        await site.kill()
        await site.start()

    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    await survived("kill -9 of the only worker", rounds(50), prepared, 1, kill, lines)


async def test_one_of_four_workers_is_killed(tmp_path: Path, lines: list[Line]) -> None:
    chance = chance_of(2)

    async def kill(site: Site, crowd: Crowd) -> None:
        await some_acts(crowd, chance)
        site.kill_worker(chance.randrange(site.workers))
        await asyncio.sleep(0.5)

    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    await survived("kill -9 of one of four workers", rounds(50), prepared, 4, kill, lines)


async def test_a_worker_sleeps_for_longer_than_its_lease_and_wakes_with_old_plans(tmp_path: Path, lines: list[Line]) -> None:
    chance, held = chance_of(3), list[int]()

    async def pause(site: Site, crowd: Crowd) -> None:
        await some_acts(crowd, chance)
        holder = await site.holder_pid()
        if holder is None:
            holder = chance.choice(site.worker_pids())
        else:
            held.append(holder)
        await site.pause(holder, GONE_S + 2.0)

    # Whoever has no themes to work out holds no lease; in `make test` tests/leasing kills and stops who does.
    environment = {"HOTHOUSE_THEME_WORKERS": "1"} if is_whole() else {}
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, environment)
    await survived(
        f"one of two workers stopped for {GONE_S + 2.0:.0f} s, longer than a lease", rounds(20), prepared, 2, pause, lines
    )
    lines[-1] = replace(lines[-1], note=f"{len(held)} of them held one")
    assert held or not is_whole()


async def test_workers_are_replaced_one_by_one(tmp_path: Path, lines: list[Line]) -> None:
    chance = chance_of(4)

    async def renew(site: Site, crowd: Crowd) -> None:
        await some_acts(crowd, chance)
        await site.replace_workers()

    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    crowd = await survived("rolling restart of four workers", rounds(5, 1), prepared, 4, renew, lines)
    refused = sum(attempt.turned_away for attempt in crowd.history)
    lines[-1] = replace(lines[-1], note=f"{refused} refused")
    assert refused == 0


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
