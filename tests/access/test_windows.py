"""Limits a minute: what is let through, and that nobody is remembered for longer than two windows."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from server.access.limiter import Limiter
from server.access.windows import SlidingWindow
from server.jam.rejections import TooMany
from server.settings import Settings
from server.vault.counts import CountVault


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_allowed_and_then_none() -> None:
    window = SlidingWindow(3, 60, Clock())
    assert [window.hit("ann") for _ in range(5)] == [True] * 3 + [False] * 2
    assert window.hit("ben")


def test_the_window_slides() -> None:
    clock = Clock()
    clock.now = 600.0
    window = SlidingWindow(4, 60, clock)
    assert [window.hit("ann") for _ in range(4)] == [True] * 4
    clock.now = 660.0
    assert not window.hit("ann")
    clock.now = 690.0
    assert [window.hit("ann") for _ in range(3)] == [True, True, False]
    clock.now = 800.0
    assert [window.hit("ann") for _ in range(5)] == [True] * 4 + [False]


@given(st.lists(st.tuples(st.floats(0, 90), st.sampled_from("ab")), max_size=60), st.integers(1, 5))
def test_no_window_of_the_clock_has_more_than_allowed(steps: list[tuple[float, str]], most: int) -> None:
    clock, through = Clock(), dict[tuple[str, float], int]()
    window = SlidingWindow(most, 60, clock)
    for step, key in steps:
        clock.now += step
        minute = (key, clock.now // 60)
        if window.hit(key):
            through[minute] = through.get(minute, 0) + 1
    assert all(count <= most for count in through.values())


def test_who_is_gone_is_forgotten() -> None:
    clock = Clock()
    window = SlidingWindow(3, 60, clock)
    for minute in range(5):
        clock.now = 60.0 * (100 + minute)
        assert all(window.hit(f"{minute}-{n}") for n in range(100))
        assert len(window) <= 200


def test_each_kind_of_act_has_a_limit_of_its_own() -> None:
    limiter = Limiter(Settings(votes_per_minute=2, posts_per_minute=1, acts_per_minute=1), cast("CountVault", None), lambda: 0)

    def may(act: str) -> bool:
        try:
            limiter.allow("ann", act)
        except TooMany:
            return False
        return True

    assert [may(act) for act in ("supportIdea", "likeComment", "withdrawSupport")] == [True, True, False]
    assert [may(act) for act in ("postIdea", "postComment")] == [True, False]
    assert [may(act) for act in ("hideIdea", "createJam")] == [True, False]
