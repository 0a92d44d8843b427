"""Two nested levels of groups of vectors: the estimator over the graph, the ladder of resolutions and the refinement."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data

from clustering.levels import Anchor, BoardCutter, ExpertCutter, Ladder, board_level, expert_level
from clustering.neighbours import NEIGHBOURS, similarity_graph
from clustering.settling import settled
from clustering.vectors import Floats, Ints, as_float32, centroids, compact, group_count, unit

_TWINS = 0.8


@dataclass(frozen=True)
class Warm:
    """Where a later run starts: near the themes and leaves of the run before, at its resolutions (of both levels)."""

    themes: Anchor
    leaves: Anchor
    resolutions: tuple[float, float]


class ThemeClusterer(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Two nested levels of groups of vectors, their number found.

    granularity: "auto", or a factor on the resolution found best (2.0: finer, 0.5: coarser).
    n_neighbors: of the similarity graph. random_state: an int seed.

    Attributes after `fit`: labels_ (n,) themes, sublabels_ (n,) sub-themes each inside one theme, board_ and
    expert_ (`Cut`).
    """

    def __init__(self, granularity: float | str = "auto", n_neighbors: int = NEIGHBOURS, random_state: int | None = 0) -> None:
        self.granularity = granularity
        self.n_neighbors = n_neighbors
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        lexical: sparse.csr_matrix | None = None,
        warm: Warm | None = None,
        executor: Executor | None = None,
    ) -> Self:
        """Group the rows of X (n, d).

        lexical: (n, f) wording as well. warm: a run before to stay near. executor: does the heavy pieces; see `work`.
        """
        vectors = unit(as_float32(validate_data(self, X, dtype=np.float32)))
        graph = similarity_graph(vectors, lexical, self.n_neighbors, executor)
        factor, seed, size = granularity_factor(self.granularity), seed_of(self.random_state), len(vectors)
        near, parts = (warm.themes, warm.leaves) if warm else (None, None)
        coarse, fine = warm.resolutions if warm else (None, None)
        board = Ladder(graph, vectors, board_level(size), BoardCutter(near), BoardCutter(), seed, executor=executor)
        self.board_ = board.choose(factor, keep=coarse)
        labels = absorb_small(vectors, self.board_.labels, smallest(size, 250, 5))
        self.labels_ = settled(vectors, labels, near) if near else labels
        level = expert_level(size, group_count(self.labels_))
        cutter, judge = ExpertCutter(self.labels_, parts), ExpertCutter(self.labels_)
        expert = Ladder(graph, vectors, level, cutter, judge, seed, within=self.labels_, executor=executor)
        self.expert_ = expert.choose(factor, self.board_.resolution, fine)
        self.sublabels_ = absorb_within(vectors, self.labels_, self.expert_.labels, smallest(size, 1000, 4))
        return self


def smallest(texts: int, per: int, usually: int) -> int:
    """The fewest texts a group may have: `usually`, or one in `per`; 2 among fewer than 100 texts."""
    return max(usually if texts >= 100 else 2, -(-texts // per))


def absorb_small(vectors: Floats, labels: Ints, least: int) -> Ints:
    """Groups of fewer than `least` rows joined to the group with the nearest mean; renumbered by size."""
    labels = compact(labels)
    sizes = np.bincount(labels, minlength=1)
    big = np.flatnonzero(sizes >= least)
    if len(big) == 0 or len(big) == len(sizes):
        return labels
    means = centroids(vectors, labels, len(sizes))
    target = np.arange(len(sizes))
    small = np.flatnonzero(sizes < least)
    target[small] = big[np.argmax(means[small] @ means[big].T, axis=1)]
    return compact(target[labels])


def join_twins(vectors: Floats, labels: Ints) -> Ints:
    """Groups with nearly the same mean (cosine of 0.8 and more) made one: rewordings of one text are no sub-themes."""
    means = centroids(vectors, labels, group_count(labels))
    _, parts = connected_components(sparse.csr_matrix((means @ means.T >= _TWINS).astype(np.int8)), directed=False)
    return compact(parts[labels])


def absorb_within(vectors: Floats, labels: Ints, leaves: Ints, least: int) -> Ints:
    """`absorb_small` and `join_twins` inside each theme, so that sub-themes stay nested. Shape (n,)."""
    merged = np.full(len(labels), -1, dtype=np.int64)
    for theme in range(group_count(labels)):
        nodes = np.flatnonzero(labels == theme)
        parts = join_twins(vectors[nodes], absorb_small(vectors[nodes], leaves[nodes], least))
        merged[nodes] = parts + merged.max(initial=-1) + 1
    return compact(merged)


def granularity_factor(granularity: float | str) -> float:
    """1 for "auto", else the positive factor itself."""
    if granularity == "auto":
        return 1.0
    if isinstance(granularity, str) or not 0 < granularity < float("inf"):
        raise ValueError(f'granularity must be "auto" or a positive number, got {granularity!r}')
    return float(granularity)


def seed_of(random_state: int | np.random.RandomState | None) -> int:
    """A seed from scikit-learn's `random_state` (None draws one)."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    return int(random_state)
