"""The index of similar ideas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.similar import SimilarIndex


def unit_rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def filled(count: int) -> tuple[SimilarIndex, np.ndarray]:
    index, rows = SimilarIndex(8), unit_rows(count)
    for number, row in enumerate(rows):
        index.add(f"idea-{number}", row, "en")
    return index, rows


def test_the_best_come_first_and_exactly() -> None:
    index, rows = filled(300)
    found = index.query(rows[7], 5)
    scores = rows @ rows[7]
    assert [name for name, _ in found] == [f"idea-{row}" for row in np.argsort(-scores)[:5]]
    assert found[0] == ("idea-7", pytest.approx(1, abs=1e-5))


def test_only_what_is_allowed_is_found() -> None:
    index, rows = filled(300)
    even = index.query(rows[7], 10, allowed=lambda name: int(name.split("-")[1]) % 2 == 0)
    mask = np.zeros(300, dtype=bool)
    mask[::2] = True
    assert even == index.query(rows[7], 10, allowed=mask)
    assert len(even) == 10
    assert all(int(name.split("-")[1]) % 2 == 0 for name, _ in even)
    assert index.query(rows[7], 10, allowed=lambda name: False) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 20)), max_size=80))
def test_it_holds_what_was_added_and_not_removed(steps: list[tuple[str, int]]) -> None:
    index, rows, kept = SimilarIndex(8), unit_rows(21), {}
    for step, number in steps:
        if step == "add":
            index.add(number, rows[number])
            kept[number] = rows[number]
        elif number in kept:
            index.remove(number)
            del kept[number]
    assert len(index) == len(kept)
    assert {name for name, _ in index.query(rows[0], 100)} == set(kept)
    for number in kept:
        assert index.query(rows[number], 1)[0][0] == number


def test_a_bad_vector_is_refused_and_changes_nothing() -> None:
    index, rows = filled(3)
    with pytest.raises(ValueError, match="8 numbers"):
        index.add("idea-0", np.ones(7))
    with pytest.raises(ValueError, match="finite"):
        index.add("new", np.full(8, np.nan))
    assert len(index) == 3
    assert index.query(rows[0], 1)[0][0] == "idea-0"
    with pytest.raises(KeyError):
        index.remove("absent")


def test_language_is_kept_and_an_id_is_replaced() -> None:
    index, rows = filled(3)
    index.add("idea-1", rows[0], "he")
    assert index.language_of("idea-1") == "he"
    assert len(index) == 3
    assert index.query(rows[0], 2, allowed=lambda name: name != "idea-0")[0][0] == "idea-1"
