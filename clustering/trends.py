"""Which themes are emerging and which are fading.

The statistic: of all N arrivals (ideas, or first votes of a person for a theme), R fall in the recent window. If a theme
had no trend, its K arrivals would be a random draw of K from the N, and the number in the window hypergeometric(N, R, K),
whatever the jam's own rhythm of day and night is. The p-value is the exact tail of that distribution; Holm's method over
all themes and both directions keeps the chance of any false alarm in one look at `level` (5 %). A theme is emerging (or
fading) when that holds and its share of arrivals has risen (or fallen) at least one and a half times.

Votes of one person are not independent of each other, so that of a person's votes for a theme only the first counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import hypergeom

from clustering.vectors import Ints

LEVEL = 0.05
LEAST_LIFT = 1.5
_RECENT = 0.25

Direction = Literal["emerging", "fading", "steady"]


@dataclass(frozen=True)
class Trend:
    """How a theme moves.

    recent, before: its arrivals inside and before the window. lift: its share of arrivals now over its share before
    (half an arrival added to each, so that it is finite). p: the smaller tail probability, not yet corrected.
    """

    theme: int
    direction: Direction
    recent: int
    before: int
    lift: float
    p: float


def trends(times: ArrayLike, labels: ArrayLike, themes: int, since: float | None = None, level: float = LEVEL) -> list[Trend]:
    """The trend of each theme 0..themes-1 from the times (n,) and themes (n,; -1 none) of arrivals.

    since: where the window begins, in the unit of `times`; None: at the last quarter of the time that passed.
    level: chance of any false alarm. Arrivals of no theme count in the totals.
    """
    when, which = np.asarray(times, dtype=float), np.asarray(labels, dtype=np.int64)
    if when.shape != which.shape or when.ndim != 1:
        raise ValueError(f"times and labels must be of one length, got {when.shape} and {which.shape}")
    recent = when >= (_window(when) if since is None else since)
    inside_by, before_by = (_counted(which[part], themes) for part in (recent, ~recent))
    counts = list(zip(inside_by, before_by, strict=True))
    total, inside = len(when), int(recent.sum())
    tails = np.array([_tails(now, before, total, inside) for now, before in counts]).reshape(-1, 2)
    alarms = _holm(tails.ravel(), level).reshape(-1, 2)
    return [_trend(theme, *counts[theme], total, inside, tails[theme], alarms[theme]) for theme in range(themes)]


def first_votes(times: ArrayLike, voters: Sequence[Any] | NDArray[Any], labels: ArrayLike) -> tuple[NDArray[np.float64], Ints]:
    """Of each person's votes for each theme, the earliest: (times, labels) to give to `trends`, in order of time."""
    when, which = np.asarray(times, dtype=float), np.asarray(labels, dtype=np.int64)
    if not len(when):
        return when, which
    _, people = np.unique(np.asarray(voters), return_inverse=True)
    order = np.argsort(when, kind="stable")
    pairs = people.astype(np.int64)[order] * (int(which.max()) + 2) + which[order]
    _, first = np.unique(pairs, return_index=True)
    kept = order[np.sort(first)]
    return when[kept], which[kept]


def _counted(labels: Ints, themes: int) -> list[int]:
    return [int(count) for count in np.bincount(labels[(labels >= 0) & (labels < themes)], minlength=themes)[:themes]]


def _window(when: NDArray[np.float64]) -> float:
    return float(when.max() - _RECENT * (when.max() - when.min())) if len(when) else 0.0


def _tails(now: int, before: int, total: int, inside: int) -> tuple[float, float]:
    """Probabilities of at least, and of at most, `now` arrivals in the window."""
    drawn = hypergeom(total, inside, now + before)
    return float(drawn.sf(now - 1)), float(drawn.cdf(now))


def _holm(tails: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Which of m p-values are significant by Holm's step-down method."""
    order = np.argsort(tails, kind="stable")
    passed = tails[order] <= level / np.arange(len(tails), 0, -1)
    passed &= np.cumprod(passed).astype(bool)
    found = np.zeros(len(tails), dtype=bool)
    found[order] = passed
    return found


def _trend(
    theme: int,
    now: int,
    before: int,
    total: int,
    inside: int,
    tails: NDArray[np.float64],
    alarms: NDArray[np.bool_],
) -> Trend:
    lift = ((now + 0.5) / (inside + 0.5)) / ((before + 0.5) / (total - inside + 0.5))
    direction: Direction = "steady"
    if alarms[0] and lift >= LEAST_LIFT:
        direction = "emerging"
    elif alarms[1] and lift <= 1 / LEAST_LIFT:
        direction = "fading"
    return Trend(theme, direction, now, before, lift, float(tails.min()))
