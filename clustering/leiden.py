"""Communities of a weighted graph: Leiden's method, deterministic for a seed, with an optional warm start.

Traag, Waltman, van Eck (2019), *From Louvain to Leiden*: local moving, refinement inside each community, aggregation by
the refined communities, until nothing moves. The inner loop is scikit-network's compiled `optimize_core`. Its own
`Leiden` is not used: that class draws from the C library's unseeded `rand()`, so the same seed gives different
communities, and it cannot start from a given partition. Refinement here is the greedy limit of the paper's.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sknetwork.clustering.louvain_core import optimize_core

from clustering.vectors import Ints, compact

_TOLERANCE = 1e-6
_MAX_LEVELS = 40


def leiden(graph: sparse.csr_matrix, resolution: float, seed: int, initial: Ints | None = None) -> Ints:
    """Communities that maximise Newman's modularity at `resolution`.

    graph: symmetric (n, n) with weights >= 0. initial: (n,) labels >= 0 to start from instead of singletons.
    Returns (n,) labels 0..k-1 by falling size.
    """
    count = graph.shape[0]
    if count == 0 or graph.nnz == 0:
        return compact(np.arange(count) if initial is None else initial)
    order = np.random.default_rng(seed).permutation(count)
    start = np.arange(count) if initial is None else np.unique(initial[order], return_inverse=True)[1]
    found = np.empty(count, dtype=np.int64)
    found[order] = _solve(_normalized(graph[order][:, order]), start, resolution)
    return compact(found)


def within(graph: sparse.csr_matrix, nodes: Ints, resolution: float, seed: int, initial: Ints | None = None) -> Ints:
    """Communities of the part of `graph` on `nodes`, at a resolution that means the same as on the whole graph.

    Modularity compares with the total weight, so that the part's share of it scales the resolution.
    """
    part = sparse.csr_matrix(graph[nodes][:, nodes])
    share = float(part.sum()) / max(float(graph.sum()), 1e-12)
    return leiden(part, resolution * share, seed, initial)


def _normalized(graph: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(graph / graph.sum())


def _solve(graph: sparse.csr_matrix, labels: Ints, resolution: float) -> Ints:
    weights = np.asarray(graph.sum(axis=1)).ravel()
    members = np.arange(graph.shape[0])
    for _ in range(_MAX_LEVELS):
        labels = _move(graph, weights, labels, resolution)
        fine = _refine(graph, weights, labels, resolution)
        if len(np.unique(fine)) == len(fine):
            break
        graph, weights, labels = _aggregate(graph, weights, labels, fine)
        members = fine[members]
    return labels[members]


def _move(graph: sparse.csr_matrix, weights: NDArray[Any], labels: Ints, resolution: float) -> Ints:
    own = weights.astype(np.float32)
    totals = np.bincount(labels, own, minlength=len(labels)).astype(np.float32)
    moved, _ = optimize_core(
        labels.astype(np.int64),
        graph.indices.astype(np.int64),
        graph.indptr.astype(np.int64),
        graph.data.astype(np.float32),
        own,
        own,
        totals,
        totals.copy(),
        np.zeros(len(labels), np.float32),
        graph.diagonal().astype(np.float32),
        resolution,
        _TOLERANCE,
    )
    return np.unique(np.asarray(moved), return_inverse=True)[1]


def _refine(graph: sparse.csr_matrix, weights: NDArray[Any], labels: Ints, resolution: float) -> Ints:
    edges = graph.tocoo()
    inside = labels[edges.row] == labels[edges.col]
    part = sparse.csr_matrix((edges.data[inside], (edges.row[inside], edges.col[inside])), shape=graph.shape)
    return _move(part, weights, np.arange(len(labels)), resolution)


def _aggregate(
    graph: sparse.csr_matrix, weights: NDArray[Any], labels: Ints, fine: Ints
) -> tuple[sparse.csr_matrix, NDArray[Any], Ints]:
    count = int(fine.max()) + 1
    member = sparse.csr_matrix((np.ones(len(fine)), (np.arange(len(fine)), fine)), shape=(len(fine), count))
    coarse = np.empty(count, dtype=np.int64)
    coarse[fine] = labels
    return sparse.csr_matrix(member.T @ graph @ member), np.bincount(fine, weights, minlength=count), coarse
