"""Opinions and trends from commands on: ballots without what is not for all, groups, planted and absent trends, and faults."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.visibility import Audience
from server.opinions import worker
from server.opinions.ballots import Ballots, collect
from server.opinions.reading import LEAST_SIZE, Reading
from server.opinions.service import OpinionService
from server.search.service import SearchService
from server.themes.service import ThemeService, ThemeSettings
from tests.jam.world import EMPLOYEES, HOUR, World, grouping, newest
from tests.themes.jams import NOW, Jam

pytestmark = pytest.mark.anyio

START = NOW - HOUR // 2
"""When ideation opened."""


async def until(holds: Callable[[], object]) -> None:
    for _ in range(3_000):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to hold")


async def in_a_thread(function: Callable[[Ballots], Reading], ballots: Ballots) -> Reading:
    return await asyncio.to_thread(function, ballots)


@asynccontextmanager
async def reading(jam: Jam, **given: object) -> AsyncIterator[tuple[OpinionService, list[str]]]:
    told: list[str] = []
    chosen: dict[str, object] = {"run": in_a_thread, "every_s": 0.05} | given
    service = OpinionService(jam.store, clock=lambda: NOW, changed=told.append, **chosen)  # type: ignore[arg-type]
    task = asyncio.create_task(service.run())
    try:
        yield service, told
    finally:
        task.cancel()
        await jam.store.close()


async def people(jam: Jam, count: int) -> list[str]:
    names = [f"voter{number}" for number in range(count)]
    for name in names:
        command = c.AddMember(actor="org", id=f"add {name}", person=name, role="PARTICIPANT", relation="FAMILY")  # type: ignore[arg-type]
        await jam.submit(command)
    return names


async def vote(jam: Jam, person: str, idea: str, at: int = NOW) -> None:
    await jam.store.submit(jam.id, c.SupportIdea(actor=person, id=f"{person} {idea}", idea=idea), at=at)


async def test_only_what_is_for_everyone_enters() -> None:
    world = World()
    shown, staff, hidden = world.post("ann"), world.post("ann", audience=EMPLOYEES), world.post("ann")
    circle = world.circle("ann", "ben")
    secret = world.post("ann", audience=Audience(circle=circle))
    topical = world.post("ann", topic=world.staff)
    for idea in (shown, staff, hidden, secret, topical):
        world.support(idea, "ben")
    world.do(c.RecordStance, ids.SYSTEM, idea=shown, person="cat", stance="disagree")
    world.do(c.RecordStance, ids.SYSTEM, idea=staff, person="cat", stance="pass")
    world.do(c.HideIdea, "mod", idea=hidden, reason="Because")
    made = await collect(world.state, world.now)
    assert made.ideas == [shown]
    assert (list(made.supported), list(made.voters)) == ([0], [world.member("ben").number])
    assert [list(column) for column in made.against] == [[0], [world.member("cat").number]]
    assert [list(column) for column in made.passes] == [[], []]


async def test_camps_are_found_and_each_learns_only_their_own() -> None:
    jam = await Jam.make()
    ideas = [await jam.post(f"Idea number {number}") for number in range(24)]
    voters = await people(jam, 40)
    draw = random.Random(4)
    for number, person in enumerate(voters):
        liked = ideas[:12] if number < 26 else ideas[12:]
        for idea in draw.sample(liked, 9) + draw.sample(ideas, 1):
            await vote(jam, person, idea)
    async with reading(jam) as (service, told):
        await until(lambda: service.reading(jam.id) is not None)
        found = service.reading(jam.id)
        assert found is not None
        assert (found.status, found.by_support, sorted(group.size for group in found.groups)) == ("GROUPED", True, [14, 26])
        large = next(group for group in found.groups if group.size == 26)
        assert {view.idea for view in large.views} <= set(ideas[:12])
        assert all(cell.people >= LEAST_SIZE for cell in found.cells)
        numbers = [jam.state.member_numbers[person] for person in voters]
        keys = [service.group_of(jam.id, number) for number in numbers]
        assert (set(keys[:26]), set(keys[26:])) == ({large.key}, {1 - large.key})
        assert service.group_of(jam.id, jam.state.member_numbers["org"]) is None
        await until(lambda: told == [jam.id])
        for person in voters[:3]:
            await vote(jam, person, ideas[23])
        await until(lambda: len(told) > 1)
        again = service.reading(jam.id)
        assert again is not None
        assert {group.size: group.key for group in again.groups}[26] == large.key, "a group keeps its letter"


async def test_too_few_are_told_so() -> None:
    jam = await Jam.make()
    await vote(jam, "ann", await jam.post("One idea"))
    async with reading(jam) as (service, _):
        await until(lambda: service.reading(jam.id) is not None)
        found = service.reading(jam.id)
        assert found is not None
        assert (found.status, found.voters, found.others, found.groups) == ("TOO_FEW", 0, 1, ())


async def moving(planted: bool, seed: int) -> Jam:
    """Four themes of four ideas and 40 voters, whose votes are spread over half an hour; planted: theme h1's come at its end."""
    jam = await Jam.make()
    ideas = [await jam.post(f"Idea number {number}") for number in range(16)]
    themes = {f"h{theme + 1}": ideas[4 * theme : 4 * theme + 4] for theme in range(4)}
    await jam.submit(c.RecordGrouping(actor=ids.SYSTEM, id="group", **grouping(themes, {}), **newest(jam.state)))
    draw = random.Random(seed)
    votes = []
    for person in await people(jam, 40):
        for theme, members in themes.items():
            late = planted and theme == "h1"
            at = NOW - draw.randrange(HOUR // 8) if late else START + draw.randrange(HOUR // 2)
            votes.append((at, person, draw.choice(members)))
    for at, person, idea in sorted(votes):
        await vote(jam, person, idea, at)
    return jam


async def test_a_planted_trend_is_found_recorded_and_told() -> None:
    jam = await moving(planted=True, seed=1)
    before = jam.state.seq
    async with reading(jam) as (service, _):
        await until(lambda: jam.state.themes["h1"].trend is not None)
        trends = {id: theme.trend.direction for id, theme in jam.state.themes.items() if theme.trend is not None}
        assert [id for id, direction in trends.items() if direction == "EMERGING"] == ["h1"]
        trend = jam.state.themes["h1"].trend
        assert trend is not None
        assert trend.since == NOW - HOUR // 8
        assert trend.lift > 2
        assert trend.p < worker.TREND_LEVEL
        assert ("themes", "h1") in (jam.state.changes.since(before, 1_000) or [])
        await until(lambda: service.reading(jam.id) is not None)


@pytest.mark.parametrize("seed", range(3))
async def test_without_a_trend_none_is_found(seed: int) -> None:
    jam = await moving(planted=False, seed=seed)
    async with reading(jam):
        await until(lambda: jam.state.themes["h1"].trend is not None)
        assert {theme.trend.direction for theme in jam.state.themes.values() if theme.trend is not None} == {"STEADY"}


async def test_a_failure_only_delays_the_next_reading() -> None:
    jam = await Jam.make()
    await jam.post("One idea")
    asked = []

    async def run(function: Callable[[Ballots], Reading], ballots: Ballots) -> Reading:
        asked.append(ballots)
        if len(asked) == 1:
            raise RuntimeError("the process died")
        return await in_a_thread(function, ballots)

    async with reading(jam, run=run) as (service, _):
        await until(lambda: service.reading(jam.id) is not None)
        assert len(asked) == 2


async def test_it_is_read_in_a_process_of_the_theme_service(tmp_path: Path) -> None:
    jam = await Jam.make()
    await vote(jam, "ann", await jam.post("One idea"))
    themes = ThemeService(jam.store, ThemeSettings(tmp_path, embedder="tfidf"), SearchService().alike)
    try:
        async with reading(jam, run=themes.beside) as (service, _):
            await until(lambda: service.reading(jam.id) is not None)
            found = service.reading(jam.id)
            assert found is not None
            assert found.votes == 1
    finally:
        await themes.stop()
