"""Background work that fails is begun again, later each time, and told; a server that stops keeps what it had counted."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.app.build import build
from server.app.supervising import RECENT_S, Supervisor, Work
from server.settings import Settings

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def told(supervisor: Supervisor) -> httpx.Response:
    app = Starlette(routes=[Route("/healthz", supervisor.health)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return await client.get("/healthz")


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def for_ever() -> None:
    await asyncio.Event().wait()


def failing(times: int, begun: list[float]) -> Callable[[], Coroutine[Any, Any, None]]:
    """Work that fails so many times, and then runs."""

    async def work() -> None:
        begun.append(asyncio.get_running_loop().time())
        if len(begun) <= times:
            raise ValueError("as it happens")
        await for_ever()

    return work


async def test_work_that_fails_is_begun_again_after_pauses_that_grow() -> None:
    begun: list[float] = []
    supervisor = Supervisor(first_pause_s=0.02)
    async with supervisor.running([Work("ticks", failing(3, begun))]):
        await until(lambda: len(begun) == 4)
    pauses = [later - earlier for earlier, later in pairwise(begun)]
    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True)), pauses


@pytest.mark.parametrize(("is_vital", "status"), [(True, 503), (False, 200)])
async def test_a_failure_is_told_until_it_is_some_time_ago(is_vital: bool, status: int) -> None:
    clock, begun = Clock(), list[float]()
    supervisor = Supervisor(clock, first_pause_s=0.001)
    async with supervisor.running([Work("ticks", failing(1, begun), is_vital), Work("others", for_ever)]):
        await until(lambda: len(begun) == 2)
        answer = await told(supervisor)
        assert (answer.status_code, answer.text) == (status, "ticks failed: ValueError\n")
        clock.now += RECENT_S
        answer = await told(supervisor)
        assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_one_that_fails_stops_no_other_and_all_have_ended_afterwards() -> None:
    begun, ended = list[float](), list[str]()

    async def steady() -> None:
        try:
            await for_ever()
        finally:
            ended.append("steady")

    async with Supervisor(first_pause_s=0.001).running([Work("a", steady), Work("b", failing(5, begun))]):
        await until(lambda: len(begun) == 6)
        assert not ended
    assert ended == ["steady"]


async def test_work_that_is_done_is_not_begun_again() -> None:
    begun = 0

    async def once() -> None:
        nonlocal begun
        begun += 1

    supervisor = Supervisor(first_pause_s=0.001)
    async with supervisor.running([Work("once", once)]):
        await asyncio.sleep(0.03)
    assert begun == 1
    assert supervisor.failing() == []


def settings(folder: Path) -> Settings:
    return Settings(data=folder, theme_workers=0)


async def test_a_tick_loop_that_dies_is_begun_again_and_the_server_says_so(tmp_path: Path, monkeypatch: Any) -> None:
    async with build(settings(tmp_path)) as server:
        runs = 0
        rest = server.hub._ticker._rest

        async def breaks() -> None:
            nonlocal runs
            runs += 1
            if runs == 1:
                raise RuntimeError("the loop breaks")
            await rest()

        monkeypatch.setattr(server.hub._ticker, "_rest", breaks)
        server.hub._ticker.wake()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server.app), base_url="http://127.0.0.1:8000") as client:
            assert (await client.get("/healthz")).text == "ok\n"
            server.hub._ticker.wake()
            await until(lambda: runs >= 2)
            answer = await client.get("/healthz")
        assert (answer.status_code, answer.text) == (503, "live updates failed: RuntimeError\n")
