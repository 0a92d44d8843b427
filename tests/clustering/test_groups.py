"""Opinion groups from votes."""

import numpy as np
import pytest
from scipy import sparse

from clustering.groups import OpinionGroups


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


def test_support_only_votes_show_groups_too() -> None:
    votes, camp = two_camps()
    support = np.where(votes == 1, 1.0, np.nan)
    model = OpinionGroups(least_votes=5).fit(support)
    known = model.labels_ >= 0
    agree = (model.labels_[known] == camp[known]).mean()
    assert max(agree, 1 - agree) > 0.9


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 1), (3, 1), (2, 5)])
def test_tiny_matrices(shape: tuple[int, int]) -> None:
    model = OpinionGroups(least_votes=1).fit(np.ones(shape))
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
