"""Which theme of this run is which theme of the run before: identities are kept by overlap of their texts."""

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from clustering.themes import Remembered
from clustering.vectors import Floats, Ints

_LEAST_OVERLAP = 0.1


def earlier_labels(vectors: Floats, earlier: Sequence[Remembered], ids: Sequence[str | None] | None, usable: Ints) -> Ints:
    """The row in `earlier` of the theme each text had: (n,), -1 for none.

    By `ids` where given; otherwise the nearest earlier centroid, for the texts in `usable` (row numbers).
    """
    rows = np.full(len(vectors), -1, dtype=np.int64)
    if ids is not None:
        lookup = {theme.id: row for row, theme in enumerate(earlier)}
        return np.array([lookup.get(name, -1) if name else -1 for name in ids], dtype=np.int64).reshape(-1)
    if earlier and len(usable):
        means = np.stack([theme.centroid for theme in earlier])
        rows[usable] = np.argmax(vectors[usable] @ means.T, axis=1)
    return rows


def overlap(labels: Ints, before: Ints, now: int, then: int) -> Floats:
    """Jaccard overlap of every group now with every group then, over texts known to both: (now, then)."""
    known = np.flatnonzero((labels >= 0) & (before >= 0))
    shared = np.zeros((now, then), dtype=np.float32)
    if len(known) == 0:
        return shared
    counts = sparse.csr_matrix((np.ones(len(known)), (labels[known], before[known])), shape=(now, then)).toarray()
    union = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0, keepdims=True) - counts
    return np.asarray(counts / np.maximum(union, 1), dtype=np.float32)


def matched(shared: Floats) -> dict[int, int]:
    """Group now -> group then, one to one, the sum of overlaps largest (Hungarian method); faint overlaps left out."""
    if shared.size == 0:
        return {}
    rows, columns = linear_sum_assignment(-shared)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if shared[r, c] >= _LEAST_OVERLAP}


def new_id(kind: str, seed: int, content: Sequence[str], taken: Collection[str]) -> str:
    """An id not in `taken`, the same for the same kind, seed and content: the kind's letter and ten hex digits."""
    attempt = 0
    while True:
        raw = "\x1f".join([kind, str(seed), str(attempt), *content]).encode("utf-8", "surrogatepass")
        name = kind + hashlib.blake2b(raw, digest_size=5).hexdigest()
        if name not in taken:
            return name
        attempt += 1
