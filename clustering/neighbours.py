"""The graph of nearest neighbours, exact, in blocks that bound the memory."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from clustering.similarity import pair_similarity
from clustering.vectors import Floats, Ints
from clustering.work import hands, in_pieces

NEIGHBOURS = 15
_CANDIDATES = 3
_BLOCK = 1024


def nearest(vectors: Floats, count: int, executor: Executor | None = None) -> tuple[Ints, Floats]:
    """The `count` nearest other rows of each row by dot product: indices and values, each (n, count), best first."""
    total = len(vectors)
    count = max(0, min(count, total - 1))
    if count == 0:
        return np.empty((total, 0), dtype=np.int64), np.empty((total, 0), dtype=np.float32)
    starts = list(range(0, total, _BLOCK))
    share = -(-len(starts) // hands(executor))
    calls = [(vectors, starts[first : first + share], count) for first in range(0, len(starts), share)]
    found = in_pieces(executor, _blocks, calls)
    return np.concatenate([indices for indices, _ in found]), np.concatenate([values for _, values in found])


def similarity_graph(
    vectors: Floats,
    lexical: sparse.csr_matrix | None = None,
    count: int = NEIGHBOURS,
    executor: Executor | None = None,
) -> sparse.csr_matrix:
    """Symmetric (n, n) graph of each text's `count` most similar texts.

    The 3 x `count` nearest by meaning are scored again with wording; edges weigh the square of the similarity, so that
    near twins (a translation, a rewording) count more than what is merely of the same field.
    """
    candidates, values = nearest(vectors, _CANDIDATES * count, executor)
    if lexical is not None and candidates.size:
        values = _rescored(vectors, lexical, candidates)
        best = np.argsort(-values, axis=1, kind="stable")
        candidates = np.take_along_axis(candidates, best, axis=1)
        values = np.take_along_axis(values, best, axis=1)
    return _graph(candidates[:, :count], values[:, :count])


def _blocks(vectors: Floats, starts: Sequence[int], count: int) -> tuple[Ints, Floats]:
    """`nearest` for the blocks of rows that begin at `starts`."""
    found = [_block(vectors, start, min(start + _BLOCK, len(vectors)), count) for start in starts]
    return np.concatenate([indices for indices, _ in found]), np.concatenate([values for _, values in found])


def _block(vectors: Floats, start: int, stop: int, count: int) -> tuple[Ints, NDArray[Any]]:
    scores = vectors[start:stop] @ vectors.T
    scores[np.arange(stop - start), np.arange(start, stop)] = -np.inf
    top = np.argpartition(scores, scores.shape[1] - count, axis=1)[:, -count:]
    top.sort(axis=1)
    found = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    return np.take_along_axis(top, order, axis=1), np.take_along_axis(found, order, axis=1)


def _rescored(vectors: Floats, lexical: sparse.csr_matrix, candidates: Ints) -> Floats:
    values = np.empty(candidates.shape, dtype=np.float32)
    width = candidates.shape[1]
    for start in range(0, len(candidates), _BLOCK):
        rows = candidates[start : start + _BLOCK]
        left = np.repeat(np.arange(start, start + len(rows)), width)
        values[start : start + len(rows)] = pair_similarity(vectors, lexical, left, rows.ravel()).reshape(rows.shape)
    return values


def _graph(indices: Ints, values: Floats) -> sparse.csr_matrix:
    total, count = indices.shape
    weights = np.square(np.maximum(values, 1e-3)).ravel()
    rows = np.repeat(np.arange(total), count)
    directed = sparse.csr_matrix((weights, (rows, indices.ravel())), shape=(total, total))
    return sparse.csr_matrix(directed.maximum(directed.T))
