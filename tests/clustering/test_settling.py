"""A text changes its theme only when it gains clearly; and parts are judged inside their themes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from clustering.levels import Anchor, nested_rand
from clustering.settling import settled
from clustering.vectors import compact, unit


def scene() -> tuple[np.ndarray, np.ndarray]:
    """Two clear groups of 20, and a 41st text a little nearer to the second."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 20)
    rows = np.eye(8)[truth] + 0.2 * rng.normal(size=(40, 8))
    return unit(np.vstack([rows, [0.97, 1.0, 0, 0, 0, 0, 0, 0]])), np.append(truth, 1)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return compact(one).tolist() == compact(other).tolist()


def test_a_near_tie_stays_where_it_was() -> None:
    vectors, now = scene()
    before = now.copy()
    before[40] = 0
    assert same(settled(vectors, now, Anchor(before, np.ones(41, dtype=bool))), before)


def test_a_clear_gain_moves() -> None:
    vectors, now = scene()
    before = now.copy()
    before[:3] = 1
    assert same(settled(vectors, now, Anchor(before, np.ones(41, dtype=bool))), now)


def test_new_texts_and_new_groups_are_left_alone() -> None:
    vectors, now = scene()
    before = np.zeros(41, dtype=np.int64)
    assert same(settled(vectors, now, Anchor(before, np.zeros(41, dtype=bool))), now)
    assert same(settled(vectors, now, Anchor(before, np.ones(41, dtype=bool))), now)


labels = st.lists(st.integers(0, 3), min_size=12, max_size=40)


@given(labels, st.randoms(use_true_random=False))
def test_within_one_parent_it_is_the_adjusted_rand_index(one: list[int], random: "object") -> None:
    shuffled = one.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    rows, others = compact(np.array(one)), compact(np.array(shuffled))
    expected = adjusted_rand_score(rows, others) if max(rows.max(), others.max()) > 0 else 0.0
    assert nested_rand(rows, others, np.zeros(len(rows), dtype=np.int64)) == pytest.approx(expected, abs=1e-6)


def test_parts_that_are_the_parents_score_nothing_and_equal_parts_score_one() -> None:
    parents = np.repeat([0, 1], 10)
    parts = np.tile(np.repeat([0, 1], 5), 2) + 2 * parents
    assert nested_rand(parents, parents, parents) == 0.0
    assert nested_rand(parts, parts, parents) == pytest.approx(1)
    assert adjusted_rand_score(parents, parents) == 1
