"""Placing new texts into known themes: nearest leaf mean, no other state than a summary's."""

import numpy as np

from clustering.themes import Summary
from clustering.vectors import Floats, Ints


class Placer:
    """Places centred unit vectors (m, d) by a summary's leaves."""

    def __init__(self, summary: Summary) -> None:
        row = {theme.id: number for number, theme in enumerate(summary.themes)}
        self.floor = summary.floor
        self.parents = np.array([row[leaf.parent or leaf.id] for leaf in summary.leaves], dtype=np.int64)
        self.means = np.stack([leaf.centroid for leaf in summary.leaves]) if summary.leaves else None
        self.themes = len(summary.themes)

    def place(self, vectors: Floats) -> tuple[Ints, Ints, Floats]:
        """Theme, leaf and confidence of each vector: (m,) each; -1, -1, 0 below the floor."""
        if self.means is None:
            none = np.full(len(vectors), -1, dtype=np.int64)
            return none, none.copy(), np.zeros(len(vectors), np.float32)
        scores = vectors @ self.means.T
        leaves = np.argmax(scores, axis=1)
        own = scores[np.arange(len(vectors)), leaves]
        known = (own >= self.floor) & (own > 0)
        themes = np.where(known, self.parents[leaves], -1)
        return themes, np.where(known, leaves, -1), np.where(known, self._margin(scores, themes), 0).astype(np.float32)

    def confidences(self, vectors: Floats, themes: Ints) -> Floats:
        """How sure it is that each text belongs to the theme it has: (n,), 0-1."""
        if self.means is None:
            return np.zeros(len(vectors), np.float32)
        margin = self._margin(vectors @ self.means.T, themes)
        return np.where(themes >= 0, margin, 0).astype(np.float32)

    def _margin(self, scores: Floats, themes: Ints) -> Floats:
        """1 - (best similarity outside the theme) / (best inside), within 0-1."""
        inside = self.parents[None, :] == themes[:, None]
        own = np.where(inside, scores, -np.inf).max(axis=1)
        other = np.where(inside, -np.inf, scores).max(axis=1)
        ratio = np.maximum(other, 0) / np.maximum(own, 1e-6)
        return np.asarray(np.clip(1 - ratio, 0, 1), dtype=np.float32)
