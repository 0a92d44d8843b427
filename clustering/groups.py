"""Opinion groups: who votes alike, what each group stands for, and what unites all.

The method is that of Polis (Small et al. 2021, *Polis: Scaling deliberation by mapping high dimensional opinion
spaces*): votes are centred by statement, what a person has not seen counts as the statement's mean; two principal
components; each person is moved outward by sqrt(statements / own votes), because few votes keep one near the middle;
k-means with the number of groups (2-5) that has the best silhouette. The matrix stays sparse throughout, so that
150,000 people and 46,000 ideas fit in memory.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, svds
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from clustering.clusterer import seed_of
from clustering.vectors import Floats, Ints, compact, group_count

_Z90 = 1.2816
_SAMPLE = 3000
_LEAST = 3


@dataclass(frozen=True)
class Stance:
    """A group's view of a statement.

    agrees: for or against. share: smoothed share of those who saw it that hold this view, (votes + 1) / (seen + 2).
    ratio: that share over the share among everybody else. votes, seen: counts in the group. z: of the difference.
    """

    statement: int
    agrees: bool
    share: float
    ratio: float
    votes: int
    seen: int
    z: float


class OpinionGroups(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups people by their votes.

    most_groups: the largest number tried. least_votes: people with fewer votes are left out (label -1). random_state:
    int seed.

    Attributes after `fit` (n people, m statements): labels_ (n,), 0 is the largest group; positions_ (n, 2), NaN for
    those left out; silhouette_ (-1..1; 0 for one group); representative_: by group, its `Stance`s, most telling first;
    consensus_ (m,): group-informed consensus, the product over groups of the smoothed share that agrees (0-1);
    uniting_: statements that most of every group agrees with, best first.
    """

    def __init__(self, most_groups: int = 5, least_votes: int = 7, random_state: int | None = 0) -> None:
        self.most_groups = most_groups
        self.least_votes = least_votes
        self.random_state = random_state

    def fit(self, X: ArrayLike | sparse.sparray | sparse.spmatrix, y: object = None) -> Self:
        """Group the rows of X (n, m): 1 agree, -1 disagree, 0 pass; NaN (dense) or not stored (sparse): not seen.

        Where all votes are support (1), what was not supported counts as 0 rather than as unknown.
        """
        votes = votes_matrix(X)
        heard = np.diff(votes.indptr)
        rows = np.flatnonzero(heard >= min(self.least_votes, max(1, votes.shape[1])))
        self.labels_: Ints = np.full(votes.shape[0], -1, dtype=np.int64)
        self.positions_: Floats = np.full((votes.shape[0], 2), np.nan, dtype=np.float32)
        self.silhouette_ = 0.0
        if len(rows):
            self.positions_[rows] = _projected(votes[rows], seed_of(self.random_state))
            self.labels_[rows], self.silhouette_ = self._grouped(self.positions_[rows])
        self._describe(votes)
        return self

    def _grouped(self, points: Floats) -> tuple[Ints, float]:
        different = len(np.unique(points, axis=0))
        best = (np.zeros(len(points), dtype=np.int64), 0.0)
        for count in range(2, min(self.most_groups, different - 1) + 1):
            found = KMeans(count, n_init=10, random_state=seed_of(self.random_state)).fit_predict(points)
            score = _silhouette(points, found, seed_of(self.random_state))
            if score > best[1]:
                best = (compact(found), score)
        return best

    def _describe(self, votes: sparse.csr_matrix) -> None:
        count = group_count(self.labels_)
        agree, against, seen = (_tally(part, self.labels_, count) for part in _parts(votes))
        self.representative_ = [_representative(group, agree, against, seen) for group in range(count)]
        shares = (agree + 1) / (seen + 2)
        self.consensus_: NDArray[Any] = shares.prod(axis=0) if count else np.zeros(votes.shape[1])
        everywhere = (shares > 0.6).all(axis=0) & (seen > 0).all(axis=0) if count else np.zeros(votes.shape[1], bool)
        order = np.argsort(-self.consensus_, kind="stable")
        self.uniting_ = [int(statement) for statement in order if everywhere[statement]]


def votes_matrix(X: Any) -> sparse.csr_matrix:
    """Votes as a sparse (n, m) matrix in which a pass is stored as 0 and what was not seen is not stored."""
    if isinstance(X, sparse.sparray | sparse.spmatrix):
        stored: Any = X
        found = stored.tocoo()
        return sparse.csr_matrix((found.data.astype(np.float32), (found.row, found.col)), shape=found.shape)
    dense = np.asarray(X, dtype=np.float32)
    if dense.ndim != 2:
        raise ValueError(f"votes must be a 2-D matrix, got {dense.ndim} dimension(s)")
    rows, columns = np.nonzero(~np.isnan(dense))
    return sparse.csr_matrix((dense[rows, columns], (rows, columns)), shape=dense.shape)


def _projected(votes: sparse.csr_matrix, seed: int) -> Floats:
    """Places of people (n, 2) by the first two principal components, each sign fixed."""
    operator, statements = _centred(votes), votes.shape[1]
    kept = min(2, min(votes.shape) - 1)
    if kept < 1 or not np.any(operator @ np.random.default_rng(seed).normal(size=statements)):
        return np.zeros((votes.shape[0], 2), np.float32)
    start = np.random.default_rng(seed).normal(size=min(votes.shape))
    _, _, axes = svds(operator, k=kept, v0=start, random_state=seed)
    axes = axes[::-1] * np.where(axes[::-1][np.arange(kept), np.abs(axes[::-1]).argmax(axis=1)] < 0, -1, 1)[:, None]
    reach = np.sqrt(statements / np.maximum(np.diff(votes.indptr), 1))
    flat = np.asarray(operator @ axes.T) * (1 if _only_support(votes) else reach[:, None])
    return np.asarray(np.pad(flat, ((0, 0), (0, 2 - kept))), dtype=np.float32)


def _centred(votes: sparse.csr_matrix) -> Any:
    if _only_support(votes):
        mean = np.asarray(votes.mean(axis=0)).ravel()
        return LinearOperator(
            votes.shape,
            matvec=lambda v: votes @ v - (mean @ v),
            rmatvec=lambda v: votes.T @ v - mean * np.sum(v),
            matmat=lambda v: votes @ v - (mean @ v)[None, :],
            dtype=np.float32,
        )
    seen = np.maximum(np.bincount(votes.indices, minlength=votes.shape[1]), 1)
    mean = np.bincount(votes.indices, votes.data, minlength=votes.shape[1]) / seen
    moved = votes.copy()
    moved.data = (votes.data - mean[votes.indices]).astype(np.float32)
    return moved


def _only_support(votes: sparse.csr_matrix) -> bool:
    return bool((votes.data > 0).all())


def _silhouette(points: Floats, labels: Ints, seed: int) -> float:
    if len(set(labels.tolist())) < 2:
        return 0.0
    sample = _SAMPLE if len(points) > _SAMPLE else None
    return float(silhouette_score(points, labels, sample_size=sample, random_state=seed))


def _parts(votes: sparse.csr_matrix) -> tuple[sparse.csr_matrix, ...]:
    """0/1 matrices of agreement, disagreement and of what was seen."""
    tests = (votes.data > 0, votes.data < 0, np.ones(len(votes.data), dtype=bool))
    return tuple(sparse.csr_matrix((test.astype(np.float32), votes.indices, votes.indptr), shape=votes.shape) for test in tests)


def _tally(part: sparse.csr_matrix, labels: Ints, count: int) -> NDArray[Any]:
    kept = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((np.ones(len(kept)), (labels[kept], kept)), shape=(count, len(labels)))
    return np.asarray((member @ part).toarray())


def _representative(group: int, agree: NDArray[Any], against: NDArray[Any], seen: NDArray[Any]) -> tuple[Stance, ...]:
    """Statements on which a group clearly (both tests at 90 %) holds a view more than the others, best first; a view
    of fewer than 3 people is no group's view."""
    rest = np.arange(len(seen)) != group
    heard, heard_else = seen[group], seen[rest].sum(axis=0)
    stances = []
    for view, agrees in ((agree, True), (against, False)):
        share, share_else = (view[group] + 1) / (heard + 2), (view[rest].sum(axis=0) + 1) / (heard_else + 2)
        own = 2 * np.sqrt(heard + 1) * ((view[group] + 1) / (heard + 1) - 0.5)
        z = _two_shares(view[group], heard, view[rest].sum(axis=0), heard_else)
        for s in np.flatnonzero((own > _Z90) & (z > _Z90) & (view[group] >= _LEAST)):
            ratio = float(share[s] / share_else[s])
            stances.append(Stance(int(s), agrees, float(share[s]), ratio, int(view[group][s]), int(heard[s]), float(z[s])))
    return tuple(sorted(stances, key=lambda stance: (-stance.ratio * stance.z * stance.share, stance.statement)))


def _two_shares(own: NDArray[Any], heard: NDArray[Any], others: NDArray[Any], heard_else: NDArray[Any]) -> NDArray[Any]:
    """z of the difference of two shares, each with one vote added."""
    first, second = (own + 1) / (heard + 1), (others + 1) / (heard_else + 1)
    pooled = (own + others + 2) / (heard + heard_else + 2)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / (heard + 1) + 1 / (heard_else + 1)), 1e-12))
    return np.asarray((first - second) / spread)
