"""The level: never flaps within its window, and never lower for more of anything."""

from dataclasses import replace
from itertools import pairwise
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from server.overload.levels import FROM, PACES, Level, Shed, sheds
from server.overload.pressure import EASE, HOLD_S, NAMES, Pressure, Readings, Thresholds, advance, level_of, reason_of

SCALES = Thresholds()
READINGS = st.builds(
    Readings,
    lag_ms=st.floats(0, 4_000),
    waiting=st.floats(0, 20_000),
    commit_ms=st.floats(0, 5_000),
    memory=st.floats(0, 1.2),
    connections=st.floats(0, 1.2),
    writes=st.floats(0, 1.2),
)
STEPS = st.lists(st.tuples(READINGS, st.floats(0.05, 3.0)), min_size=1, max_size=40)


def levels(steps: list[tuple[Readings, float]]) -> list[tuple[float, Level]]:
    pressure, now, found = Pressure(), 0.0, []
    for readings, seconds in steps:
        now += seconds
        pressure = advance(pressure, readings, now, SCALES)
        found.append((now, pressure.level))
    return found


@given(STEPS)
def test_it_rises_at_once_and_falls_by_one_level_at_most_within_a_window(steps: list[tuple[Readings, float]]) -> None:
    found = levels(steps)
    falls = []
    before = Level.CALM
    for (now, level), (readings, _) in zip(found, steps, strict=True):
        assert level >= level_of(readings, SCALES)
        if level < before:
            assert level == before - 1
            falls.append(now)
        before = level
    assert all(later - earlier >= HOLD_S * 0.999 for earlier, later in pairwise(falls))


@given(STEPS)
def test_it_is_never_left_within_a_window_of_having_been_reached(steps: list[tuple[Readings, float]]) -> None:
    found = [(0.0, Level.CALM), *levels(steps)]
    for (_, earlier), (reached_at, level) in pairwise(found):
        if level > earlier:
            assert all(later >= level for now, later in found if reached_at <= now < reached_at + HOLD_S * 0.999)


@given(STEPS, st.sampled_from(NAMES), st.lists(st.floats(0, 5_000), min_size=40, max_size=40))
def test_more_of_anything_never_makes_it_lower(steps: list[tuple[Readings, float]], name: str, more: list[float]) -> None:
    pressed = [
        (replace(readings, **{name: getattr(readings, name) + extra}), seconds)
        for (readings, seconds), extra in zip(steps, more, strict=False)
    ]
    pairs = zip(levels(steps), levels(pressed), strict=True)
    assert all(worse >= level for (_, level), (_, worse) in pairs)


@given(st.sampled_from([name for name in NAMES if name != "connections"]), st.sampled_from(list(Level)[1:]))
def test_each_reading_alone_leads_to_each_level_where_its_scale_says(name: str, level: Level) -> None:
    begins = getattr(SCALES, name)[level - 1]
    assert level_of(replace(Readings(), **{name: begins}), SCALES) == level
    assert level_of(replace(Readings(), **{name: begins * 0.999}), SCALES) == level - 1
    assert reason_of(replace(Readings(), **{name: begins}), SCALES) == name


def test_a_figure_that_wavers_at_a_threshold_switches_nothing_off_and_on() -> None:
    begins = SCALES.lag_ms[1]
    steps = [(Readings(lag_ms=begins * (1 if turn % 2 == 0 else EASE * 1.01)), 0.5) for turn in range(100)]
    assert {level for _, level in levels(steps)} == {Level.STRAINED}


def test_from_full_to_calm_takes_a_window_for_each_level() -> None:
    steps = [(Readings(memory=0.99), 0.5), *((Readings(), 0.5) for _ in range(60))]
    found = levels(steps)
    reached = {level: min(now for now, one in found if one == level) for level in Level}
    assert [round(reached[level] - reached[Level.FULL]) for level in reversed(Level)] == [0, 5, 10, 15, 20]


def test_many_connections_never_refuse_what_is_done() -> None:
    assert level_of(Readings(connections=5), SCALES) == Level.HEAVY
    assert SCALES.connections[3] == inf


def test_what_is_cheapest_to_lose_goes_first_and_comes_back_last() -> None:
    assert [FROM[shed] for shed in Shed] == sorted(FROM[shed] for shed in Shed)
    assert sheds(Level.CALM) == ()
    assert sheds(Level.FULL) == tuple(Shed)
    for level in list(Level)[1:]:
        assert sheds(level)[: len(sheds(Level(level - 1)))] == sheds(Level(level - 1))
        before, after = PACES[Level(level - 1)], PACES[level]
        assert (after.tick_factor, after.here_s, after.themes_s) >= (before.tick_factor, before.here_s, before.themes_s)
        assert after.arrivals_per_s <= before.arrivals_per_s


def test_scales_double() -> None:
    assert Thresholds.from_first(10, 20, 30).lag_ms == (10, 20, 40, 80)
    assert Thresholds.from_first(10, 20, 30).commit_ms == (30, 60, 120, 240)
