"""The score of the rising order: a decayed sum kept as a logarithm, so that no clock and no overflow touches it."""

from math import inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jam.ranking import FEW, RISING_HALF_LIFE_S, add_rising, drop_rising, rising_of

TIMES = st.lists(st.integers(0, 90 * 24 * 3600), max_size=40)


@given(TIMES)
def test_it_is_the_sum_of_votes_that_halve_every_two_hours(times: list[int]) -> None:
    exact = sum(2 ** ((at - max(times)) / RISING_HALF_LIFE_S) for at in times)
    score = rising_of(times)
    if not times:
        assert score == -inf
    else:
        assert score == pytest.approx(log2(exact) + max(times) / RISING_HALF_LIFE_S, abs=1e-9)


def test_one_vote_two_hours_later_weighs_as_much_as_two() -> None:
    assert rising_of([0, 0]) == rising_of([RISING_HALF_LIFE_S]) == 1.0


@given(TIMES, st.integers(0, 90 * 24 * 3600))
def test_taking_a_vote_from_a_few_is_exact(times: list[int], at: int) -> None:
    assert drop_rising(rising_of([*times, at]), at, times) == rising_of(times)


@given(st.integers(0, 10 * 24 * 3600), st.integers(0, 10 * 24 * 3600))
def test_taking_a_vote_from_many_is_accurate_wherever_it_stands(start: int, at: int) -> None:
    times = [start + 7 * place for place in range(FEW + 50)]
    assert drop_rising(rising_of([*times, at]), at, times) == pytest.approx(rising_of(times), abs=1e-9)


def test_giving_and_taking_a_vote_ten_thousand_times_does_not_wear_the_score() -> None:
    times = list(range(0, 60 * (FEW + 50), 60))
    score = start = rising_of(times)
    for _ in range(10_000):
        score = drop_rising(add_rising(score, 5_000), 5_000, times)
    assert score == pytest.approx(start, abs=1e-9)
