"""How good a run is: the figures of the quality report, with every run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from clustering.levels import Cut
from clustering.vectors import Ints


@dataclass(frozen=True)
class Changes:
    """What differs from the run before.

    kept, new, gone: theme ids. renamed: id -> (name before, name now). stayed: share of the texts of both runs that
    kept their theme (0-1). shift: median distance their points moved, the map's side being 1.
    """

    kept: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str, str], ...] = ()
    stayed: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True)
class Quality:
    """The quality of a run.

    sizes: texts by theme id. cohesion, separation: mean over themes, weighted by size. silhouette: mean simplified
    silhouette of the texts (-1..1). stability, leaf_stability: mean adjusted Rand index with groupings of random 80 %
    of the texts. language_nmi: how far a text's theme tells its language (0: not at all, 1: wholly; the aim is 0 where
    languages talk of the same). mixed: share of themes with more than one language, of those with at least 5 texts.
    unthemed: texts in no theme. reason, leaf_reason: why there are as many themes and sub-themes. resolutions: of the
    two levels.
    """

    texts: int
    distinct: int
    themes: int
    leaves: int
    sizes: dict[str, int]
    cohesion: float
    separation: float
    silhouette: float
    stability: float
    leaf_stability: float
    languages: dict[str, int]
    language_nmi: float
    mixed: float
    unthemed: int
    resolutions: tuple[float, float]
    reason: str
    leaf_reason: str
    embedder: str
    changes: Changes | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def language_nmi(labels: Ints, languages: Sequence[str]) -> float:
    """Normalized mutual information of theme and language, over themed texts; 0 where there is one language."""
    themed = np.flatnonzero(labels >= 0)
    codes = np.asarray(languages, dtype=object)[themed].astype(str)
    if len(set(codes)) < 2 or len(set(labels[themed].tolist())) < 2:
        return 0.0
    return float(normalized_mutual_info_score(codes, labels[themed]))


def mixed_share(labels: Ints, languages: Sequence[str]) -> float:
    """Share of themes of at least 5 texts that hold more than one language."""
    codes = np.asarray(languages, dtype=object)
    groups = [codes[labels == theme] for theme in range(int(labels.max(initial=-1)) + 1)]
    large = [group for group in groups if len(group) >= 5]
    return sum(len(set(group)) > 1 for group in large) / len(large) if large else 0.0


def stability_of(cut: Cut | None) -> float:
    """The stability of the rung a cut was chosen from; 1 where nothing was cut."""
    return 1.0 if cut is None else cut.best.stability
