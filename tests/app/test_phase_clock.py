"""People are told of a phase that opens though nothing was written, and what was seen is recorded."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from server.app.phases import PhaseClock
from server.app.seen import SeenCounter
from server.jam.phases import Phase
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from tests.commands.test_command_handler import OPEN, Clock, found, state_of, the_idea
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(clock: Clock) -> AsyncGenerator[JamStore, None]:
    opened = await JamStore.open(MemoryJournal(), clock)
    await found(opened)
    yield opened
    await opened.close()


@asynccontextmanager
async def running(phases: PhaseClock) -> AsyncGenerator[None, None]:
    task = asyncio.create_task(phases.run())
    try:
        await asyncio.sleep(0.01)
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110  the thing waited for has no event of its own
            await asyncio.sleep(0.01)


async def test_a_phase_that_opens_is_told_without_any_event(
    store: JamStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.app.phases.AT_MOST_S", 0.02)
    told: list[str] = []
    before = state_of(store).seq
    async with running(PhaseClock(store, clock, told.append)):
        await asyncio.sleep(0.05)
        assert told == []
        clock.now = OPEN.refinement_at - 1
        await asyncio.sleep(0.05)
        assert told == []
        clock.now = OPEN.refinement_at
        await until(lambda: bool(told))
        clock.now = OPEN.closes_at
        await until(lambda: len(told) == 2)
    assert told == ["j", "j"]
    assert state_of(store).seq == before


async def test_one_who_can_not_be_told_does_not_stop_the_clock(
    store: JamStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.app.phases.AT_MOST_S", 0.02)
    asked: list[Phase] = []

    def broken(jam_id: str) -> None:
        asked.append(state_of(store).phase(clock()))
        raise RuntimeError("nobody can be told")

    async with running(PhaseClock(store, clock, broken)):
        clock.now = OPEN.refinement_at
        await until(lambda: len(asked) == 1)
        clock.now = OPEN.review_at
        await until(lambda: len(asked) == 2)
    assert asked == [Phase.REFINEMENT, Phase.REVIEW]


async def test_who_looks_twice_is_counted_once_and_the_sums_are_recorded(store: JamStore) -> None:
    seen, idea = SeenCounter(store), the_idea(store)
    for person in ("p1", "p2", "p1"):
        seen.count("j", person, [idea])
    assert state_of(store).ideas[0].seen == 0
    await seen.flush()
    assert state_of(store).ideas[0].seen == 2
    before = state_of(store).seq
    await seen.flush()
    assert state_of(store).seq == before


async def test_a_jam_that_takes_no_counts_does_not_cost_the_others_theirs(
    store: JamStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, idea, submit = SeenCounter(store), the_idea(store), store.submit

    async def broken(jam_id: str, *rest: object) -> int:
        if jam_id == "broken":
            raise RuntimeError("a fault of this jam")
        return await submit(jam_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "submit", broken)
    for jam in ("broken", "none", "j"):
        seen.count(jam, "p1", [idea])
    await seen.flush()
    assert state_of(store).ideas[0].seen == 1
