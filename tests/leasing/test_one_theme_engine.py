"""One theme engine for a whole store: a worker leads a jam, the others ask it; and another one takes over when it is killed."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import exchange
from server.app.build import Server
from server.jam import commands as c
from server.jam import events
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, load_state
from server.leasing.duties import PREFIX as THEMES_OF
from server.leasing.duties import Duty
from server.settings import Settings
from server.stores import open_stores
from server.vault.leases import LiveWorker
from tests.faults.site import JAM, Prepared, prepare, running
from tests.themes.texts import ALL
from tests.web.running import OURS, TOPIC, free_port, open_jam, serving

pytestmark = pytest.mark.anyio
SOON_S = 120.0
"""This machine may be busy: clustering processes take seconds to begin even on a quiet one."""

POST = "mutation ($input: PostIdeaInput!) { postIdea(input: $input) { __typename ... on Rejection { code } } }"


async def until(holds: Callable[[], Awaitable[Any] | Any], seconds: float = SOON_S) -> float:
    """Waits until something holds; the seconds that took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if await answer if isinstance(answer, Awaitable) else answer:
                return time.monotonic() - began
            await asyncio.sleep(0.05)


# -------------------------------------------------------------------------------------------------------------- two servers


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[tuple[Server, Server, AsyncExitStack], None]:
    """Two servers of one store with a running jam; the first one leads it, and its stack ends it."""
    monkeypatch.setattr(exchange, "BEAT_S", 0.1)
    async with AsyncExitStack() as stack:
        first_stack = await stack.enter_async_context(AsyncExitStack())
        first = await first_stack.enter_async_context(serving(settings_of(tmp_path, 0)))
        await open_jam(first)
        await until(lambda: "jtown" in first.themes._jams)
        second = await stack.enter_async_context(serving(settings_of(tmp_path, 1)))
        await until(lambda: second.themes._duties.of("jtown") is Duty.ASKS and second.themes._running)
        yield first, second, first_stack


def settings_of(data: Path, worker: int) -> Settings:
    return Settings(data=data, port=free_port(), theme_workers=1, worker=worker)


async def post(server: Server, texts: list[str], name: str) -> None:
    for number, text in enumerate(texts):
        command = c.PostIdea(actor="pada", id=f"{name}{number}", topic=TOPIC, title=text, body="")
        await server.store.submit("jtown", command)


def state_of(server: Server) -> JamState:
    state = server.store.get("jtown")
    assert state is not None
    return state


def is_settled(server: Server) -> bool:
    state = state_of(server)
    return state.theme_run is not None and all(idea.theme for idea in state.ideas)


def processes(server: Server) -> list[int]:
    return [*server.themes._quick.process_ids(), *server.themes._slow.process_ids()]


async def test_one_of_two_servers_makes_the_themes_and_answers_for_both(two: tuple[Server, Server, AsyncExitStack]) -> None:
    first, second, first_stack = two
    await post(second, list(ALL), "idea")
    await until(lambda: is_settled(first) and is_settled(second))
    assert processes(first)
    assert processes(second) == []

    asked = ("jtown", "bicycle lanes on every road", "en", 5)
    await until(lambda: first.themes._jams["jtown"].is_loaded)
    found = await first.themes.similar(*asked)
    by_words = second.themes._like_by_words("jtown", asked[1], 5)
    assert list(await second.themes.similar(*asked)) == list(found) != list(by_words), "the second asks the first"

    run = state_of(first).theme_run
    await second.themes.regroup("jtown")
    await until(lambda: state_of(second).theme_run != run)
    await until(lambda: not second.themes.is_grouping("jtown") and second.themes.backlog("jtown") == 0)
    assert processes(second) == []

    await first_stack.aclose()
    took = await until(lambda: "jtown" in second.themes._jams)
    assert took < 10, "what ends in order is handed over at the next beat"
    await post(second, ["Bicycle lanes on the bridge to the station"], "later")
    await until(lambda: is_settled(second))
    assert processes(second)


async def test_votes_are_read_by_one_and_known_to_both(two: tuple[Server, Server, AsyncExitStack]) -> None:
    first, second, _ = two
    await post(first, list(ALL[:4]), "idea")
    await until(lambda: first.opinions.read_at("jtown"))
    await until(lambda: second.opinions.read_at("jtown") == first.opinions.read_at("jtown"))
    assert second.opinions.reading("jtown") == first.opinions.reading("jtown") is not None
    assert processes(second) == []


# ------------------------------------------------------------------------------------------------------- workers and a kill


async def leader_of(prepared: Prepared) -> LiveWorker | None:
    async with open_stores(prepared.settings) as (_, vault):
        held, workers = await vault.leases(), {worker.id: worker for worker in await vault.live_workers()}
    return workers.get(held.get(THEMES_OF + JAM, ""))


async def placed(prepared: Prepared) -> tuple[JamState, Counter[tuple[str, str | None]]]:
    """The jam, and how often each idea was placed since each run."""
    times: Counter[tuple[str, str | None]] = Counter()
    run: str | None = None
    async with open_stores(prepared.settings) as (journal, _):
        async for record in journal.read(PREFIX + JAM):
            for entry in JAM_CODEC.decode(record.payload):
                for event in entry.events:
                    if isinstance(event, events.ThemesGrouped):
                        run = event.run
                    elif isinstance(event, events.IdeaPlaced):
                        times[event.idea, run] += 1
        return await load_state(journal, PREFIX + JAM), times


async def post_to(prepared: Prepared, texts: list[str], name: str) -> None:
    cookie = next(iter(prepared.people.values()))
    async with httpx.AsyncClient(base_url=prepared.url, headers=OURS, cookies={"hothouse_session": cookie}) as http:
        for number, text in enumerate(texts):
            given = {"commandId": f"{name}-{number}", "jamId": JAM, "topicId": TOPIC, "title": text, "body": ""}
            while True:
                try:
                    answer = (await http.post("/graphql", json={"query": POST, "variables": {"input": given}})).json()
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                assert answer["data"]["postIdea"]["__typename"] == "IdeaSuccess", answer
                break


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_a_killed_leader_is_followed_by_another_and_no_placement_is_lost_or_doubled(tmp_path: Path) -> None:
    environment = {"HOTHOUSE_THEME_WORKERS": "1", "HOTHOUSE_REGROUP_AFTER": "1000"}
    prepared = await prepare(tmp_path / "store", free_port(), 1, environment)
    async with running(prepared, 2) as site:

        async def is_all_placed() -> bool:
            state, _ = await placed(prepared)
            return state.theme_run is not None and all(idea.x is not None for idea in state.ideas)

        await post_to(prepared, list(ALL), "before")
        await until(is_all_placed)
        leader = await leader_of(prepared)
        assert leader is not None
        engines = {pid: len(children_of(pid)) for pid in site.worker_pids()}
        assert sum(1 for count in engines.values() if count) == 1, "one worker has clustering processes"
        assert engines[leader.pid] > 0

        posting = asyncio.create_task(post_to(prepared, [f"{text} again" for text in ALL], "meanwhile"))
        await asyncio.sleep(0.3)
        os.kill(leader.pid, signal.SIGKILL)
        killed_at = time.monotonic()
        await posting

        async def has_another() -> bool:
            found = await leader_of(prepared)
            return found is not None and found.id != leader.id

        await until(has_another)
        followed_s = time.monotonic() - killed_at
        await post_to(prepared, ["Bicycle lanes on the bridge to the station"], "afterwards")
        await until(is_all_placed)
    state, times = await placed(prepared)
    assert len(state.ideas) == 40 + 2 * len(ALL) + 1
    assert set(times.values()) <= {1}, "an idea is placed once a run"
    assert followed_s < 10 + 0.1 * len(ALL), "what was killed is followed within seconds"
