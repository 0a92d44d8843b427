"""One scrape tells of all workers of a machine, whichever of them is asked."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.app.build import Server
from server.jam import commands as c
from server.leasing.peers import PATIENCE_S, Peers
from server.settings import Settings
from tests.patience import PATIENCE_S as LONG_S
from tests.web.running import TOPIC, free_port, open_jam, serving

pytestmark = pytest.mark.anyio
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(port: int) -> Samples:
    """Every sample by name and labels; none is there twice."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10 * PATIENCE_S) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    found = [one for family in text_string_to_metric_families(answer.text) for one in family.samples]
    keys = Counter((one.name, tuple(sorted(one.labels.items()))) for one in found)
    assert not [key for key, times in keys.items() if times > 1]
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for one in found}


def by_worker(samples: Samples, name: str) -> dict[str, float]:
    """The sum of a metric's samples, by worker."""
    totals: dict[str, float] = {}
    for (found, labels), value in samples.items():
        if found == name:
            worker = dict(labels)["worker"]
            totals[worker] = totals.get(worker, 0) + value
    return totals


async def until_workers(port: int, up: dict[str, float]) -> Samples:
    async with asyncio.timeout(LONG_S):
        while by_worker(samples := await scraped(port), "hothouse_worker_up") != up:  # noqa: ASYNC110  others beat by the clock
            await asyncio.sleep(0.1)
    return samples


async def posted(server: Server, times: int) -> None:
    for number in range(times):
        command = c.PostIdea(actor="pada", id=f"{server.settings.worker}-{number}", topic=TOPIC, title="Trams", body="")
        await server.store.submit("jtown", command)


async def test_whoever_is_asked_tells_of_all_until_they_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = free_port(), free_port()
    first, second = (Settings(data=tmp_path, port=port, theme_workers=0, worker=n) for n, port in enumerate(ports))
    async with serving(first) as one:
        await open_jam(one)
        assert by_worker(await until_workers(ports[0], {"0": 1}), "hothouse_worker_up") == {"0": 1}
        async with serving(second) as two:
            await until_workers(ports[0], {"0": 1, "1": 1})
            await until_workers(ports[1], {"0": 1, "1": 1})
            before = by_worker(await scraped(ports[0]), "hothouse_record_commands_count")
            await posted(one, 2)
            await posted(two, 3)
            for port in ports:
                counted = by_worker(await scraped(port), "hothouse_record_commands_count")
                assert {worker: counted[worker] - before.get(worker, 0) for worker in counted} == {"0": 2, "1": 3}
                assert set(by_worker(await scraped(port), "process_open_fds")) == {"0", "1"}

            async def hang(body: bytes) -> bytes:
                await asyncio.sleep(60)
                return b""

            two_peers = _peers_of(two)
            two_peers.answer("metrics", hang)
            samples = await scraped(ports[0])
            assert by_worker(samples, "hothouse_worker_up") == {"0": 1, "1": 0}, "who hangs is said to, and holds up little"
            assert set(by_worker(samples, "process_open_fds")) == {"0"}
        await until_workers(ports[0], {"0": 1})


def _peers_of(server: Server) -> Peers:
    peers = server.themes._duties._peers  # type: ignore[attr-defined]
    assert isinstance(peers, Peers)
    return peers
