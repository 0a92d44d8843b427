"""The machine's clock is set and slewed while a phase closes under load: it closes once, at its instant."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from server.app.clock import wall_clock
from server.jam import events as ev
from tests.faults.clocks import EXACT_MS, Closings, Shift, closes_at, opens_again
from tests.faults.conftest import Line, rounds
from tests.faults.crowd import Crowd
from tests.faults.site import Prepared, Site, journal_of, prepare
from tests.faults.surviving import PEOPLE, survived
from tests.patience import PATIENCE_S
from tests.web.running import HOUR, free_port

pytestmark = pytest.mark.anyio
Step = Callable[[], Awaitable[None]]


async def until(ms: float) -> None:
    """Waits for an instant of the unshifted clock."""
    await asyncio.sleep(max(0.0, ms / 1000.0 - time.time()))


async def reopened(prepared: Prepared, crowd: Crowd, closings: Closings, shift: Shift | None = None) -> None:
    """Everybody has been refused for a while; then the phase is opened again for a day, and the server has heard of it."""

    def now() -> float:
        return wall_clock() + (0.0 if shift is None else shift.at(time.monotonic()))

    closings.open(now())
    asked_at = time.monotonic()
    await opens_again(prepared, wall_clock() + 24 * HOUR)
    async with asyncio.timeout(PATIENCE_S):
        while not any(attempt.is_acknowledged and attempt.sent_at > asked_at for attempt in crowd.history):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    closings.heard(now())
    await asyncio.sleep(1.0)


def refusals(crowd: Crowd) -> int:
    return sum(attempt.refused is not None for attempt in crowd.history)


async def checked(crowd: Crowd, prepared: Prepared, closings: Closings, shift: Shift | None = None) -> None:
    """What was told keeps to the instants, and so does what the journal says."""
    assert closings.faults(crowd.history, shift) == []
    assert refusals(crowd) > 50 * len(closings.spans)
    entries, _ = await journal_of(prepared)
    acts = [event for entry in entries for event in entry.events if isinstance(event, ev.IdeaSupported | ev.CommentPosted)]
    assert acts
    for closed, opened, _ in closings.spans:
        assert [event for event in acts if closed <= event.at < opened - EXACT_MS] == []


@pytest.mark.parametrize("first", [HOUR, -HOUR], ids=["forward and back", "back and forward"])
async def test_the_clock_is_set_by_an_hour_and_back(tmp_path: Path, lines: list[Line], first: int) -> None:
    shift, closings = Shift(tmp_path / "shift"), Closings()
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, shift.environment)

    async def leap(site: Site, crowd: Crowd) -> None:
        closes = wall_clock() + 5_000
        await closes_at(prepared, closes)
        closings.close(closes)
        for before_ms, ms in ((3_000, first), (1_500, -first), (-1_500, 0)):
            await until(closes - before_ms)
            shift.by(ms)
        await until(closes + 2_500)
        await reopened(prepared, crowd, closings)

    name = f"clock set {'forward and back' if first > 0 else 'back and forward'} by an hour while a phase closes"
    crowd = await survived(name, rounds(10, 1), prepared, 1, leap, lines)
    await checked(crowd, prepared, closings)


@pytest.mark.parametrize("leap", [HOUR, -HOUR], ids=["forward", "back"])
async def test_a_worker_is_killed_while_the_clock_is_an_hour_off(tmp_path: Path, lines: list[Line], leap: int) -> None:
    """Its successor neither closes the phase early nor opens it again."""
    shift, closings = Shift(tmp_path / "shift"), Closings()
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, shift.environment)

    async def begin_anew(site: Site, crowd: Crowd) -> None:
        await closes_at(prepared, wall_clock() + HOUR // 2)
        shift.by(leap)
        await site.kill()
        await site.start()
        await asyncio.sleep(1.0)
        closes = wall_clock() + 6_000
        closings.close(closes)
        await closes_at(prepared, closes)
        await until(closes + 1_000)
        await site.kill()
        await site.start()
        await asyncio.sleep(1.5)
        shift.by(0)
        await reopened(prepared, crowd, closings)

    name = f"worker killed twice while the clock is an hour {'ahead' if leap > 0 else 'behind'}"
    crowd = await survived(name, rounds(5, 1), prepared, 1, begin_anew, lines)
    await checked(crowd, prepared, closings)


async def test_a_phase_closes_at_its_instant_while_the_clock_is_slewed(tmp_path: Path, lines: list[Line]) -> None:
    """By a tenth of a second each second, forward and back again, which is more than any time server does."""
    shift, closings = Shift(tmp_path / "shift"), Closings()
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, shift.environment)
    off = 0.0

    async def slew(site: Site, crowd: Crowd) -> None:
        nonlocal off
        step = 2.0 if off <= 0 else -2.0
        closes = wall_clock() + 7_000 + int(off)
        await closes_at(prepared, closes)
        closings.close(closes)
        while time.time() * 1000 + off < closes + 2_000:
            await asyncio.sleep(0.02)
            off += step
            shift.by(off)
        await reopened(prepared, crowd, closings, shift)

    crowd = await survived("clock slewed by 100 ms a second while a phase closes", rounds(10, 2), prepared, 1, slew, lines)
    await checked(crowd, prepared, closings, shift)
