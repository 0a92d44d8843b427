"""A map of the themes: each theme a circle, each text a point inside, moving as little as possible between runs.

A circle's area is its share of the texts. Circles start where they were (or, the first time, by classical scaling of
the distances between themes), and are pushed apart until none overlap. Inside, the most typical texts are in the
middle: the distance from the middle is the rank of a text's typicality, so that points fill the disc evenly; the
direction is that of the text in the plane in which its theme varies most, turned to agree with the map before.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from clustering.vectors import Floats, Ints, unit

FILLED = 0.40
_GAP = 0.008
_STEPS = 600
_STRIP = 0.985

Places = NDArray[np.float64]
"""(k, 3): x, y, radius of circles in [0, 1]²."""


def place_circles(sizes: Sequence[int], means: Floats, before: Sequence[tuple[float, float, float] | None]) -> Places:
    """Circles for k themes: sizes (k,), unit means (k, d), and the circle each had before (None: new). (k, 3)."""
    count = len(sizes)
    if count == 0:
        return np.zeros((0, 3))
    shares = np.asarray(sizes, dtype=float) / max(sum(sizes), 1)
    radii = np.minimum(np.sqrt(shares * FILLED / np.pi), 0.45)
    centres = _start(means, before)
    return np.column_stack([_pushed_apart(centres, radii), radii])


def place_points(vectors: Floats, labels: Ints, circles: Places, means: Floats, before: Floats | None) -> Floats:
    """A point in [0, 1]² for each text (n, 2); texts of no theme lie in a row along the lower edge.

    before: (n, 2) earlier points, NaN where there was none, or None.
    """
    points = np.zeros((len(labels), 2), dtype=np.float32)
    for theme, circle in enumerate(circles):
        rows = np.flatnonzero(labels == theme)
        earlier = None if before is None else before[rows]
        points[rows] = _disc(vectors[rows], means[theme], circle, earlier)
    loose = np.flatnonzero(labels < 0)
    points[loose, 0] = (np.arange(len(loose)) + 0.5) / max(len(loose), 1)
    points[loose, 1] = _STRIP
    return points


def beside(point: NDArray[np.float32], circle: NDArray[np.float64], number: int) -> Floats:
    """A place for a new text next to `point` (2,), inside its theme's circle (3,); `number` varies the direction."""
    angle = number * 2.399963  # the golden angle spreads any run of numbers evenly
    moved = point + 0.06 * circle[2] * np.array([np.cos(angle), np.sin(angle)])
    offset = moved - circle[:2]
    length = float(np.linalg.norm(offset))
    if length > circle[2]:
        moved = circle[:2] + offset * (circle[2] / length)
    return np.asarray(np.clip(moved, 0, 1), dtype=np.float32)


def shift(points: Floats, before: Floats) -> float:
    """How far texts moved between two maps: the median distance of those on both, in units of the map's side."""
    both = np.isfinite(before).all(axis=1)
    if not both.any():
        return 0.0
    return float(np.median(np.linalg.norm(points[both] - before[both], axis=1)))


def _start(means: Floats, before: Sequence[tuple[float, float, float] | None]) -> Places:
    known = [row for row, place in enumerate(before) if place is not None]
    centres = _scaled(means)
    if not known:
        return centres
    for row, place in enumerate(before):
        kin = known[int(np.argmax(means[known] @ means[row]))] if place is None else row
        x, y, _ = before[kin] or (0.5, 0.5, 0.0)
        nudge = 0.02 * (centres[row] - 0.5) if place is None else 0.0
        centres[row] = np.array([x, y]) + nudge
    return centres


def _scaled(means: Floats) -> Places:
    """Classical scaling (Torgerson) of cosine distances to two dimensions, spread over the middle of the map."""
    count = len(means)
    if count == 1:
        return np.full((1, 2), 0.5)
    squared = np.maximum(2 - 2 * (means @ means.T).astype(float), 0)
    centre = np.eye(count) - 1 / count
    values, axes = np.linalg.eigh(-0.5 * centre @ squared @ centre)
    flat = axes[:, -2:][:, ::-1] * np.sqrt(np.maximum(values[-2:][::-1], 0))
    flat *= np.where(flat[np.abs(flat).argmax(axis=0), np.arange(2)] < 0, -1, 1)
    flat += 1e-3 * np.column_stack([np.cos(np.arange(count)), np.sin(np.arange(count))])
    return np.asarray(0.5 + 0.38 * flat / max(float(np.abs(flat).max()), 1e-9))


def _pushed_apart(centres: Places, radii: NDArray[np.float64]) -> Places:
    spots = centres.copy()
    wanted = radii[:, None] + radii[None, :] + _GAP
    for _ in range(_STEPS):
        spots = np.clip(spots, radii[:, None], 1 - radii[:, None])
        offset = spots[:, None, :] - spots[None, :, :]
        distance = np.linalg.norm(offset, axis=2)
        lacking = np.maximum(wanted - distance, 0)
        np.fill_diagonal(lacking, 0)
        if lacking.max(initial=0) < 1e-4:
            break
        direction = offset / np.maximum(distance, 1e-9)[:, :, None]
        share = radii[None, :] / (radii[:, None] + radii[None, :])
        spots = spots + (direction * (lacking * share)[:, :, None]).sum(axis=1)
    return np.clip(spots, radii[:, None], 1 - radii[:, None])


def _disc(vectors: Floats, mean: Floats, circle: NDArray[np.float64], before: Floats | None) -> Floats:
    count = len(vectors)
    if count == 0:
        return np.zeros((0, 2), dtype=np.float32)
    typical = vectors @ mean
    ranks = np.empty(count)
    ranks[np.lexsort((np.arange(count), -typical))] = np.arange(count)
    flat = _plane(vectors - typical[:, None] * mean)
    if before is not None:
        flat = _turned(flat, (before - circle[:2]).astype(np.float32))
    flat = (flat + 1e-6 * np.column_stack([np.cos(np.arange(count)), np.sin(np.arange(count))])).astype(np.float32)
    lengths = 0.96 * circle[2] * np.sqrt((ranks + 0.5) / count)
    return np.asarray(circle[:2] + unit(flat) * lengths[:, None], dtype=np.float32)


def _plane(rows: Floats) -> Floats:
    """The two principal coordinates of each row, each scaled to the same spread: (n, 2)."""
    centred = rows - rows.mean(axis=0)
    width = centred.shape[1]
    _, axes = eigh((centred.T @ centred).astype(float), subset_by_index=[max(0, width - 2), width - 1])
    top = axes[:, ::-1]
    top = top * np.where(top[np.abs(top).argmax(axis=0), np.arange(top.shape[1])] < 0, -1, 1)
    flat = centred @ top
    if flat.shape[1] < 2:
        flat = np.column_stack([flat, np.zeros(len(flat))])
    return np.asarray(flat / np.maximum(flat.std(axis=0), 1e-9), dtype=np.float32)


def _turned(flat: Floats, before: Floats) -> Floats:
    """`flat` rotated or mirrored to agree best with the directions of `before` (orthogonal Procrustes)."""
    both = np.isfinite(before).all(axis=1)
    if both.sum() < 2:
        return flat
    left, _, right = np.linalg.svd(unit(flat[both]).T @ unit(before[both]))
    return np.asarray(flat @ (left @ right), dtype=np.float32)
