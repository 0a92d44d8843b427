"""Groups of vectors, their number found."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils.estimator_checks import parametrize_with_checks

from clustering.clusterer import ThemeClusterer, absorb_small, absorb_within, granularity_factor
from clustering.leiden import leiden
from clustering.levels import Anchor, silhouettes
from clustering.neighbours import nearest, similarity_graph
from clustering.vectors import compact, unit


@parametrize_with_checks([ThemeClusterer()])
def test_it_keeps_the_rules_of_scikit_learn(estimator: object, check: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the suite itself feeds columns of zeros and the like
        check(estimator)


def blobs(groups: int, each: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(groups, 32))
    labels = np.repeat(np.arange(groups), each)
    return unit(centres[labels] + spread * rng.normal(size=(groups * each, 32))), labels


def test_clear_groups_are_found_and_leaves_are_nested() -> None:
    vectors, truth = blobs(9, 40, 0.5)
    model = ThemeClusterer().fit(vectors)
    assert len(set(zip(model.labels_.tolist(), truth.tolist(), strict=True))) == 9
    for leaf in range(model.sublabels_.max() + 1):
        assert len(set(model.labels_[model.sublabels_ == leaf].tolist())) == 1
    assert "themes at resolution" in model.board_.reason


def test_a_board_never_gets_more_than_it_reads() -> None:
    vectors, truth = blobs(60, 30, 0.1)
    model = ThemeClusterer().fit(vectors)
    assert 6 <= model.labels_.max() + 1 <= 30
    for group in range(60):
        assert len(set(model.labels_[truth == group].tolist())) == 1


def test_granularity_is_a_dial() -> None:
    vectors, _ = blobs(12, 40, 1.6)
    counts = [ThemeClusterer(granularity=g).fit(vectors).labels_.max() + 1 for g in (0.3, 1.0, 4.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


@pytest.mark.parametrize("wrong", [0, -1.0, float("nan"), float("inf"), "fine"])
def test_a_senseless_granularity_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="granularity"):
        granularity_factor(wrong)


def test_new_texts_may_form_a_group_of_their_own_beside_an_anchor() -> None:
    vectors, truth = blobs(4, 30, 0.4)
    graph = similarity_graph(vectors)
    start = np.where(truth == 3, 0, truth)
    anchor = Anchor(start, truth != 3)
    labels = leiden(anchor.hold(graph), 1.0, 0, anchor.labels)
    assert len(set(zip(labels.tolist(), truth.tolist(), strict=True))) == 4


def test_an_anchor_holds_a_text_between_two_groups() -> None:
    graph = sparse.csr_matrix(
        np.array([[0, 1, 1, 0.0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 1.1, 0], [0, 0, 1.1, 0, 1], [0, 0, 0, 1, 0]])
    )
    labels = np.array([0, 0, 0, 1, 1])
    held = Anchor(labels, np.ones(5, dtype=bool)).hold(graph)
    assert held[0, 2] == 1.5
    assert held[2, 3] == pytest.approx(1.1)


def test_nearest_is_exact_across_blocks() -> None:
    vectors, _ = blobs(30, 70, 1.0)
    found, values = nearest(vectors, 7)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    assert np.allclose(np.sort(values, axis=1)[:, ::-1], np.sort(scores, axis=1)[:, ::-1][:, :7], atol=1e-5)
    assert (found != np.arange(len(vectors))[:, None]).all()


def test_small_groups_join_the_nearest() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.1], [1, 0.2], [0, 1], [0.1, 1], [0.2, 1], [0.9, 0.3]]))
    labels = np.array([0, 0, 0, 1, 1, 1, 2])
    assert absorb_small(vectors, labels, 2).tolist() == [0, 0, 0, 1, 1, 1, 0]
    nested = absorb_within(vectors, np.array([0, 0, 0, 1, 1, 1, 1]), labels, 2)
    assert nested[6] == nested[3]


def test_compact_numbers_by_size() -> None:
    assert compact(np.array([7, 7, 2, -1, 2, 2, 5])).tolist() == [1, 1, 0, -1, 0, 0, 2]


def test_silhouette_is_high_for_clear_groups_and_nil_for_one() -> None:
    vectors, truth = blobs(3, 20, 0.1)
    assert silhouettes(vectors, truth).min() > 0.8
    assert silhouettes(vectors, np.zeros(60, dtype=np.int64)).tolist() == [0.0] * 60
