"""Small operations on rows of vectors."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def as_float32(rows: ArrayLike) -> Floats:
    """`rows` as a C-ordered (n, d) float32 array; refuses other shapes and values that are not finite."""
    array = np.ascontiguousarray(rows, dtype=np.float32)
    if array.ndim != 2:
        raise ValueError(f"expected a 2-D array of vectors, got {array.ndim} dimension(s)")
    if not np.isfinite(array).all():
        raise ValueError("vectors must be finite: found NaN or infinity")
    return array


def unit(rows: NDArray[Any]) -> Floats:
    """Rows of length 1; a row of zeros stays zero. Shape kept."""
    rows = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 1e-12, lengths, 1), dtype=np.float32)


def group_count(labels: NDArray[Any]) -> int:
    """How many groups labels 0..k-1 make: k."""
    return int(labels.max(initial=-1)) + 1


def group_sums(rows: Any, labels: Ints, count: int, weights: NDArray[Any] | None = None) -> Floats:
    """Sum of the rows of each label 0..count-1 (labels below 0 left out): (n, d), dense or sparse -> (count, d)."""
    from scipy import sparse

    kept = np.flatnonzero(labels >= 0)
    values = np.ones(len(kept), np.float32) if weights is None else np.asarray(weights, np.float32)[kept]
    member = sparse.csr_matrix((values, (labels[kept], kept)), shape=(count, len(labels)))
    summed: Any = member @ rows
    dense = summed.toarray() if sparse.issparse(rows) else summed
    return np.asarray(dense, dtype=np.float32).reshape(count, rows.shape[1])


def centroids(rows: NDArray[Any], labels: Ints, count: int, weights: NDArray[Any] | None = None) -> Floats:
    """Unit mean direction of each label: (n, d) -> (count, d)."""
    return unit(group_sums(rows, labels, count, weights))


def compact(labels: NDArray[Any]) -> Ints:
    """Labels renumbered 0..k-1 by falling size (first seen wins a tie); below 0 stays -1."""
    kept = labels[labels >= 0]
    values, first, counts = np.unique(kept, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    lookup = {int(values[old]): new for new, old in enumerate(order)}
    return np.array([lookup.get(int(label), -1) for label in labels], dtype=np.int64)
