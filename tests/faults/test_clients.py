"""Clients that stall, vanish, sit idle by the thousand and come back all at once, while fifty others act as ever."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.api.patience import STUCK_MS, WAIT_S
from tests.faults.conftest import Line, is_promised, is_whole, rounds
from tests.faults.crowd import CHANGES, Crowd
from tests.faults.site import JAM, Prepared, Site, prepare
from tests.faults.surviving import PEOPLE, survived
from tests.patience import PATIENCE_S
from tests.web.running import free_port

pytestmark = pytest.mark.anyio
CALM_S = 6.0
MOST_TIMES = 2.0
"""The p99 of the others, in times of what it is without those thousands."""

A_STALL_KB = 160
"""What one client may cost: a body of 64 KB on its way, as much written and not read, the connection itself."""

AN_IDLE_KB = 40
WARM_KB = 64 * 1024
"""What a server that has just begun grows by in any case while people act."""


@dataclass
class Told:
    """A process of strangers."""

    process: asyncio.subprocess.Process

    async def line(self, within_s: float) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(within_s):
            return (await self.process.stdout.readline()).decode().strip()

    async def again(self, within_s: float) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"again\n")
        assert await self.line(within_s) == "again"

    async def outcome(self) -> dict[str, Any]:
        """How they stand at the end, by what they do."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        outcome: dict[str, Any] = json.loads(await self.line(PATIENCE_S))
        return outcome


@asynccontextmanager
async def strangers(kind: str, count: int, prepared: Prepared, after: int = 0) -> AsyncGenerator[Told, None]:
    """So many clients of a kind, all in place, in a process of their own."""
    subscription = {"query": CHANGES, "variables": {"jam": JAM, "after": after}}
    file = prepared.data.parent / "strangers.json"
    file.write_text(json.dumps({"secrets": list(prepared.people.values()), "body": json.dumps(subscription)}), "utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.strangers", kind, str(count), str(prepared.port), str(file),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        told = Told(process)
        assert await told.line(120) == "ready"
        yield told
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def lines_held(site: Site) -> int:
    """Sockets that the server has open."""
    folder = Path(f"/proc/{site.worker_pids()[0]}/fd")
    return sum(_is_socket(one) for one in folder.iterdir())


def _is_socket(one: Path) -> bool:
    try:
        return str(one.readlink()).startswith("socket:")
    except FileNotFoundError:
        return False


def memory_kb(site: Site) -> int:
    status = Path(f"/proc/{site.worker_pids()[0]}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def p99_ms(crowd: Crowd, seconds: float) -> float:
    """Of what is sent during the next seconds."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    return p99_since(crowd, began)


def p99_since(crowd: Crowd, began: float) -> float:
    took = sorted(one.settled_at - one.sent_at for one in crowd.history if one.settled_at and one.sent_at >= began)
    assert len(took) > 10, "the others are hardly answered"
    return 1000 * took[len(took) * 99 // 100]


@dataclass
class Costs:
    """What strangers cost the others and the server, at best of several times."""

    calm: float = 0.0
    beset: float = 0.0
    kb: int = 0

    def take(self, calm: float, beset: float, kb: int) -> None:
        if not self.calm or beset / calm < self.beset / self.calm:
            self.calm, self.beset = calm, beset
        self.kb = max(self.kb, kb)

    @property
    def times(self) -> float:
        return self.beset / self.calm

    def __str__(self) -> str:
        return f"p99 of the others {self.calm:.0f} → {self.beset:.0f} ms ({self.times:.1f} ×), {self.kb / 1024:.0f} MB more"


async def test_a_thousand_clients_stall_and_vanish(tmp_path: Path, lines: list[Line]) -> None:
    """Half-open connections, a byte a second in heads, bodies and websocket frames, and who asks and never reads."""
    count, costs, outcomes = 1_000 if is_whole() else 210, Costs(), list[dict[str, Any]]()

    async def stall(site: Site, crowd: Crowd) -> None:
        calm, before, held = await p99_ms(crowd, CALM_S), memory_kb(site), lines_held(site)
        async with strangers("stalls", count, prepared) as told:
            beset = await p99_ms(crowd, CALM_S)
            costs.take(calm, beset, memory_kb(site) - before)
            if is_whole():
                await asyncio.sleep(WAIT_S + STUCK_MS / 1000 + 10.0)
                assert lines_held(site) - held < count / 6, "who stalls is still held"
            outcomes.append(await told.outcome())

    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    await survived(f"{count:,} clients stall, trickle or vanish", rounds(3, 1), prepared, 1, stall, lines)
    lines[-1] = replace(lines[-1], note=str(costs))
    assert costs.kb < WARM_KB + count * A_STALL_KB
    if is_promised():
        assert costs.times < MOST_TIMES
    if is_whole():
        for outcome in outcomes:
            for kind in ("nothing", "head", "body", "long body"):  # the deaf and the vanished can't hear that they were ended
                assert outcome["over"].get(kind) == outcome["there"][kind], outcome


async def test_ten_thousand_are_idle(tmp_path: Path, lines: list[Line]) -> None:
    count, costs = 10_000 if is_whole() else 500, Costs()

    async def sit(site: Site, crowd: Crowd) -> None:
        calm, before = await p99_ms(crowd, CALM_S), memory_kb(site)
        async with strangers("idle", count, prepared) as told:
            assert lines_held(site) > count
            beset = await p99_ms(crowd, CALM_S)
            costs.take(calm, beset, memory_kb(site) - before)
            outcome = await told.outcome()
        assert outcome["over"] == {}
        assert outcome["not in"] == 0

    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    await survived(f"{count:,} idle connections", rounds(3, 1), prepared, 1, sit, lines)
    lines[-1] = replace(lines[-1], note=str(costs))
    assert costs.kb < WARM_KB + count * AN_IDLE_KB
    if is_promised():
        assert costs.times < MOST_TIMES


async def test_five_thousand_come_back_at_once(tmp_path: Path, lines: list[Line]) -> None:
    """A line breaks under thousands, and they are all back at once: those who go and those who come hold the others up."""
    count, costs, took = 5_000 if is_whole() else 300, Costs(), list[float]()

    async def come_back(site: Site, crowd: Crowd) -> None:
        calm, before = await p99_ms(crowd, CALM_S), memory_kb(site)
        async with strangers("herd", count, prepared, await newest(prepared)) as told:
            began = time.monotonic()
            await told.again(120)
            took.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, 2.0 - took[-1]))
            costs.take(calm, p99_since(crowd, began), memory_kb(site) - before)
            outcome = await told.outcome()
        assert outcome["over"] == {}
        assert outcome["not in"] == 0

    prepared = await prepare(tmp_path / "store", free_port(), max(PEOPLE, count // 10), {})
    await survived(f"{count:,} subscribers come back at once", rounds(3, 1), prepared, 1, come_back, lines)
    lines[-1] = replace(lines[-1], note=f"{costs}, all back after {min(took):.1f} s")
    if is_promised():
        assert costs.times < MOST_TIMES


async def newest(prepared: Prepared) -> int:
    """The number that the jam is at."""
    cookies = {"hothouse_session": next(iter(prepared.people.values()))}
    async with httpx.AsyncClient(base_url=prepared.url, headers={"X-Hothouse": "1"}, cookies=cookies) as http:
        body = {"query": "query ($jam: ID!) { jam(id: $jam) { seq } }", "variables": {"jam": JAM}}
        return int((await http.post("/graphql", json=body)).json()["data"]["jam"]["seq"])
