"""Reads ballots, in a clustering process: the clustering is imported there only."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from clustering.groups import OpinionGroups, Stance
from clustering.trends import first_votes, trends
from server.opinions.ballots import Ballots
from server.opinions.reading import LEAST_SIZE, NOBODY, Cell, Ellipse, Group, Reading, ThemeTrend, United, View

LEAST_VOTES, LEAST_PEOPLE, MOST_GROUPS = 7, 20, 5
TREND_LEVEL = 0.002
"""Of one look. Of 80 made-up jams without trends, looked at every two hours for 72 hours, 2.5 % had any alarm; at 0.05 49 %."""

GRID = 16
_MOST_VIEWS, _MOST_UNITING = 12, 12
_STATUS = {"grouped": "GROUPED", "too few": "TOO_FEW", "no structure": "NO_STRUCTURE"}


def read(ballots: Ballots) -> Reading:
    """Everything that the votes tell; the same ballots always tell the same."""
    votes = _matrix(ballots)
    model = OpinionGroups(MOST_GROUPS, LEAST_VOTES, LEAST_PEOPLE, LEAST_SIZE).fit(votes)
    keys = _keys(model.labels_, np.frombuffer(ballots.known, dtype=np.uint8))
    is_grouped = model.status_ == "grouped"
    groups_of = np.full(ballots.members, NOBODY, dtype=np.uint8)
    if is_grouped:
        placed = model.labels_ >= 0
        groups_of[placed] = keys[model.labels_[placed]]
    places = _framed(model.positions_, model.labels_)
    return Reading(
        status=_STATUS[model.status_],
        voters=int((model.labels_ >= 0).sum()),
        others=int(((np.diff(votes.indptr) > 0) & (model.labels_ < 0)).sum()),
        votes=int(votes.nnz),
        by_support=not (len(ballots.against[0]) or len(ballots.passes[0])),
        p=float(model.p_[0]),
        silhouette=float(model.silhouette_),
        groups=tuple(_group(ballots, model, label, int(keys[label]), places) for label in range(len(keys)))
        if is_grouped
        else (),
        uniting=tuple(_united(ballots, model, votes, keys)) if is_grouped else (),
        grid=GRID,
        cells=tuple(_cells(model.labels_, keys, places)) if is_grouped else (),
        trends=tuple(_trends(ballots)),
        groups_of=groups_of.tobytes(),
    )


def _column(numbers: Any) -> NDArray[np.int64]:
    return np.frombuffer(numbers, dtype=np.uint32).astype(np.int64) if len(numbers) else np.zeros(0, np.int64)


def _matrix(ballots: Ballots) -> sparse.csr_matrix:
    """Members by ideas. One whose vote changed while the ballots were collected may stand there twice: the last counts."""
    kinds = ((ballots.passes, 0.0), (ballots.against, -1.0), ((ballots.supported, ballots.voters), 1.0))
    places = np.concatenate([_column(places) for (places, _), _ in kinds])
    members = np.concatenate([_column(members) for (_, members), _ in kinds])
    values = np.concatenate([np.full(len(places), value, np.float32) for (places, _), value in kinds])
    shape = (ballots.members, len(ballots.ideas))
    _, last = np.unique((members * max(1, shape[1]) + places)[::-1], return_index=True)
    kept = len(places) - 1 - last
    inside = kept[members[kept] < shape[0]]
    return sparse.csr_matrix((values[inside], (members[inside], places[inside])), shape=shape)


def _keys(labels: NDArray[np.int64], known: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A key for each group: that of the earlier group with which it shares most people, or the first that is free."""
    count = int(labels.max(initial=-1)) + 1
    shared = np.zeros((count, MOST_GROUPS))
    both = min(len(known), len(labels))
    for label, key in zip(labels[:both], known[:both], strict=True):
        if label >= 0 and key < MOST_GROUPS:
            shared[label, key] += 1
    shared -= 1e-6 * (np.arange(MOST_GROUPS)[None, :] - np.arange(count)[:, None]) ** 2
    _, keys = linear_sum_assignment(-shared)
    return np.asarray(keys, dtype=np.uint8)


def _framed(positions: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[Any]:
    """Positions in a square from 0 to 1 into which every group's ellipse fits, one measure for both axes; the few people who
    are farther out are brought to its edge."""
    count = int(labels.max(initial=-1)) + 1
    if not count:
        return positions
    parts = [positions[labels == label] for label in range(count)]
    ends = np.concatenate([part.mean(axis=0) + sign * 2.1 * part.std(axis=0) for part in parts for sign in (-1, 1)]).reshape(
        -1, 2
    )
    low, high = ends.min(axis=0), ends.max(axis=0)
    reach = max(float((high - low).max()) / 2, 1e-9)
    framed = 0.5 + 0.48 * np.clip((positions - (low + high) / 2) / reach, -1, 1)
    framed[:, 1] = 1 - framed[:, 1]
    return np.asarray(framed)


def _group(ballots: Ballots, model: OpinionGroups, label: int, key: int, places: NDArray[Any]) -> Group:
    inside = places[model.labels_ == label]
    views = [_view(ballots, stance) for stance in model.representative_[label][:_MOST_VIEWS]]
    return Group(key, len(inside), _ellipse(inside), tuple(views))


def _view(ballots: Ballots, one: Stance) -> View:
    share, q = round(one.share, 3), float(f"{one.q:.3g}")
    return View(ballots.ideas[one.statement], one.agrees, share, round(one.ratio, 2), one.seen, round(one.z, 2), q)


def _ellipse(points: NDArray[Any]) -> Ellipse:
    """Two standard deviations each way along the axes in which a group is longest and shortest."""
    middle = points.mean(axis=0)
    sizes, axes = np.linalg.eigh(np.cov(points.T))
    rx, ry = (2 * float(np.sqrt(max(size, 1e-5))) for size in sizes[::-1])
    angle = float(np.arctan2(axes[1, 1], axes[0, 1]))
    return Ellipse(*(round(float(one), 4) for one in (*middle, rx, ry, angle)))


def _cells(labels: NDArray[np.int64], keys: NDArray[np.uint8], places: NDArray[Any]) -> list[Cell]:
    placed = np.flatnonzero(labels >= 0)
    squares = np.clip((places[placed] * GRID).astype(int), 0, GRID - 1)
    found, counts = np.unique(np.column_stack([keys[labels[placed]], squares]), axis=0, return_counts=True)
    rows = zip(found.tolist(), counts.tolist(), strict=True)
    return [Cell(key, column, row, people) for (key, column, row), people in rows if people >= LEAST_SIZE]


def _united(ballots: Ballots, model: OpinionGroups, votes: sparse.csr_matrix, keys: NDArray[np.uint8]) -> list[United]:
    chosen = model.uniting_[:_MOST_UNITING]
    columns: Any = votes[:, chosen].toarray() if chosen else np.zeros((votes.shape[0], 0))
    seen = _seen(votes, chosen, model)
    made = []
    for index, statement in enumerate(chosen):
        shares = []
        for label, key in enumerate(keys.tolist()):
            agree = int((columns[model.labels_ == label, index] > 0).sum())
            shares.append((int(key), round((agree + 1) / (int(seen[label, index]) + 2), 3)))
        made.append(United(ballots.ideas[statement], round(float(model.consensus_[statement]), 4), tuple(sorted(shares))))
    return made


def _seen(votes: sparse.csr_matrix, chosen: Sequence[int], model: OpinionGroups) -> NDArray[Any]:
    """How many of each group saw each chosen statement; of support only, all of them."""
    count = len(model.representative_)
    sizes = np.bincount(model.labels_[model.labels_ >= 0], minlength=count)
    if (votes.data > 0).all():
        return np.repeat(sizes[:, None], len(chosen), axis=1)
    stored = sparse.csr_matrix((np.ones(votes.nnz, np.int64), votes.indices, votes.indptr), shape=votes.shape)[:, list(chosen)]
    return np.array([np.asarray(stored[model.labels_ == label].sum(axis=0)).ravel() for label in range(count)])


def _trends(ballots: Ballots) -> list[ThemeTrend]:
    """Of board themes and of sub-themes, each among its own."""
    levels = ((ballots.theme_ids, ballots.themes), (ballots.subtheme_ids, ballots.subthemes))
    return [trend for ids, by_place in levels for trend in _level(ballots, ids, np.array(by_place, dtype=np.int64))]


def _level(ballots: Ballots, ids: Sequence[str], by_place: NDArray[np.int64]) -> list[ThemeTrend]:
    if not ids or not len(by_place):
        return []
    labels = by_place[_column(ballots.supported)]
    times, which = first_votes(_column(ballots.times).astype(float), _column(ballots.voters), labels)
    all_times = np.concatenate([_column(ballots.posted).astype(float), times])
    found = trends(all_times, np.concatenate([by_place, which]), len(ids), float(ballots.since), TREND_LEVEL)
    return [
        ThemeTrend(ids[one.theme], one.direction.upper(), one.recent, one.before, round(one.lift, 3), float(f"{one.p:.3g}"))
        for one in found
    ]
