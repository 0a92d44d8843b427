"""Votes as a matrix: who voted how on what, where people stand by it, and the same votes dealt out at random.

Rows are people, columns statements; 1 agrees, -1 disagrees, 0 passes, and what was not seen is not stored. Where all votes are
support (1), not to have voted says little: one did not see it, or did not care. People are then compared by how they spread
their votes, by correspondence analysis, in which it does not matter how many votes somebody gave. Compared as numbers, the
busy would be one group and the others another.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, svds

from clustering.vectors import Floats

_SPREAD = 3
_REPAIRS = 20
_PRECISION = 1e-4


def votes_matrix(X: Any) -> sparse.csr_matrix:
    """Votes as a sparse (n, m) matrix in which a pass is stored as 0 and what was not seen is not stored; of two votes of one
    person on one statement the last counts."""
    if isinstance(X, sparse.sparray | sparse.spmatrix):
        stored: Any = X
        found = stored.tocoo()
        return _matrix(found.row, found.col, found.data, found.shape)
    dense = np.asarray(X, dtype=np.float32)
    if dense.ndim != 2:
        raise ValueError(f"votes must be a 2-D matrix, got {dense.ndim} dimension(s)")
    rows, columns = np.nonzero(~np.isnan(dense))
    return _matrix(rows, columns, dense[rows, columns], dense.shape)


def _matrix(rows: NDArray[Any], columns: NDArray[Any], values: NDArray[Any], shape: tuple[int, int]) -> sparse.csr_matrix:
    places = rows.astype(np.int64) * max(1, shape[1]) + columns
    _, last = np.unique(places[::-1], return_index=True)
    kept = len(places) - 1 - last
    return sparse.csr_matrix((values[kept].astype(np.float32), (rows[kept], columns[kept])), shape=shape)


def only_support(votes: sparse.csr_matrix) -> bool:
    """Whether nobody disagreed or passed."""
    return bool((votes.data > 0).all())


def placed(votes: sparse.csr_matrix, seed: int) -> tuple[Floats, Floats]:
    """Places of people (n, 2), each axis with its largest loading positive, and the share of the variance on each (2,)."""
    if only_support(votes):
        return _by_profile(votes, seed)
    return _by_components(votes, seed)


def _by_components(votes: sparse.csr_matrix, seed: int) -> tuple[Floats, Floats]:
    """As in Polis: votes centred by statement, two principal components, and everyone moved outward by
    sqrt(statements / own votes), because few votes keep one near the middle."""
    moved = votes.copy()
    moved.data = (votes.data - _means(votes)[votes.indices]).astype(np.float32)
    axes, sizes = _axes(moved, seed)
    if not len(axes):
        return np.zeros((votes.shape[0], 2), np.float32), np.zeros(2, np.float32)
    reach = np.sqrt(votes.shape[1] / np.maximum(np.diff(votes.indptr), 1))
    return _flat(moved @ axes.T * reach[:, None]), _shares(sizes, float(moved.data.astype(np.float64) @ moved.data))


def _means(votes: sparse.csr_matrix) -> NDArray[Any]:
    seen = np.maximum(np.bincount(votes.indices, minlength=votes.shape[1]), 1)
    return np.bincount(votes.indices, votes.data, minlength=votes.shape[1]) / seen


def _by_profile(votes: sparse.csr_matrix, seed: int) -> tuple[Floats, Floats]:
    """Row principal coordinates of a correspondence analysis (Greenacre 2017). Statements that fewer than 3 support place
    nobody, and the weight of the next rarest is held down, or else a handful of votes would be an axis."""
    counts = np.bincount(votes.indices, minlength=votes.shape[1])
    spread = votes[:, np.flatnonzero(counts >= _SPREAD)]
    own = np.diff(spread.indptr).astype(float)
    if not spread.nnz or min(spread.shape) < 2:
        return np.zeros((votes.shape[0], 2), np.float32), np.zeros(2, np.float32)
    shares = np.bincount(spread.indices, minlength=spread.shape[1]) / spread.nnz
    held = 1 / np.sqrt(shares + shares.mean())
    rows = np.divide(1, np.sqrt(own), out=np.zeros_like(own), where=own > 0)
    scaled: Any = sparse.diags(rows) @ spread @ sparse.diags(held)
    middle, weights = shares * held, np.sqrt(own)
    axes, sizes = _axes(_less(scaled, weights, middle), seed)
    if not len(axes):
        return np.zeros((votes.shape[0], 2), np.float32), np.zeros(2, np.float32)
    flat = rows[:, None] * (scaled @ axes.T - weights[:, None] * (axes @ middle)[None, :])
    total = float(scaled.data @ scaled.data) - float(spread.nnz * (middle @ middle))
    return _flat(flat), _shares(sizes, total)


def _less(scaled: Any, weights: NDArray[Any], middle: NDArray[Any]) -> LinearOperator:
    """scaled - weights middle', without making it dense."""
    return LinearOperator(
        scaled.shape,
        matvec=lambda v: scaled @ v.ravel() - weights * (middle @ v.ravel()),
        rmatvec=lambda v: scaled.T @ v.ravel() - middle * (weights @ v.ravel()),
        dtype=np.float64,
    )


def _axes(operator: Any, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The first two right singular vectors (2, m) with their singular values, largest first; none of a matrix of nothing."""
    kept = min(2, min(operator.shape) - 1)
    probe = np.random.default_rng(seed).normal(size=operator.shape[1])
    if kept < 1 or not np.any(np.abs(operator @ probe) > 1e-6):
        return np.zeros((0, operator.shape[1])), np.zeros(0)
    start = np.random.default_rng(seed).normal(size=min(operator.shape))
    _, sizes, axes = svds(operator, k=kept, v0=start, tol=_PRECISION, random_state=seed)
    sizes, axes = sizes[::-1], axes[::-1]
    leading = axes[np.arange(kept), np.abs(axes).argmax(axis=1)]
    return axes * np.where(leading < 0, -1, 1)[:, None], sizes


def _flat(places: Any) -> Floats:
    found = np.asarray(places, dtype=np.float32)
    return np.pad(found, ((0, 0), (0, 2 - found.shape[1])))


def _shares(sizes: NDArray[Any], total: float) -> Floats:
    found = np.zeros(2, np.float32)
    found[: len(sizes)] = sizes**2 / total if total > 0 else 0
    return found


def shuffled(votes: sparse.csr_matrix, seed: int) -> sparse.csr_matrix:
    """The same votes without any structure: each statement keeps its votes and who saw it; who of them voted how is drawn by
    lot. Of support only: everybody keeps the number of their votes, and every statement the number of its supporters."""
    random = np.random.default_rng(seed)
    return _dealt(votes, random) if only_support(votes) else _drawn(votes, random)


def _drawn(votes: sparse.csr_matrix, random: np.random.Generator) -> sparse.csr_matrix:
    columns: Any = votes.tocsc()
    places = np.repeat(np.arange(votes.shape[1]), np.diff(columns.indptr))
    columns.data = columns.data[np.lexsort((random.random(len(places)), places))]
    return columns.tocsr()  # type: ignore[no-any-return]


def _dealt(votes: sparse.csr_matrix, random: np.random.Generator) -> sparse.csr_matrix:
    """Ends of votes joined at random; who would vote twice for the same statement trades with others, a few times."""
    rows = np.repeat(np.arange(votes.shape[0], dtype=np.int64), np.diff(votes.indptr))
    columns = random.permutation(votes.indices).astype(np.int64)
    for _ in range(_REPAIRS):
        twice = _twice(rows, columns, votes.shape[1])
        if not len(twice):
            break
        others = np.concatenate([twice, random.integers(0, len(columns), size=len(twice))])
        others = np.unique(others)
        columns[others] = columns[random.permutation(others)]
    left = np.setdiff1d(np.arange(len(rows)), _twice(rows, columns, votes.shape[1]))
    return sparse.csr_matrix((np.ones(len(left), np.float32), (rows[left], columns[left])), shape=votes.shape)


def _twice(rows: NDArray[Any], columns: NDArray[Any], width: int) -> NDArray[Any]:
    """Places of all votes but the first of one person on one statement."""
    keys = rows * width + columns
    _, first = np.unique(keys, return_index=True)
    return np.setdiff1d(np.arange(len(keys)), first)
