"""A text changes its theme between runs only when it gains clearly by it.

A cut that starts from the run before still moves whole handfuls of texts that lie between two themes: it is near-ties that
move, and each move costs people who had found an idea where it was. So every text that was in a theme which is still there
returns to it, unless the theme it was moved to suits it better by more than the lead that the median text has in its own
theme over the next best one.
"""

import numpy as np
from numpy.typing import NDArray

from clustering.levels import Anchor
from clustering.matching import matched, overlap
from clustering.vectors import Floats, Ints, centroids, compact, group_count

_ROUNDS = 3


def settled(vectors: Floats, labels: Ints, before: Anchor) -> Ints:
    """Labels (n,) of unit `vectors` (n, d) with the moves taken back that gain little; `before`: what each text had.

    Groups are matched with those before by the texts they share. New texts, texts whose theme is gone, and new themes stay
    as they were found.
    """
    count = group_count(labels)
    known = np.where(before.known, before.labels, -1)
    home, is_kept = _homes(labels, known, count)
    found = labels.copy()
    for _ in range(_ROUNDS):
        scores = vectors @ centroids(vectors, found, count).T
        moved = np.flatnonzero((home >= 0) & (home != found) & is_kept[found])
        gain = scores[moved, found[moved]] - scores[moved, home[moved]]
        back = moved[gain <= _median_lead(scores, found)]
        if len(back) == 0:
            break
        found[back] = home[back]
    return compact(found)


def _homes(labels: Ints, known: Ints, count: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The group of now that stands for each text's theme of then, (n,), -1 where there is none; and which groups of now
    (count,) stand for one of then."""
    then = group_count(known)
    stands = np.full(then + 1, -1, dtype=np.int64)
    for now, earlier in matched(overlap(labels, known, count, then)).items():
        stands[earlier] = now
    return stands[known], np.isin(np.arange(count), stands[:then])


def _median_lead(scores: Floats, labels: Ints) -> float:
    """How much nearer the median text is to its own group's mean than to the next best one (at least 0)."""
    if scores.shape[1] < 2:
        return 0.0
    rows = np.arange(len(labels))
    others = scores.copy()
    others[rows, labels] = -np.inf
    return max(0.0, float(np.median(scores[rows, labels] - others.max(axis=1))))
