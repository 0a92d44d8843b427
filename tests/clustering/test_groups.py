"""Opinion groups from votes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from clustering.groups import OpinionGroups
from clustering.votes import shuffled, votes_matrix


def two_camps(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """120 people, 30 statements: two camps that differ on the first 10, and agree on the last 5; 60 % is unseen."""
    rng = np.random.default_rng(seed)
    camp = np.repeat([0, 1], [70, 50])
    leaning = np.zeros((120, 30))
    leaning[:, :10] = np.where(camp[:, None] == 0, 0.9, -0.9)
    leaning[:, 25:] = 0.9
    votes = np.where(rng.random((120, 30)) < (leaning + 1) / 2, 1.0, -1.0)
    votes[rng.random((120, 30)) < 0.6] = np.nan
    return votes, camp


def test_camps_are_found_and_explained() -> None:
    votes, camp = two_camps()
    model = OpinionGroups(least_votes=5).fit(votes)
    known = model.labels_ >= 0
    assert set(model.labels_[known].tolist()) == {0, 1}
    assert (model.labels_[known] == camp[known]).mean() > 0.95
    stances = model.representative_[0][:5]
    assert {stance.statement for stance in stances} <= set(range(10))
    assert all(stance.agrees and stance.share > 0.6 for stance in stances)
    assert all(not stance.agrees for stance in model.representative_[1][:5])
    assert set(model.uniting_[:5]) == set(range(25, 30))


def test_people_with_few_votes_are_left_out() -> None:
    votes, _ = two_camps()
    votes[3] = np.nan
    votes[3, 0] = 1
    model = OpinionGroups().fit(votes)
    assert model.labels_[3] == -1
    assert np.isnan(model.positions_[3]).all()


def test_sparse_and_dense_votes_give_the_same() -> None:
    votes, _ = two_camps()
    rows, columns = np.nonzero(~np.isnan(votes))
    stored = sparse.csr_matrix((votes[rows, columns], (rows, columns)), shape=votes.shape)
    one, other = OpinionGroups().fit(votes), OpinionGroups().fit(stored)
    assert one.labels_.tolist() == other.labels_.tolist()
    assert np.allclose(one.positions_, other.positions_, equal_nan=True)


def support_only(seed: int, people: int = 160, ideas: int = 60, is_split: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Two camps, one idea in two liked by each camp only; some are ten times as busy as others. 1 or NaN."""
    rng = np.random.default_rng(seed)
    camp = rng.integers(0, 2, people)
    liked = np.where((np.arange(ideas) % 2)[None, :] == camp[:, None], 1.0, 0.15 if is_split else 1.0)
    busy = rng.uniform(0.06, 0.6, people)
    return np.where(rng.random((people, ideas)) < busy[:, None] * liked, 1.0, np.nan), camp


def test_support_only_votes_show_groups_too() -> None:
    support, camp = support_only(1)
    model = OpinionGroups(least_votes=5, shuffles=19).fit(support)
    known = model.labels_ >= 0
    assert model.status_ == "grouped"
    assert adjusted_rand_score(camp[known], model.labels_[known]) > 0.8
    large = camp[model.labels_ == 0].mean().round()
    assert {stance.statement % 2 for stance in model.representative_[0]} == {large}
    assert all(stance.seen == (model.labels_ == 0).sum() for stance in model.representative_[0])


def test_to_be_busy_is_no_opinion() -> None:
    support, _ = support_only(2, is_split=False)
    model = OpinionGroups(least_votes=5, shuffles=19).fit(support)
    assert model.status_ == "no structure"
    assert set(model.labels_.tolist()) == {-1, 0}
    assert model.representative_ == [()]


@pytest.mark.parametrize("kind", ["stances", "support"])
def test_votes_dealt_out_at_random_are_no_groups(kind: str) -> None:
    """The same margins without structure: alarms stay near the level of 5 % (more than 4 of 20 once in four hundred)."""
    alarms = 0
    for seed in range(20):
        votes = votes_matrix(two_camps(seed)[0] if kind == "stances" else support_only(seed)[0])
        model = OpinionGroups(least_votes=5, shuffles=19).fit(shuffled(votes, seed))
        alarms += model.status_ == "grouped"
    assert alarms <= 4


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_shuffling_keeps_what_it_promises(seed: int) -> None:
    stances = votes_matrix(two_camps(seed % 7)[0])
    dealt = shuffled(stances, seed)
    assert (dealt.toarray() != stances.toarray()).any()
    assert np.array_equal(dealt.indptr, stances.indptr)
    assert np.array_equal(np.sort(dealt.toarray(), axis=0), np.sort(stances.toarray(), axis=0))
    support = votes_matrix(support_only(seed % 5)[0])
    dealt = shuffled(support, seed)
    assert set(dealt.data.tolist()) == {1.0}
    assert np.abs(np.diff(dealt.indptr) - np.diff(support.indptr)).max() <= 2
    assert dealt.nnz >= 0.99 * support.nnz


def test_a_small_group_is_not_drowned_by_a_large_one() -> None:
    """Ten who differ beside a crowd of 110 that is spread out itself."""
    rng = np.random.default_rng(3)
    camp = np.repeat([0, 1], [110, 10])
    spread = np.clip(rng.normal(0.75, 0.12, (120, 1)), 0.4, 0.95)
    agree = np.where(camp[:, None] == 0, spread, 0.12)
    votes = np.where(rng.random((120, 50)) < agree, 1.0, -1.0)
    model = OpinionGroups(shuffles=19).fit(votes)
    assert adjusted_rand_score(camp, model.labels_) > 0.7


def test_few_people_are_told_nothing() -> None:
    votes, _ = two_camps()
    model = OpinionGroups().fit(votes[:19])
    assert (model.status_, set(model.labels_.tolist()), model.representative_, model.uniting_) == ("too few", {-1}, [], [])


def test_of_two_votes_of_one_person_the_last_counts() -> None:
    rows, columns = np.array([0, 0, 1]), np.array([2, 2, 0])
    twice = sparse.coo_matrix((np.array([1.0, -1.0, 0.0]), (rows, columns)), shape=(2, 3))
    assert votes_matrix(twice).toarray().tolist() == [[0, 0, -1], [0, 0, 0]]
    assert votes_matrix(twice).nnz == 2


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 1), (3, 1), (2, 5), (30, 8)])
def test_tiny_and_equal_matrices(shape: tuple[int, int]) -> None:
    model = OpinionGroups(least_votes=1, least_people=1, shuffles=19).fit(np.ones(shape))
    assert model.labels_.shape == (shape[0],)
    assert set(model.labels_.tolist()) <= {0}
    assert model.consensus_.shape == (shape[1],)


def test_consensus_is_the_product_of_smoothed_shares() -> None:
    votes, _ = two_camps()
    model = OpinionGroups().fit(votes)
    statement = 26
    expected = 1.0
    for group in (0, 1):
        own = votes[model.labels_ == group, statement]
        expected *= ((own == 1).sum() + 1) / ((~np.isnan(own)).sum() + 2)
    assert model.consensus_[statement] == pytest.approx(expected)
