"""A whole run: group, describe, lay out, judge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.clusterer import granularity_factor
from clustering.describing import described
from clustering.grouping import Groups, Inputs, group
from clustering.layout import Places, place_circles, place_points, shift
from clustering.levels import silhouettes
from clustering.placing import Placer
from clustering.quality import Changes, Quality, language_nmi, mixed_share, stability_of
from clustering.themes import Remembered, Summary, Theme
from clustering.vectors import Floats, centroids

_FLOOR_QUANTILE = 0.005


@dataclass(frozen=True)
class Fitted:
    """The result of a run; see `ThemeModel` for the shapes."""

    groups: Groups
    themes: list[Theme]
    leaves: list[Theme]
    positions: Floats
    circles: Places
    confidences: Floats
    quality: Quality
    summary: Summary


def run(inputs: Inputs) -> Fitted:
    """Group, describe, lay out and judge the texts."""
    return finished(inputs, group(inputs))


def finished(inputs: Inputs, groups: Groups) -> Fitted:
    """Describe, lay out and judge texts that are grouped."""
    themes, leaves, language = described(inputs, groups)
    means = centroids(inputs.vectors, groups.themes, len(themes))
    circles = place_circles([theme.size for theme in themes], means, _earlier_places(inputs, themes))
    before = _earlier_points(inputs)
    positions = place_points(inputs.vectors, groups.themes, circles, means, before)
    summary = _summary(inputs, groups, themes, leaves, circles, language)
    placer = Placer(summary)
    quality = _quality(inputs, groups, themes, leaves, 0.0 if before is None else shift(positions, before))
    confidences = placer.confidences(inputs.vectors, groups.themes)
    return Fitted(groups, themes, leaves, positions, circles, confidences, quality, summary)


def _earlier_places(inputs: Inputs, themes: Sequence[Theme]) -> list[tuple[float, float, float] | None]:
    known = {theme.id: theme.place for theme in inputs.previous.summary.themes} if inputs.previous else {}
    return [known.get(theme.id) for theme in themes]


def _earlier_points(inputs: Inputs) -> Floats | None:
    if inputs.previous is None or inputs.previous.positions is None:
        return None
    return np.asarray(inputs.previous.positions, dtype=np.float32).reshape(-1, 2)


def _summary(
    inputs: Inputs, groups: Groups, themes: Sequence[Theme], leaves: Sequence[Theme], circles: Places, language: str
) -> Summary:
    kept = groups.board is not None and groups.expert is not None
    resolutions = (groups.board.resolution, groups.expert.resolution) if groups.board and groups.expert else (0.0, 0.0)
    same = inputs.previous is not None and inputs.previous.summary.resolutions == resolutions
    chosen_at = inputs.previous.summary.chosen_at if same and inputs.previous else groups.distinct
    theme_means = centroids(inputs.vectors, groups.themes, len(themes))
    leaf_means = centroids(inputs.vectors, groups.leaves, len(leaves))
    places = [(float(x), float(y), float(radius)) for x, y, radius in circles]
    where = {theme.id: place for theme, place in zip(themes, places, strict=True)}
    typical = np.einsum("ij,ij->i", inputs.vectors, leaf_means[groups.leaves]) if len(leaves) else np.zeros(0)
    themed = typical[groups.leaves >= 0] if len(leaves) else typical
    return Summary(
        preparation=inputs.preparation,
        themes=tuple(_remembered(theme, mean, where[theme.id]) for theme, mean in zip(themes, theme_means, strict=True)),
        leaves=tuple(
            _remembered(leaf, mean, where[leaf.parent or leaf.id]) for leaf, mean in zip(leaves, leaf_means, strict=True)
        ),
        resolutions=resolutions,
        texts=len(inputs.texts),
        chosen_at=chosen_at if kept else 0,
        granularity=granularity_factor(inputs.granularity),
        floor=float(np.quantile(themed, _FLOOR_QUANTILE)) if len(themed) else 0.0,
        language=language,
    )


def _remembered(theme: Theme, mean: Floats, place: tuple[float, float, float]) -> Remembered:
    return Remembered(theme.id, theme.parent, theme.name, theme.keywords, theme.medoids, theme.size, mean, place)


def _quality(inputs: Inputs, groups: Groups, themes: Sequence[Theme], leaves: Sequence[Theme], moved: float) -> Quality:
    sizes = np.array([theme.size for theme in themes], dtype=float)
    themed = groups.themes >= 0
    apart = silhouettes(inputs.vectors[themed], groups.themes[themed])
    counts = {code: inputs.languages.count(code) for code in sorted(set(inputs.languages))}
    return Quality(
        texts=len(inputs.texts),
        distinct=groups.distinct,
        themes=len(themes),
        leaves=len(leaves),
        sizes={theme.id: theme.size for theme in themes},
        cohesion=_mean([theme.cohesion for theme in themes], sizes),
        separation=_mean([theme.separation for theme in themes], sizes),
        silhouette=float(apart.mean()) if len(apart) else 0.0,
        stability=stability_of(groups.board),
        leaf_stability=stability_of(groups.expert),
        languages=counts,
        language_nmi=language_nmi(groups.themes, inputs.languages),
        mixed=mixed_share(groups.themes, inputs.languages),
        unthemed=int((~themed).sum()),
        resolutions=(groups.board.resolution, groups.expert.resolution) if groups.board and groups.expert else (0, 0),
        reason=groups.board.reason if groups.board else "too few different texts to look for a number of themes",
        leaf_reason=groups.expert.reason if groups.expert else "no sub-themes in so few texts",
        embedder=inputs.preparation.embedder,
        changes=_changes(inputs, groups, themes, moved),
    )


def _mean(values: Sequence[float], sizes: Floats) -> float:
    return float(np.average(values, weights=sizes)) if len(values) else 0.0


def _changes(inputs: Inputs, groups: Groups, themes: Sequence[Theme], moved: float) -> Changes | None:
    if inputs.previous is None:
        return None
    names = {theme.id: theme.name for theme in inputs.previous.summary.themes}
    now = {theme.id: theme.name for theme in themes}
    known = [row for row, name in enumerate(groups.before) if name is not None and groups.themes[row] >= 0]
    stayed = sum(groups.theme_ids[groups.themes[row]] == groups.before[row] for row in known)
    return Changes(
        kept=tuple(name for name in now if name in names),
        new=tuple(name for name in now if name not in names),
        gone=tuple(name for name in names if name not in now),
        renamed=tuple((i, names[i], now[i]) for i in now if i in names and names[i] != now[i]),
        stayed=stayed / len(known) if known else 1.0,
        shift=moved,
    )
