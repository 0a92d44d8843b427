"""Reports of screens: what is counted, what can't be, and how often."""

from typing import Any

import pytest

from server.metrics.screens import EVERY_S, MOST_ERROR_MS, MOST_MS, MOST_VALUES, ImpossibleReport, Screens, TooSoon


def counted(screens: Screens) -> tuple[int, int, int]:
    return screens.own.whole.total, screens.drawn.whole.total, screens.error.whole.total


def test_a_report_is_counted() -> None:
    screens = Screens()
    screens.report("s1", [100, 300], [200], 20, now=10.0)
    assert counted(screens) == (2, 1, 1)
    assert screens.own.recent(10.0).quantile(0.5) == pytest.approx(100, rel=0.07)
    assert screens.count(10.0) == 1


def test_without_anything_drawn_the_clock_does_not_matter() -> None:
    screens = Screens()
    screens.report("s1", [100], [], 0, now=10.0)
    assert counted(screens) == (1, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"own": [-1]},
        {"own": [MOST_MS + 1]},
        {"drawn": [5, -1]},
        {"drawn": [0] * (MOST_VALUES + 1)},
        {"own": [0] * (MOST_VALUES + 1)},
        {"error": -1},
        {"error": MOST_ERROR_MS + 1},
    ],
)
def test_what_can_not_be_is_refused_whole(wrong: dict[str, Any]) -> None:
    screens = Screens()
    with pytest.raises(ImpossibleReport):
        screens.report("s1", **{"own": [1], "drawn": [1], "error": 1, **wrong}, now=10.0)
    assert counted(screens) == (0, 0, 0)
    assert screens.count(10.0) == 0


def test_one_session_can_not_flood_and_others_are_not_held_up() -> None:
    screens = Screens()
    screens.report("s1", [1], [], 0, now=29.0)
    with pytest.raises(TooSoon) as caught:
        screens.report("s1", [1], [], 0, now=31.0)
    assert caught.value.seconds == pytest.approx(EVERY_S - 2)
    screens.report("s2", [1], [], 0, now=31.0)
    screens.report("s1", [1], [], 0, now=29.0 + EVERY_S)
    assert counted(screens) == (3, 0, 0)


def test_screens_are_counted_once_and_forgotten_in_five_minutes() -> None:
    screens = Screens()
    for at in (0.0, 40.0, 80.0):
        screens.report("s1", [1], [], 0, now=at)
    screens.report("s2", [1], [], 0, now=80.0)
    assert screens.count(80.0) == 2
    assert screens.count(80.0 + 330.0) == 0
