"""The nearest texts to a text, exactly, by one matrix product: 46,000 x 384 in a few milliseconds."""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clustering.vectors import Floats

Allowed = NDArray[np.bool_] | Callable[[Any], bool] | None
"""Who may be found: a mask over rows (see `row_of`), or a predicate on ids; None: everybody."""


class SimilarIndex:
    """An index over unit vectors that grows by doubling; ids are any hashable values.

    dimensions: length of a vector. Not thread-safe for concurrent writers.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._vectors = np.zeros((64, dimensions), dtype=np.float32)
        self._ids: list[Any] = []
        self._languages: list[str] = []
        self._rows: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def add(self, id: Hashable, vector: ArrayLike, language: str = "und") -> None:
        """Add a vector (d,), or replace the one kept under `id`."""
        row = self._rows.get(id)
        values = self._checked(vector)
        if row is None:
            row = self._new_row(id)
        self._vectors[row] = values
        self._languages[row] = language

    def remove(self, id: Hashable) -> None:
        """Forget an id; KeyError if it is not there. The last row takes its place."""
        row, last = self._rows.pop(id), len(self._ids) - 1
        if row != last:
            self._ids[row], self._languages[row] = self._ids[last], self._languages[last]
            self._vectors[row] = self._vectors[last]
            self._rows[self._ids[row]] = row
        self._ids.pop()
        self._languages.pop()

    def query(self, vector: ArrayLike, k: int, allowed: Allowed = None) -> list[tuple[Any, float]]:
        """The `k` best (id, cosine) for a vector (d,), best first; fewer where fewer are allowed."""
        scores = self._vectors[: len(self._ids)] @ self._checked(vector)
        if callable(allowed):
            return self._by_predicate(scores, k, allowed)
        if allowed is not None:
            scores = np.where(allowed, scores, -np.inf).astype(np.float32)
        return [(self._ids[row], float(scores[row])) for row in top_rows(scores, k) if scores[row] > -np.inf]

    def row_of(self, id: Hashable) -> int:
        """The row of an id, for masks; rows change on `remove`."""
        return self._rows[id]

    def language_of(self, id: Hashable) -> str:
        """The language given with an id."""
        return self._languages[self._rows[id]]

    def _by_predicate(self, scores: Floats, k: int, allowed: Callable[[Any], bool]) -> list[tuple[Any, float]]:
        """Asks about the best first, in widening rounds, so that a predicate is called seldom."""
        width, seen = max(4 * k, 32), 0
        found: list[tuple[Any, float]] = []
        while len(found) < k and seen < len(scores):
            best = top_rows(scores, width)
            rows = best[seen:]
            found += [(self._ids[row], float(scores[row])) for row in rows if allowed(self._ids[row])]
            seen, width = len(best), 4 * width
        return found[:k]

    def _new_row(self, id: Hashable) -> int:
        row = len(self._ids)
        if row == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._ids.append(id)
        self._languages.append("und")
        self._rows[id] = row
        return row

    def _checked(self, vector: ArrayLike) -> Floats:
        values = np.asarray(vector, dtype=np.float32)
        if values.shape != (self.dimensions,) or not np.isfinite(values).all():
            raise ValueError(f"expected a finite vector of {self.dimensions} numbers, got shape {values.shape}")
        return values


def top_rows(scores: Floats, k: int) -> NDArray[np.int64]:
    """Rows of the `k` largest scores, best first; of equals, the earlier row."""
    if k <= 0 or len(scores) == 0:
        return np.zeros(0, dtype=np.int64)
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    edge = np.partition(scores, len(scores) - k)[len(scores) - k]
    rows = np.flatnonzero(scores >= edge)
    return rows[np.argsort(-scores[rows], kind="stable")][:k]
