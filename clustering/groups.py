"""Opinion groups: who votes alike, what each group stands for, and what unites all.

The method follows Polis (Small et al. 2021, *Polis: Scaling deliberation by mapping high dimensional opinion spaces*): people
are placed on a plane by their votes (`clustering.votes`) and grouped there by k-means, the number of groups (2-5) being the one
with the best silhouette. Two things are added, because any cloud of points can be cut in two:

- **Structure is tested.** The share of the variance on each axis is compared with that of the same votes dealt out at random
  (`shuffled`), as in Horn's parallel analysis. Unless the first is larger than in all but `level` of the draws, everybody is
  one group; where only the first is, people are grouped along it.
- **Of k-means' local optima** that with the best silhouette counts, not that with the least inertia, and no group may be
  smaller than `least_size`: least inertia halves a large crowd rather than see a small group beside it.

The matrix stays sparse throughout, so that 150,000 people and 46,000 ideas fit in memory.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from clustering.clusterer import seed_of
from clustering.vectors import Floats, Ints, compact, group_count
from clustering.votes import only_support, placed, shuffled, votes_matrix

_SAMPLE = 2000
_STARTS = 12
_LEAST_VOICES = 3
_TESTED = 4_000

Status = Literal["grouped", "too few", "no structure"]


@dataclass(frozen=True)
class Stance:
    """A group's view of a statement.

    agrees: for or against. share: smoothed share of those who saw it that hold this view, (votes + 1) / (seen + 2); of a jam
    with support only, all of the group count as having seen everything. ratio: that share over the share among everybody
    else. votes, seen: counts in the group. z: of the difference of the two shares. q: the false discovery rate at which it
    stands among all views of all groups (Benjamini and Hochberg 1995).
    """

    statement: int
    agrees: bool
    share: float
    ratio: float
    votes: int
    seen: int
    z: float
    q: float


class OpinionGroups(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups people by their votes.

    most_groups: the largest number tried. least_votes: people with fewer votes are left out (label -1). least_people: of fewer
    nothing is said. least_size: of a group, and of those in a group who saw a statement. shuffles: random draws that the
    structure is tested against (of more than 4,000 people on as many of them, chosen at random). level: of that test, and the
    false discovery rate of the views. random_state: int seed.

    Attributes after `fit` (n people, m statements): status_: "grouped", "too few" or "no structure"; labels_ (n,), 0 is the
    largest group; positions_ (n, 2), NaN for those left out; strength_ (2,): share of the variance on each axis; p_ (2,): of
    the test of structure of each; silhouette_ (-1..1; 0 for one group); representative_: by group, its `Stance`s, most telling
    first; consensus_ (m,): group-informed consensus, the product over groups of the smoothed share that agrees (0-1);
    uniting_: statements that every group agrees with, best first.
    """

    def __init__(
        self,
        most_groups: int = 5,
        least_votes: int = 7,
        least_people: int = 20,
        least_size: int = 5,
        shuffles: int = 99,
        level: float = 0.05,
        random_state: int | None = 0,
    ) -> None:
        self.most_groups = most_groups
        self.least_votes = least_votes
        self.least_people = least_people
        self.least_size = least_size
        self.shuffles = shuffles
        self.level = level
        self.random_state = random_state

    def fit(self, X: ArrayLike | sparse.sparray | sparse.spmatrix, y: object = None) -> Self:
        """Group the rows of X (n, m): 1 agree, -1 disagree, 0 pass; NaN (dense) or not stored (sparse): not seen."""
        votes = votes_matrix(X)
        rows = np.flatnonzero(np.diff(votes.indptr) >= self.least_votes)
        self.labels_: Ints = np.full(votes.shape[0], -1, dtype=np.int64)
        self.positions_: Floats = np.full((votes.shape[0], 2), np.nan, dtype=np.float32)
        self.silhouette_ = 0.0
        self.strength_, self.p_ = np.zeros(2, np.float32), np.ones(2)
        self.status_: Status = "too few"
        if len(rows) >= self.least_people:
            self._place(votes[rows], rows)
        self._describe(votes)
        return self

    def _place(self, votes: sparse.csr_matrix, rows: Ints) -> None:
        seed = seed_of(self.random_state)
        self.positions_[rows], self.strength_ = placed(votes, seed)
        self.labels_[rows] = 0
        self.status_ = "no structure"
        self.p_ = self._chance(votes, seed)
        axes = 0 if self.p_[0] > self.level else 1 if self.p_[1] > self.level else 2
        if axes:
            self.labels_[rows], self.silhouette_ = self._grouped(self.positions_[rows, :axes], seed)
        if self.silhouette_ > 0:
            self.status_ = "grouped"

    def _chance(self, votes: sparse.csr_matrix, seed: int) -> NDArray[Any]:
        """How often votes dealt out at random lie as much along an axis: (1 + draws at least as strong) / (1 + draws), (2,)."""
        people = votes.shape[0]
        some = votes[np.random.default_rng(seed).permutation(people)[:_TESTED]] if people > _TESTED else votes
        strength = placed(some, seed)[1]
        drawn = np.array([placed(shuffled(some, seed + 1 + draw), seed)[1] for draw in range(self.shuffles)]).reshape(-1, 2)
        return np.asarray((1 + (drawn >= strength).sum(axis=0)) / (1 + self.shuffles))

    def _grouped(self, points: Floats, seed: int) -> tuple[Ints, float]:
        best = (np.zeros(len(points), dtype=np.int64), 0.0)
        known: set[tuple[int, ...]] = set()
        different = len(np.unique(points, axis=0))
        for count in range(2, min(self.most_groups, different - 1) + 1):
            for start in range(_STARTS):
                found = KMeans(count, n_init=1, random_state=seed + start).fit_predict(points)
                sizes = tuple(sorted(np.bincount(found).tolist()))
                if sizes in known or sizes[0] < self.least_size:
                    continue
                known.add(sizes)
                score = _silhouette(points, found, seed)
                if score > best[1]:
                    best = (compact(found), score)
        return best

    def _describe(self, votes: sparse.csr_matrix) -> None:
        count = group_count(self.labels_)
        agree, against, seen = (_tally(part, self.labels_, count) for part in _parts(votes))
        supports = only_support(votes)
        if supports:
            seen = np.repeat(np.bincount(self.labels_[self.labels_ >= 0], minlength=count)[:, None], votes.shape[1], axis=1)
        self.representative_ = _representative(agree, against, seen, supports, self.least_size, self.level)
        shares = (agree + 1) / (seen + 2)
        self.consensus_: NDArray[Any] = shares.prod(axis=0) if count else np.zeros(votes.shape[1])
        united = _united(agree, seen, supports, self.least_size) if count else np.zeros(votes.shape[1], bool)
        order = np.argsort(-self.consensus_, kind="stable")
        self.uniting_ = [int(statement) for statement in order if united[statement]]


def _silhouette(points: Floats, labels: Ints, seed: int) -> float:
    sample = _SAMPLE if len(points) > _SAMPLE else None
    try:
        return float(silhouette_score(points, labels, sample_size=sample, random_state=seed))
    except ValueError:  # a sample that missed a small group
        return 0.0


def _parts(votes: sparse.csr_matrix) -> tuple[sparse.csr_matrix, ...]:
    """0/1 matrices of agreement, disagreement and of what was seen."""
    tests = (votes.data > 0, votes.data < 0, np.ones(len(votes.data), dtype=bool))
    return tuple(sparse.csr_matrix((test.astype(np.float32), votes.indices, votes.indptr), shape=votes.shape) for test in tests)


def _tally(part: sparse.csr_matrix, labels: Ints, count: int) -> NDArray[Any]:
    kept = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((np.ones(len(kept)), (labels[kept], kept)), shape=(count, len(labels)))
    return np.asarray((member @ part).toarray())


def _united(agree: NDArray[Any], seen: NDArray[Any], supports: bool, least: int) -> NDArray[np.bool_]:
    """Statements that enough of every group saw and that more than three of five in each agree with. Of support only, where no
    idea has so many: those that every group backs clearly (95 %) more than twice as much as its usual idea."""
    enough = (seen >= least).all(axis=0)
    if not supports:
        return np.asarray(enough & ((agree + 1) / (seen + 2) > 0.6).all(axis=0))
    usual = 2 * agree.mean(axis=1, keepdims=True)
    return np.asarray(enough & (agree >= _LEAST_VOICES).all(axis=0) & (agree - usual > 1.6449 * np.sqrt(usual)).all(axis=0))


def _representative(
    agree: NDArray[Any], against: NDArray[Any], seen: NDArray[Any], supports: bool, least: int, level: float
) -> list[tuple[Stance, ...]]:
    """Views that a group holds more than everybody else, and that most of it holds, by two one-sided z tests as in Polis.

    A view counts where both hold, at a false discovery rate over all groups, statements and both directions. One of fewer
    than 3 people is no group's view, and of what fewer than `least` saw there is none.

    The groups were made from the same votes, so that q is a guide among views and no proof of the groups: that is the
    test of structure.
    """
    count = len(seen)
    if count < 2:
        return [() for _ in range(count)]
    found = [
        (group, agrees, *_tested(view, seen, group, supports, least))
        for group in range(count)
        for view, agrees in ((agree, True), (against, False))
    ]
    q = _false_discoveries(np.concatenate([p for _, _, _, p in found]))
    stances: list[list[Stance]] = [[] for _ in range(count)]
    for place, (group, agrees, z, _) in enumerate(found):
        own = q[place * len(z) : (place + 1) * len(z)]
        for statement in np.flatnonzero(own <= level):
            stances[group].append(_stance(agree if agrees else against, seen, group, int(statement), agrees, z, own))
    return [tuple(sorted(each, key=lambda one: (-one.ratio * one.z * one.share, one.statement))) for each in stances]


def _tested(
    view: NDArray[Any], seen: NDArray[Any], group: int, supports: bool, least: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """(z of the difference, p of both tests together) by statement; p is NaN where too few saw it: that is no test."""
    rest = np.arange(len(seen)) != group
    votes, heard = view[group], seen[group]
    z = _two_shares(votes, heard, view[rest].sum(axis=0), seen[rest].sum(axis=0))
    own = 2 * np.sqrt(heard + 1) * ((votes + 1) / (heard + 1) - 0.5)
    p = norm.sf(z if supports else np.minimum(z, own))
    enough = (heard >= least) & (seen[rest].sum(axis=0) >= least)
    return z, np.where(enough, np.where(votes >= _LEAST_VOICES, p, 1.0), np.nan)


def _two_shares(own: NDArray[Any], heard: NDArray[Any], others: NDArray[Any], heard_else: NDArray[Any]) -> NDArray[Any]:
    """z of the difference of two shares, each with one vote added."""
    first, second = (own + 1) / (heard + 1), (others + 1) / (heard_else + 1)
    pooled = (own + others + 2) / (heard + heard_else + 2)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / (heard + 1) + 1 / (heard_else + 1)), 1e-12))
    return np.asarray((first - second) / spread)


def _false_discoveries(p: NDArray[Any]) -> NDArray[Any]:
    """The q of each p that is a number: the least false discovery rate at which it would be named."""
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    found = np.ones(len(p))
    found[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return found


def _stance(
    view: NDArray[Any], seen: NDArray[Any], group: int, statement: int, agrees: bool, z: NDArray[Any], q: NDArray[Any]
) -> Stance:
    rest = np.arange(len(seen)) != group
    votes, heard = int(view[group, statement]), int(seen[group, statement])
    share = (votes + 1) / (heard + 2)
    among_others = (view[rest, statement].sum() + 1) / (seen[rest, statement].sum() + 2)
    ratio = float(share / among_others)
    return Stance(statement, agrees, share, ratio, votes, heard, float(z[statement]), float(q[statement]))
