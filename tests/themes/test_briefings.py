"""Briefings of large jams: worked out in small steps, once for all who see the same, and kept for a while."""

import asyncio
from collections.abc import Mapping

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.themes import briefings
from server.themes.briefing import Briefing, Ground, brief
from server.themes.briefings import Briefings
from tests.jam.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A jam that counts as large, with a theme of two ideas and one of one."""
    monkeypatch.setattr(briefings, "SMALL", 0)
    world = World()
    posts = [world.post("ann", f"Idea {number}") for number in range(3)]
    world.support(posts[0], "ben", "fay")
    world.support(posts[1], "ben")
    world.group({"h1": tuple(posts[:2]), "h2": (posts[2],)}, {})
    return world


def asked(
    made: Briefings, world: World, person: str = "org"
) -> "Mapping[str, Briefing] | asyncio.Future[Mapping[str, Briefing]]":
    return made.of(world.state, world.viewer(person), world.now)


async def told(made: Briefings, world: World, person: str = "org") -> Mapping[str, Briefing]:
    found = asked(made, world, person)
    if isinstance(found, asyncio.Future):
        await found
        found = asked(made, world, person)
    assert not isinstance(found, asyncio.Future), "whoever waited finds it"
    return found


async def test_it_says_what_it_says_of_a_small_jam(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    large = await told(Briefings(lambda _: "IL"), world)
    monkeypatch.setattr(briefings, "SMALL", 1_000)
    small = asked(Briefings(lambda _: "IL"), world)
    assert not isinstance(small, asyncio.Future)
    assert (
        dict(large)
        == dict(small)
        == {
            id: brief(Ground(world.state, world.viewer("org"), world.now, lambda _: "IL"), theme)
            for id, theme in world.state.themes.items()
        }
    )
    world.support(world.state.ideas[2].id, "ben")
    assert small["h2"].support == 1, "a small jam's is of the moment"


async def test_it_is_worked_out_once_for_all_who_see_the_same_and_kept(world: World) -> None:
    now, looked = [100.0], list[str]()

    def country(person: str) -> None:
        looked.append(person)

    made = Briefings(country, lambda: now[0])
    first, second = await asyncio.gather(told(made, world, "mod"), told(made, world, "mod"))
    assert first is second
    assert len(looked) == len(world.state.members)
    world.support(world.state.ideas[2].id, "ben")
    now[0] += briefings.FRESH_S
    assert await told(made, world, "mod") is first
    assert await told(made, world, "ben") is not first, "others see other things"
    now[0] += 100.0
    assert (await told(made, world, "mod"))["h2"].support == first["h2"].support + 1


async def test_what_changes_while_it_is_worked_out_breaks_nothing(world: World) -> None:
    made = Briefings(lambda _: "IL")
    waiting = asked(made, world)
    assert isinstance(waiting, asyncio.Future)
    await asyncio.sleep(0)
    world.do(c.AddMember, ids.SYSTEM, person="late", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    world.support(world.state.ideas[0].id, "late")
    world.do(c.MergeThemes, "mod", theme="h2", into="h1")
    numbers = await waiting
    assert numbers["h1"].support == 4
    assert set(numbers) <= {"h1", "h2"}


async def test_others_get_their_turn_meanwhile_and_who_gives_up_stops_nobody(world: World) -> None:
    made = Briefings(lambda _: None)
    impatient = asyncio.create_task(told(made, world))
    waiting = asyncio.create_task(told(made, world))
    turns = 0
    while not waiting.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 3
    await impatient


async def test_one_that_failed_is_made_again(world: World) -> None:
    faults = [RuntimeError("once")]

    def country(person: str) -> None:
        if faults:
            raise faults.pop()

    made = Briefings(country)
    with pytest.raises(RuntimeError, match="once"):
        await told(made, world)
    assert set(await told(made, world)) == {"h1", "h2"}
