"""How many themes, and which: a ladder of resolutions, judged by stability, by silhouette and by what people can read.

At every resolution the graph is cut several times with different seeds; the cut most like the others stands for it. Its
stability is the mean adjusted Rand index with cuts of random 80 % of the texts. The board level is the rung with the
best stability less 0.1 per doubling away from ten themes ("a board reads ten and an expert fifty"); the expert level
adds the silhouette it gains, and aims at fifty. Measured on labelled sets, stability alone hardly tells
resolutions apart, and silhouette alone always asks for more themes: neither is trusted alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.metrics import adjusted_rand_score

from clustering.leiden import leiden, within
from clustering.neighbours import NEIGHBOURS, similarity_graph
from clustering.vectors import Floats, Ints, as_float32, centroids, compact, group_sums, unit

BOARD_READS = 10
EXPERT_READS = 50
_BOARD_MOST = 25
_BOARD_LEAST = 6
_PER_DOUBLING = 0.1
_LOWEST = 0.25
_STEP = 2**0.5
_RUNGS = 16
_KEPT = 0.8
_LARGE = 8000

Cutter = Callable[[sparse.csr_matrix, Ints, float, int], Ints]
"""(graph of these nodes, the nodes' rows, resolution, seed) -> labels of the nodes."""


@dataclass(frozen=True)
class Level:
    """A window for the number of groups and the number people read best."""

    name: str
    least: int
    most: int
    best: float
    wants_silhouette: bool

    def distance(self, groups: int) -> float:
        """How many doublings `groups` is away from the best number."""
        return abs(float(np.log2(max(groups, 1) / self.best)))

    def holds(self, groups: int) -> bool:
        """Whether that many groups lie in the window."""
        return self.least <= groups <= self.most


@dataclass(frozen=True)
class Trial:
    """One rung: its resolution, how many groups it gives, how stable (-1..1) and how well apart (-1..1) they are."""

    resolution: float
    groups: int
    stability: float
    silhouette: float
    score: float


@dataclass(frozen=True)
class Cut:
    """The chosen partition of a level.

    labels: (n,). resolution: before granularity. best: the trial it comes from, of `trials`. reason: in words.
    group_stability: (k,), the mean best Jaccard overlap with a group of the cuts of 80 % (Hennig 2007).
    """

    labels: Ints
    resolution: float
    best: Trial
    trials: tuple[Trial, ...]
    reason: str
    group_stability: Floats


def board_level(texts: int) -> Level:
    """The level a board reads: about ten themes, fewer in a small jam."""
    best = min(float(BOARD_READS), max(2.0, (texts / 3) ** 0.5))
    least = _BOARD_LEAST if texts >= 150 else 2
    return Level("themes", least, min(_BOARD_MOST, max(3, texts // 4)), best, wants_silhouette=False)


def expert_level(texts: int, themes: int) -> Level:
    """The level an expert reads: about fifty sub-themes, fewer where a theme would hold less than eight texts."""
    best = max(float(themes), min(float(EXPERT_READS), texts / 8))
    least = max(themes, int(best / 2))
    return Level("sub-themes", least, max(least, int(2.5 * best)), best, wants_silhouette=True)


def board_cutter(initial: Ints | None = None) -> Cutter:
    """Cuts the whole graph; initial: (n,) labels to start from, for a cut near an earlier one."""
    return lambda graph, nodes, resolution, seed: leiden(graph, resolution, seed, None if initial is None else initial[nodes])


def expert_cutter(themes: Ints, initial: Ints | None = None) -> Cutter:
    """Cuts every theme of `themes` (n,) again, so that each sub-theme lies inside one theme."""
    return lambda graph, nodes, resolution, seed: refine(
        graph, themes[nodes], resolution, seed, None if initial is None else initial[nodes]
    )


def choose(
    graph: sparse.csr_matrix,
    vectors: Floats,
    level: Level,
    cutter: Cutter,
    granularity: float = 1.0,
    seed: int = 0,
    lowest: float = _LOWEST,
    keep: float | None = None,
) -> Cut:
    """The best cut of `graph` (n, n) at a level; `granularity` multiplies the resolution that was found best.

    keep: the resolution of the run before, taken without looking for another.
    """
    if keep is None:
        rungs = list(_ladder(graph, level, cutter, seed, lowest))
    else:
        rungs = [(keep, cut_at(graph, cutter, keep, seed))]
    fitting = [rung for rung in rungs if level.holds(_groups(rung[1]))]
    fitting = fitting or [min(rungs, key=lambda rung: level.distance(_groups(rung[1])))]
    trials = tuple(_trial(graph, vectors, level, cutter, seed, *rung) for rung in fitting)
    best = max(trials, key=lambda trial: trial.score)
    labels = cut_at(graph, cutter, best.resolution * granularity, seed)
    return _finish(graph, labels, level, cutter, granularity, seed, trials, best)


def cut_at(graph: sparse.csr_matrix, cutter: Cutter, resolution: float, seed: int) -> Ints:
    """The cut at one resolution that is most like those of other seeds. Shape (n,)."""
    nodes = np.arange(graph.shape[0])
    cuts = [cutter(graph, nodes, resolution, seed + run) for run in range(_runs(len(nodes), 6))]
    return cuts[_most_typical(cuts)]


def refine(graph: sparse.csr_matrix, labels: Ints, resolution: float, seed: int, initial: Ints | None = None) -> Ints:
    """Every group of `labels` (n,) cut again at `resolution` of the whole graph: (n,) labels of the parts."""
    leaves = np.full(len(labels), -1, dtype=np.int64)
    for theme in range(_groups(labels)):
        nodes = np.flatnonzero(labels == theme)
        if len(nodes):
            start = None if initial is None else initial[nodes]
            leaves[nodes] = within(graph, nodes, resolution, seed, start) + leaves.max() + 1
    return compact(leaves)


def silhouettes(vectors: Floats, labels: Ints) -> Floats:
    """Simplified silhouette of each row (n,): (b - a) / max(a, b) with a, b the cosine distances to the mean of the own
    group without the row itself, and to the nearest other mean; 0 in a group of one or where there is one group."""
    count = int(labels.max(initial=-1)) + 1
    if count < 2:
        return np.zeros(len(vectors), np.float32)
    sums = group_sums(vectors, labels, count)
    others = vectors @ unit(sums).T
    others[np.arange(len(labels)), labels] = -np.inf
    near = 1 - others.max(axis=1)
    own = 1 - np.einsum("ij,ij->i", vectors, unit(sums[labels] - vectors))
    alone = np.bincount(labels, minlength=count)[labels] < 2
    return np.asarray(np.where(alone, 0, (near - own) / np.maximum(np.maximum(near, own), 1e-9)), dtype=np.float32)


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
        initial: tuple[Ints, Ints] | None = None,
        resolutions: tuple[float, float] | None = None,
    ) -> Self:
        """Group the rows of X (n, d).

        lexical: (n, f) wording as well. initial: (themes, sub-themes) to start from. resolutions: to keep, of both
        levels.
        """
        from sklearn.utils.validation import validate_data

        vectors = unit(as_float32(validate_data(self, X, dtype=np.float32)))
        graph = similarity_graph(vectors, lexical, self.n_neighbors)
        factor, seed = granularity_factor(self.granularity), seed_of(self.random_state)
        before, parts = initial if initial is not None else (None, None)
        coarse, finer = resolutions if resolutions is not None else (None, None)
        size = len(vectors)
        self.board_ = choose(graph, vectors, board_level(size), board_cutter(before), factor, seed, keep=coarse)
        self.labels_ = absorb_small(vectors, self.board_.labels, smallest(size, 250, 5))
        level, cutter = expert_level(size, _groups(self.labels_)), expert_cutter(self.labels_, parts)
        self.expert_ = choose(graph, vectors, level, cutter, factor, seed, self.board_.resolution, finer)
        self.sublabels_ = absorb_within(vectors, self.labels_, self.expert_.labels, smallest(size, 1000, 4))
        return self


def smallest(texts: int, per: int, usually: int) -> int:
    """The fewest texts a group may have: `usually`, or one in `per`; 2 among fewer than 100 texts."""
    return max(usually if texts >= 100 else 2, -(-texts // per))


def absorb_within(vectors: Floats, labels: Ints, leaves: Ints, least: int) -> Ints:
    """`absorb_small` inside each theme, so that sub-themes stay nested. Shape (n,)."""
    merged = np.full(len(labels), -1, dtype=np.int64)
    for theme in range(_groups(labels)):
        nodes = np.flatnonzero(labels == theme)
        merged[nodes] = absorb_small(vectors[nodes], leaves[nodes], least) + merged.max(initial=-1) + 1
    return compact(merged)


def granularity_factor(granularity: float | str) -> float:
    """1 for "auto", else the positive factor itself."""
    if granularity == "auto":
        return 1.0
    if isinstance(granularity, str) or not 0 < granularity < float("inf"):
        raise ValueError(f'granularity must be "auto" or a positive number, got {granularity!r}')
    return float(granularity)


def seed_of(random_state: int | None) -> int:
    """A seed from scikit-learn's `random_state` (None draws one)."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    return int(random_state)


def _ladder(graph: sparse.csr_matrix, level: Level, cutter: Cutter, seed: int, lowest: float) -> Iterator[tuple[float, Ints]]:
    resolution = lowest
    for _ in range(_RUNGS):
        labels = cut_at(graph, cutter, resolution, seed)
        yield resolution, labels
        if _groups(labels) > level.most:
            return
        resolution *= _STEP if graph.shape[0] < _LARGE else _STEP**2


def _finish(
    graph: sparse.csr_matrix,
    labels: Ints,
    level: Level,
    cutter: Cutter,
    granularity: float,
    seed: int,
    trials: tuple[Trial, ...],
    best: Trial,
) -> Cut:
    resolution = best.resolution * granularity
    _, overlap = _resampled(graph, labels, cutter, resolution, seed)
    reason = _reason(level, _groups(labels), resolution, trials, best)
    if granularity != 1.0:
        reason += f"; times the host's granularity {granularity:g}"
    return Cut(labels, best.resolution, best, trials, reason, overlap)


def _reason(level: Level, groups: int, resolution: float, trials: tuple[Trial, ...], best: Trial) -> str:
    found = f"{groups} {level.name} at resolution {resolution:.2f}"
    figures = f"stability {best.stability:.2f}, silhouette {best.silhouette:.2f}"
    if len(trials) == 1:
        return f"{found}: the only one tried ({figures})"
    return (
        f"{found}: of {len(trials)} resolutions giving {level.least}-{level.most}, {best.resolution:.2f} scored best "
        f"({best.score:.2f}: {figures}, aim {level.best:.0f})"
    )


def _trial(
    graph: sparse.csr_matrix,
    vectors: Floats,
    level: Level,
    cutter: Cutter,
    seed: int,
    resolution: float,
    labels: Ints,
) -> Trial:
    stability, _ = _resampled(graph, labels, cutter, resolution, seed)
    apart = float(silhouettes(vectors, labels).mean()) if len(labels) else 0.0
    score = stability - _PER_DOUBLING * level.distance(_groups(labels)) + (apart if level.wants_silhouette else 0.0)
    return Trial(resolution, _groups(labels), stability, apart, score)


def _resampled(graph: sparse.csr_matrix, labels: Ints, cutter: Cutter, resolution: float, seed: int) -> tuple[float, Floats]:
    total = len(labels)
    agreements, overlaps = [], []
    for run in range(_runs(total, 8)):
        kept = np.random.default_rng([seed, run]).random(total) < _KEPT
        nodes = np.flatnonzero(kept)
        if len(nodes) < 2:
            continue
        again = cutter(sparse.csr_matrix(graph[nodes][:, nodes]), nodes, resolution, seed + run)
        agreements.append(float(adjusted_rand_score(labels[nodes], again)))
        overlaps.append(_best_overlap(labels[nodes], again, _groups(labels)))
    if not agreements:
        return 1.0, np.ones(_groups(labels), np.float32)
    return float(np.mean(agreements)), np.asarray(np.mean(overlaps, axis=0), dtype=np.float32)


def _best_overlap(labels: Ints, again: Ints, count: int) -> NDArray[Any]:
    shared = sparse.csr_matrix((np.ones(len(labels)), (labels, again)), shape=(count, _groups(again))).toarray()
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.asarray((shared / np.maximum(union, 1)).max(axis=1))


def _most_typical(cuts: list[Ints]) -> int:
    agreement = [[adjusted_rand_score(one, other) for other in cuts] for one in cuts]
    return int(np.argmax(np.mean(agreement, axis=1)))


def _groups(labels: Ints) -> int:
    return int(labels.max(initial=-1)) + 1


def _runs(texts: int, most: int) -> int:
    return most if texts < _LARGE else 2
