"""Trends of themes as a recorded result."""

import pytest

from server.jam import changes, ids
from server.jam import commands as c
from server.jam import events as ev
from server.jam.rejections import InvalidInput, NotAllowed
from tests.jam.world import World

UP = ("EMERGING", 9, 1, 4.5, 0.001)
FLAT = ("STEADY", 2, 6, 0.9, 0.6)


@pytest.fixture
def world() -> World:
    world = World()
    one, two = world.post("ann"), world.post("ben")
    world.group({"h1": [one], "h2": [two]})
    return world


def record(world: World, *trends: tuple[object, ...], since: int = 7) -> tuple[ev.Event, ...]:
    return world.do(c.RecordTrends, ids.SYSTEM, since=since, trends=trends)


def test_a_trend_stands_with_its_figures_until_another_is_found(world: World) -> None:
    assert record(world, ("h1", *UP), ("h2", *FLAT)) == (
        ev.TrendsFound(at=world.now, since=7, trends=(("h1", *UP), ("h2", *FLAT))),
    )
    trend = world.state.themes["h1"].trend
    assert trend is not None
    assert (trend[:5], trend.since, trend.at) == (UP, 7, world.now)
    before = world.state.seq
    record(world, ("h1", *FLAT), ("h2", *FLAT), since=8)
    assert [id for kind, id in world.state.changes.since(before, 99) or () if kind == changes.THEMES] == ["h1"]
    record(world, ("h1", *FLAT))
    assert world.state.themes["h2"].trend is None


def test_what_is_known_is_not_recorded_again(world: World) -> None:
    record(world, ("h1", *UP))
    world.still(c.RecordTrends, ids.SYSTEM, since=9, trends=(("h1", *UP),))
    world.still(c.RecordTrends, ids.SYSTEM, since=9, trends=(("h1", *UP), ("gone", *UP)))


def test_a_trend_survives_a_run_that_keeps_the_theme_and_dies_with_a_merged_one(world: World) -> None:
    record(world, ("h1", *UP), ("h2", *UP))
    world.group({"h1": [idea.id for idea in world.state.ideas], "h2": []})
    assert world.state.themes["h1"].trend is not None
    world.do(c.MergeThemes, "mod", theme="h2", into="h1")
    world.still(c.RecordTrends, ids.SYSTEM, since=9, trends=(("h1", *UP), ("h2", *UP)))


def test_only_the_server_records_trends_and_only_known_directions(world: World) -> None:
    world.refuse(NotAllowed, c.RecordTrends, "org", since=7, trends=(("h1", *UP),))
    world.refuse(InvalidInput, c.RecordTrends, ids.SYSTEM, since=7, trends=(("h1", "SIDEWAYS", *UP[1:]),))
