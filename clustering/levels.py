"""How many themes: a ladder of resolutions, judged by stability, by silhouette and by what people can read.

At every resolution the graph is cut several times with different seeds; the cut most like the others stands for it. Its
stability is the mean adjusted Rand index with cuts of random 80 % of the texts. The board level is the rung with the
best stability less 0.15 per doubling away from ten themes ("a board reads ten and an expert fifty"); the expert level
adds the silhouette it gains, and aims at fifty. Measured on labelled sets, stability alone hardly tells
resolutions apart, and silhouette alone always asks for more themes: neither is trusted alone.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from clustering.leiden import leiden, within
from clustering.vectors import Floats, Ints, centroids, compact, group_count, group_sums, unit
from clustering.work import in_pieces

BOARD_READS = 10
EXPERT_READS = 50
INERTIA = 0.5
_BOARD_MOST = 25
_BOARD_LEAST = 6
_PER_DOUBLING = 0.15
_LOWEST = 0.25
_BOTTOM = 0.002
_STEP = 2**0.5
_RUNGS = 16
_KEPT = 0.8
_SEEDS = 6
_SAMPLES = 10
_LARGE = 8000

Cutter = Callable[[sparse.csr_matrix, Ints, float, int], Ints]
"""(graph of these nodes, the nodes' rows, resolution, seed) -> labels of the nodes."""
Resample = tuple[float, NDArray[Any]]
"""Agreement of a sample's cut with the whole's (-1..1), and each group's best Jaccard overlap with a group of it (k,)."""


@dataclass(frozen=True)
class Level:
    """A window for the number of groups and the number people read best; `joins`: more than the window holds are joined."""

    name: str
    least: int
    most: int
    best: float
    wants_silhouette: bool
    joins: bool

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


@dataclass(frozen=True)
class Anchor:
    """Groups to stay near: labels (n,) to start from, and which of them are known from a run before (n,), not guessed."""

    labels: Ints
    known: NDArray[np.bool_]

    def at(self, nodes: Ints) -> "Anchor":
        """The anchor of some rows."""
        return Anchor(self.labels[nodes], self.known[nodes])

    def hold(self, graph: sparse.csr_matrix) -> sparse.csr_matrix:
        """`graph` (n, n) with the edges inside a known group weighing half as much again: a text moves only where its
        neighbours give clear reason to, and new texts are free to form groups of their own."""
        edges = graph.tocoo()
        together = (self.labels[edges.row] == self.labels[edges.col]) & self.known[edges.row] & self.known[edges.col]
        weights = edges.data * np.where(together, 1 + INERTIA, 1)
        return sparse.csr_matrix((weights, (edges.row, edges.col)), shape=graph.shape)


def board_level(texts: int) -> Level:
    """The level a board reads: about ten themes, fewer in a small jam."""
    best = min(float(BOARD_READS), max(2.0, (texts / 3) ** 0.5))
    least = _BOARD_LEAST if texts >= 150 else 2
    return Level("themes", least, min(_BOARD_MOST, max(3, texts // 4)), best, wants_silhouette=False, joins=True)


def expert_level(texts: int, themes: int) -> Level:
    """The level an expert reads: about fifty sub-themes, fewer where one would hold less than ten texts."""
    best = max(float(themes), min(float(EXPERT_READS), texts / 10))
    least = max(themes, int(best / 2))
    return Level("sub-themes", least, max(least, int(2.5 * best)), best, wants_silhouette=True, joins=False)


@dataclass(frozen=True)
class BoardCutter:
    """Cuts the whole graph, near `anchor` where one is given. A class, so that it can be sent to other processes."""

    anchor: Anchor | None = None

    def __call__(self, graph: sparse.csr_matrix, nodes: Ints, resolution: float, seed: int) -> Ints:
        """Labels of `nodes`."""
        if self.anchor is None:
            return leiden(graph, resolution, seed)
        near = self.anchor.at(nodes)
        return leiden(near.hold(graph), resolution, seed, near.labels)


@dataclass(frozen=True)
class ExpertCutter:
    """Cuts every theme of `themes` (n,) again, so that each sub-theme lies inside one theme; near `anchor` if given."""

    themes: Ints
    anchor: Anchor | None = None

    def __call__(self, graph: sparse.csr_matrix, nodes: Ints, resolution: float, seed: int) -> Ints:
        """Labels of `nodes`."""
        if self.anchor is None:
            return refine(graph, self.themes[nodes], resolution, seed)
        near = self.anchor.at(nodes)
        return refine(near.hold(graph), self.themes[nodes], resolution, seed, near.labels)


def refine(graph: sparse.csr_matrix, labels: Ints, resolution: float, seed: int, initial: Ints | None = None) -> Ints:
    """Every group of `labels` (n,) cut again at `resolution` of the whole graph: (n,) labels of the parts."""
    leaves = np.full(len(labels), -1, dtype=np.int64)
    for theme in range(group_count(labels)):
        nodes = np.flatnonzero(labels == theme)
        if len(nodes):
            start = None if initial is None else initial[nodes]
            leaves[nodes] = within(graph, nodes, resolution, seed, start) + leaves.max() + 1
    return compact(leaves)


class Ladder:
    """Looks for the best cut of one level.

    graph: (n, n) similarities. vectors: (n, d). cutter: makes the cuts. judge: makes the cuts of samples that tell how
    stable they are; it starts from nothing, whatever `cutter` starts from. within: (n,) the groups that every cut is nested
    in, which then count for nothing. executor: does the cuts of samples.
    """

    def __init__(
        self,
        graph: sparse.csr_matrix,
        vectors: Floats,
        level: Level,
        cutter: Cutter,
        judge: Cutter,
        seed: int,
        within: Ints | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.graph, self.vectors, self.level = graph, vectors, level
        self.cutter, self.judge, self.seed, self.within = cutter, judge, seed, within
        self.executor = executor
        self._nodes = np.arange(graph.shape[0])
        self._large = len(self._nodes) >= _LARGE

    def choose(self, granularity: float = 1.0, lowest: float = _LOWEST, keep: float | None = None) -> Cut:
        """The best cut; `granularity` multiplies the resolution that was found best.

        lowest: where to begin. keep: the resolution of the run before, taken without looking for another.
        """
        rungs = self._rungs(lowest) if keep is None else [(keep, 0)]
        held = [resolution for resolution, groups in rungs if self.level.holds(groups)]
        held = held or [min(rungs, key=lambda rung: self.level.distance(rung[1]))[0]]
        fitting = [(resolution, self._cut(resolution)) for resolution in held]
        trials = tuple(self._trial(*rung, again) for rung, again in zip(fitting, self._resamples(fitting), strict=True))
        best = max(trials, key=lambda trial: trial.score)
        resolution = best.resolution * granularity
        labels = self._joined(self._cut(resolution), granularity)
        again = self._resamples([(resolution, labels)])[0]
        overlap = np.asarray(
            np.mean([each for _, each in again], axis=0) if again else np.ones(group_count(labels)), np.float32
        )
        return Cut(labels, best.resolution, best, trials, self._reason(labels, resolution, trials, best), overlap)

    def _joined(self, labels: Ints, granularity: float) -> Ints:
        """Where even the lowest resolution leaves more groups than a board reads (a graph in many pieces), the nearest
        are joined, by average linkage of their means."""
        most = int(self.level.most * max(1.0, granularity))
        if not self.level.joins or group_count(labels) <= most:
            return labels
        means = centroids(self.vectors, labels, group_count(labels))
        linkage = AgglomerativeClustering(n_clusters=most, metric="cosine", linkage="average")
        return compact(np.asarray(linkage.fit_predict(means))[labels])

    def _rungs(self, resolution: float) -> list[tuple[float, int]]:
        """Resolutions from low to high with the number of groups that one cut gives."""
        rungs: list[tuple[float, int]] = []
        while resolution > _BOTTOM and self._groups(resolution) > self.level.best:
            resolution /= _STEP**4
        while len(rungs) < _RUNGS and not (rungs and rungs[-1][1] > self.level.most):
            rungs.append((resolution, self._groups(resolution)))
            resolution *= _STEP**2 if self._large else _STEP
        return rungs

    def _groups(self, resolution: float) -> int:
        return group_count(self.cutter(self.graph, self._nodes, resolution, self.seed))

    def _cut(self, resolution: float) -> Ints:
        """The cut that is most like those of other seeds."""
        runs = 1 if self._large else _SEEDS
        cuts = [self.cutter(self.graph, self._nodes, resolution, self.seed + run) for run in range(runs)]
        agreement = np.eye(runs)
        for one, other in zip(*np.triu_indices(runs, 1), strict=True):
            agreement[one, other] = agreement[other, one] = adjusted_rand_score(cuts[one], cuts[other])
        return cuts[int(np.argmax(agreement.mean(axis=1)))]

    def _trial(self, resolution: float, labels: Ints, again: Sequence[Resample]) -> Trial:
        groups = group_count(labels)
        stability = float(np.mean([agreement for agreement, _ in again])) if again else 1.0
        apart = float(silhouettes(self.vectors, labels).mean()) if len(labels) else 0.0
        score = stability - _PER_DOUBLING * self.level.distance(groups) + (apart if self.level.wants_silhouette else 0)
        return Trial(resolution, groups, stability, apart, score)

    def _resamples(self, rungs: Sequence[tuple[float, Ints]]) -> list[list[Resample]]:
        """For each rung, how well cuts of samples find it again."""
        samples = [self._sample(run) for run in range(2 if self._large else _SAMPLES)]
        samples = [(nodes, seed) for nodes, seed in samples if len(nodes) > 1]
        parts = [sparse.csr_matrix(self.graph[nodes][:, nodes]) for nodes, _ in samples]
        calls = [
            (self.judge, part, nodes, resolution, seed, labels, self.within)
            for resolution, labels in rungs
            for (nodes, seed), part in zip(samples, parts, strict=True)
        ]
        found = in_pieces(self.executor, resample, calls)
        return [found[row * len(samples) : (row + 1) * len(samples)] for row in range(len(rungs))]

    def _sample(self, run: int) -> tuple[Ints, int]:
        chosen = np.random.default_rng([self.seed, run]).random(len(self._nodes)) < _KEPT
        return np.flatnonzero(chosen), self.seed + run

    def _reason(self, labels: Ints, resolution: float, trials: tuple[Trial, ...], best: Trial) -> str:
        level = self.level
        found = f"{group_count(labels)} {level.name} at resolution {resolution:.2f}"
        figures = f"stability {best.stability:.2f}, silhouette {best.silhouette:.2f}"
        if len(trials) == 1:
            return f"{found}: the only one tried ({figures})"
        text = f"{found}: of {len(trials)} resolutions giving {level.least}-{level.most}, {best.resolution:.2f} scored "
        text += f"best ({best.score:.2f}: {figures}, aim {level.best:.0f})"
        if resolution != best.resolution:
            text += f"; times the host's granularity {resolution / best.resolution:g}"
        return text


def resample(
    judge: Cutter, part: sparse.csr_matrix, nodes: Ints, resolution: float, seed: int, labels: Ints, within: Ints | None
) -> Resample:
    """How well a cut of a sample of the texts finds `labels` (n,) again. part: the graph of the sample's `nodes`."""
    again = judge(part, nodes, resolution, seed)
    own = labels[nodes]
    agreement = adjusted_rand_score(own, again) if within is None else nested_rand(own, again, within[nodes])
    return float(agreement), _best_overlap(own, again, group_count(labels))


def silhouettes(vectors: Floats, labels: Ints) -> Floats:
    """Simplified silhouette of each row (n,): (b - a) / max(a, b) with a, b the cosine distances to the mean of the own
    group without the row itself, and to the nearest other mean; 0 in a group of one or where there is one group."""
    count = group_count(labels)
    if count < 2:
        return np.zeros(len(vectors), np.float32)
    sums = group_sums(vectors, labels, count)
    others = vectors @ unit(sums).T
    others[np.arange(len(labels)), labels] = -np.inf
    near = 1 - others.max(axis=1)
    own = 1 - np.einsum("ij,ij->i", vectors, unit(sums[labels] - vectors))
    alone = np.bincount(labels, minlength=count)[labels] < 2
    return np.asarray(np.where(alone, 0, (near - own) / np.maximum(np.maximum(near, own), 1e-9)), dtype=np.float32)


def nested_rand(one: Ints, other: Ints, parents: Ints) -> float:
    """The adjusted Rand index of two partitions that are both nested in `parents` (n,), by pairs inside a parent only.

    Expected and largest agreement (Hubert, Arabie 1985) are taken per parent and added up, so that what both share because
    the parents are given counts for nothing: parts that are the parents themselves score 0, not 1.
    """
    rows = np.ones(len(parents))
    shared = sparse.csr_matrix((rows, (one, other))).data
    owner, pairs = _pairs_by_parent(one, parents), _pairs_by_parent(other, parents)
    sizes = np.bincount(parents)
    every = np.maximum(sizes * (sizes - 1) / 2, 1e-12)
    expected, most = float((owner * pairs / every).sum()), float((owner + pairs).sum() / 2)
    return (float((shared * (shared - 1) / 2).sum()) - expected) / (most - expected) if most - expected > 1e-9 else 0.0


def _pairs_by_parent(labels: Ints, parents: Ints) -> NDArray[Any]:
    """How many pairs of one parent lie in one part: (parents,)."""
    sizes = sparse.csr_matrix((np.ones(len(labels)), (parents, labels)))
    sizes.data = sizes.data * (sizes.data - 1) / 2
    return np.asarray(sizes.sum(axis=1)).ravel()


def _best_overlap(labels: Ints, again: Ints, count: int) -> NDArray[Any]:
    shared = sparse.csr_matrix((np.ones(len(labels)), (labels, again)), shape=(count, group_count(again))).toarray()
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.asarray((shared / np.maximum(union, 1)).max(axis=1))
