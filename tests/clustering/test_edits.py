"""What people decided by hand holds after every run."""

import numpy as np
import pytest
from clustering_samples import sample
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustering import Constraints, Previous, TfidfEmbedder, ThemeModel
from clustering.edits import Arrangement, apply, check
from clustering.vectors import unit

COUNT = 24
NAMES = ["a", "b", "c", "d"]


def arrangement(theme_of: list[str | None], before: list[str | None], seed: int) -> Arrangement:
    rows = np.random.default_rng(seed).normal(size=(COUNT, 6))
    return Arrangement(theme_of, unit(rows), before)


def makes_ids() -> "object":
    made = iter(f"new-{number}" for number in range(1000))
    return lambda rows: next(made)


NONE: list[str | None] = [None] * COUNT
names = st.one_of(st.none(), st.sampled_from(NAMES))
rows = st.integers(0, COUNT - 1)
groups = st.permutations(range(COUNT)).flatmap(
    lambda order: st.lists(st.integers(1, 4), min_size=2, max_size=3).map(
        lambda sizes: [list(order[sum(sizes[:i]) : sum(sizes[: i + 1])]) for i in range(len(sizes))]
    )
)
constraints = st.builds(
    Constraints,
    pinned=st.dictionaries(rows, st.sampled_from([*NAMES, "pinned"]), max_size=4),
    excluded=st.lists(st.tuples(rows, st.sampled_from(NAMES)), max_size=5),
    merged=st.lists(st.permutations(NAMES).map(lambda order: order[:2]), max_size=2),
    split=st.lists(groups, max_size=2),
    names=st.dictionaries(st.sampled_from(NAMES), st.just("Fixed"), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(names, min_size=COUNT, max_size=COUNT),
    st.lists(names, min_size=COUNT, max_size=COUNT),
    constraints,
    st.integers(0, 5),
)
@example(NONE, NONE, Constraints(split=[[[0, 1, 2], [3, 4]], [[0], [1, 3], [2, 4]]]), 0)
def test_every_constraint_holds(theme_of: list[str | None], before: list[str | None], given_: Constraints, seed: int) -> None:
    try:
        check(given_, COUNT)
    except ValueError:
        return
    done = apply(arrangement(theme_of, before, seed), given_, makes_ids()).theme_of
    for row, theme in given_.pinned.items():
        assert done[row] == given_.survivor(theme)
    for row, theme in given_.excluded:
        assert done[row] != given_.survivor(theme)
    for group in given_.merged:
        assert not {given_.survivor(name) for name in group} - {given_.survivor(group[0])}
        assert all(done.count(name) == 0 for name in group if given_.survivor(name) != name)
    for parts in given_.split:
        themes = [{done[row] for row in part} - {None} for part in parts]
        assert all(not one & other for i, one in enumerate(themes) for other in themes[:i])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Constraints(pinned={99: "a"}), "text 99, but there are 24"),
        (Constraints(pinned={1: "a"}, excluded=[(1, "a")]), "both pinned to and excluded"),
        (Constraints(pinned={1: "b"}, excluded=[(1, "a")], merged=[("a", "b")]), "both pinned to and excluded"),
        (Constraints(split=[[[1, 2], [2, 3]]]), "text 2 is in two groups"),
        (Constraints(split=[[[1], [2]]], pinned={1: "a", 2: "a"}), "are pinned to theme 'a'"),
    ],
)
def test_contradictions_are_refused(wrong: Constraints, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(wrong, COUNT)


def test_survivor_follows_chains_and_stops_at_circles() -> None:
    assert Constraints(merged=[("a", "b"), ("c", "a")]).survivor("b") == "c"
    assert Constraints(merged=[("a", "b"), ("b", "a")]).survivor("a") in {"a", "b"}


@pytest.fixture(scope="module")
def first() -> ThemeModel:
    return ThemeModel(embedder=TfidfEmbedder()).fit(sample(30)[0])


def again(first: ThemeModel, given_: Constraints, previous: Previous | None = None) -> ThemeModel:
    texts = sample(30)[0]
    return ThemeModel(embedder=TfidfEmbedder()).fit(texts, constraints=given_, previous=previous or first.previous())


def ids(model: ThemeModel) -> list[str | None]:
    return [model.themes_[label].id if label >= 0 else None for label in model.labels_]


def test_a_merge_stays_through_later_runs(first: ThemeModel) -> None:
    one, other = (theme.id for theme in first.themes_[:2])
    given_ = Constraints(merged=[(one, other)])
    together = {row for row, name in enumerate(ids(first)) if name in (one, other)}
    model = first
    for _ in range(3):
        model = again(model, given_, model.previous())
        now = ids(model)
        assert {row for row, name in enumerate(now) if name == one} == together
        assert other not in now


def test_a_split_stays_and_keeps_its_new_id(first: ThemeModel) -> None:
    rows = first.themes_[0].medoids
    given_ = Constraints(split=[[list(rows[:1]), list(rows[1:3])]])
    model = again(first, given_)
    parted = {ids(model)[rows[0]], ids(model)[rows[1]]}
    assert len(parted) == 2
    assert ids(model)[rows[1]] == ids(model)[rows[2]]
    later = again(model, given_, model.previous())
    assert {ids(later)[rows[0]], ids(later)[rows[1]]} == parted


def test_a_pin_and_an_exclusion_stay(first: ThemeModel) -> None:
    one, other = first.themes_[0], first.themes_[1]
    given_ = Constraints(pinned={one.medoids[0]: other.id}, excluded=[(one.medoids[1], one.id)])
    model = again(again(first, given_), given_)
    assert ids(model)[one.medoids[0]] == other.id
    assert ids(model)[one.medoids[1]] != one.id


def test_a_fixed_name_stays(first: ThemeModel) -> None:
    theme = first.themes_[2].id
    model = again(first, Constraints(names={theme: "Our own words"}))
    assert {t.name for t in model.themes_ if t.id == theme} == {"Our own words"}
    merged = again(first, Constraints(names={theme: "Our own words"}, merged=[(first.themes_[0].id, theme)]))
    assert "Our own words" in {t.name for t in merged.themes_}
