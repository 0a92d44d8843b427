"""Emerging and fading themes."""

import numpy as np
import pytest

from clustering.trends import first_votes, trends


def jam(seed: int, growing: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """1,000 arrivals in 8 themes, most by day; a growing theme 0 gets a third of the last quarter's arrivals."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.power(1.5, 1000) * 72)
    labels = rng.choice(8, 1000, p=rng.dirichlet(np.full(8, 3.0)))
    late = np.flatnonzero((times > 54) & (rng.random(1000) < 0.33))
    if growing:
        labels[late] = 0
    return times, labels


def test_false_alarms_on_shuffled_data_stay_below_the_level() -> None:
    alarms = 0
    for seed in range(400):
        times, labels = jam(seed)
        shuffled = np.random.default_rng(seed).permutation(labels)
        alarms += any(trend.direction != "steady" for trend in trends(times, shuffled, 8))
    assert alarms / 400 <= 0.05


def test_a_growing_theme_is_found() -> None:
    found = [trends(*jam(seed, growing=True), 8)[0] for seed in range(20)]
    assert all(trend.direction == "emerging" for trend in found)
    assert all(trend.lift > 1.5 for trend in found)


def test_a_theme_that_stops_is_fading() -> None:
    times = np.arange(400.0)
    labels = np.where(times < 200, 0, 1)
    assert [trend.direction for trend in trends(times, labels, 2, since=200)] == ["fading", "emerging"]


def test_exact_probability() -> None:
    only = trends([1, 2, 3, 4], [0, 0, 1, 1], 2, since=3)
    assert [trend.p for trend in only] == [pytest.approx(1 / 6), pytest.approx(1 / 6)]
    assert {trend.direction for trend in only} == {"steady"}


def test_nothing_and_a_theme_without_arrivals() -> None:
    assert trends([], [], 0) == []
    assert trends([1.0, 2.0], [0, 0], 2)[1].direction == "steady"
    with pytest.raises(ValueError, match="one length"):
        trends([1.0], [0, 1], 2)


def test_only_the_first_vote_of_a_person_for_a_theme_counts() -> None:
    times, labels = first_votes([3, 1, 2, 4], ["ann", "ann", "bo", "ann"], [0, 0, 0, 1])
    assert times.tolist() == [1, 2, 4]
    assert labels.tolist() == [0, 0, 1]
