"""Quantiles within their error, exact counts below powers of two, and five minutes that pass."""

from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.metrics.histogram import BUCKETS, PARTS, SLOT_S, SLOTS, Histogram, Recent, bucket_of, middle_of

DURATIONS = st.lists(st.floats(0.04, 60_000), min_size=1, max_size=200)


def histogram(values: list[float]) -> Histogram:
    made = Histogram()
    for value in values:
        made.record(value)
    return made


@settings(deadline=None)
@given(DURATIONS, st.floats(0, 1))
def test_a_quantile_is_off_by_its_error_at_most(values: list[float], share: float) -> None:
    exact = sorted(values)[max(0, ceil(share * len(values)) - 1)]
    found = histogram(values).quantile(share)
    assert found is not None
    assert abs(found - exact) <= exact / (2 * PARTS) * 1.0001


@settings(deadline=None)
@given(DURATIONS, st.integers(-4, 15))
def test_counts_below_a_power_of_two_are_exact(values: list[float], exponent: int) -> None:
    bound = 2.0**exponent
    assert histogram(values).below([bound]) == [sum(value < bound for value in values)]


@settings(deadline=None)
@given(DURATIONS)
def test_counts_below_rise_with_the_bounds(values: list[float]) -> None:
    bounds = [2.0**exponent for exponent in range(-4, 17)]
    below = histogram(values).below(bounds)
    assert below == [sum(value < bound for value in values) for bound in bounds]


@settings(deadline=None)
@given(DURATIONS, DURATIONS)
def test_adding_is_recording_both(some: list[float], others: list[float]) -> None:
    added = histogram(some)
    added.add(histogram(others))
    both = histogram(some + others)
    assert (added.counts, added.total) == (both.counts, both.total)
    assert added.sum == pytest.approx(both.sum)


@pytest.mark.parametrize(("value", "bucket"), [(0.0, 0), (-5.0, 0), (0.01, 0), (1e12, BUCKETS - 1)])
def test_what_is_out_of_range_is_counted_at_the_ends(value: float, bucket: int) -> None:
    counts = histogram([value]).counts
    assert [index for index, count in enumerate(counts) if count] == [bucket]


def test_each_bucket_holds_its_middle() -> None:
    assert [bucket_of(middle_of(bucket)) for bucket in range(BUCKETS)] == list(range(BUCKETS))


def test_none_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None


def test_five_minutes_pass_and_the_whole_stays() -> None:
    times = Recent()
    times.record(100, now=1_000.0)
    times.record(200, now=1_000.0 + SLOT_S)
    assert times.recent(1_000.0 + SLOT_S).total == 2
    assert times.recent(1_000.0 + SLOTS * SLOT_S).total == 1
    assert times.recent(1_000.0 + (SLOTS + 1) * SLOT_S).total == 0
    assert times.whole.total == 2
    times.record(300, now=1_000.0 + 5 * SLOTS * SLOT_S)
    assert (times.recent(1_000.0 + 5 * SLOTS * SLOT_S).total, times.whole.total) == (1, 3)
