"""A whole run: group, describe, lay out, judge."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.clusterer import granularity_factor
from clustering.grouping import Groups, Inputs, group
from clustering.labels import Describer, Description
from clustering.layout import Places, place_circles, place_points, shift
from clustering.levels import silhouettes
from clustering.placing import Placer
from clustering.quality import Changes, Quality, language_nmi, mixed_share, stability_of
from clustering.themes import Remembered, Summary, Theme
from clustering.vectors import Floats, Ints, centroids

_MEDOIDS = 5
_POOL = 200
_RELEVANCE = 0.7
_KEEP_NAME = 0.6
_FLOOR_QUANTILE = 0.005
_READ = 8000
_READ_OF_LEAF = 60


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
    groups = group(inputs)
    describer = _describer(inputs, groups)
    themes, leaves = _described(inputs, groups, describer)
    means = centroids(inputs.vectors, groups.themes, len(themes))
    circles = place_circles([theme.size for theme in themes], means, _earlier_places(inputs, themes))
    before = _earlier_points(inputs)
    positions = place_points(inputs.vectors, groups.themes, circles, means, before)
    summary = _summary(inputs, groups, themes, leaves, circles, describer.language)
    placer = Placer(summary)
    quality = _quality(inputs, groups, themes, leaves, 0.0 if before is None else shift(positions, before))
    confidences = placer.confidences(inputs.vectors, groups.themes)
    return Fitted(groups, themes, leaves, positions, circles, confidences, quality, summary)


def _describer(inputs: Inputs, groups: Groups) -> Describer:
    """Reads all texts, or of a large jam a sample with as many of each sub-theme as its size gives, at least 60."""
    rows = np.arange(len(inputs.texts))
    if len(rows) > _READ:
        share = _READ / len(rows)
        rng = np.random.default_rng(inputs.seed)
        parts = [np.flatnonzero(groups.leaves == leaf) for leaf in range(len(groups.leaf_ids))]
        picked = [rng.permutation(part)[: max(_READ_OF_LEAF, int(share * len(part)))] for part in parts]
        rows = np.sort(np.concatenate(picked))
    return Describer(inputs.texts, inputs.languages, rows, inputs.language, inputs.weights, frozenset(inputs.preparation.names))


def _described(inputs: Inputs, groups: Groups, describer: Describer) -> tuple[list[Theme], list[Theme]]:
    boards = _tier(inputs, groups.themes, groups.theme_ids, None, describer, groups.stability)
    parents = np.full(len(groups.leaf_ids), -1, dtype=np.int64)
    parents[groups.leaves[groups.leaves >= 0]] = groups.themes[groups.leaves >= 0]
    described = _tier(inputs, groups.leaves, groups.leaf_ids, parents, describer, groups.stability, boards)
    themes = []
    for label, theme in enumerate(boards):
        children = tuple(described[leaf] for leaf in np.flatnonzero(parents == label))
        themes.append(replace(theme, children=children) if len(children) > 1 else theme)
    leaves = [themes[parent] if leaf.id == themes[parent].id else leaf for leaf, parent in zip(described, parents, strict=True)]
    return themes, leaves


def _tier(
    inputs: Inputs,
    labels: Ints,
    ids: Sequence[str],
    parents: Ints | None,
    describer: Describer,
    stability: Floats,
    above: Sequence[Theme] = (),
) -> list[Theme]:
    """Themes of one level; parents: (k,) the row in `above` of each, None at the board level."""
    means = centroids(inputs.vectors, labels, len(ids))
    kin = means @ means.T
    np.fill_diagonal(kin, -2)
    if parents is not None:
        kin = np.where(parents[:, None] == parents[None, :], kin, -2)
    siblings = [int(np.argmax(row)) if row.max() > -2 else None for row in kin]
    words = describer.describe(labels, siblings, parents, {theme.name for theme in above})
    made = []
    for label, theme_id in enumerate(ids):
        parent = above[parents[label]] if parents is not None else None
        sibling = siblings[label]
        made.append(
            replace(
                _theme(inputs, np.flatnonzero(labels == label), theme_id, means[label], words[label]),
                separation=2.0 if sibling is None else 1 - float(kin[label, sibling]),
                confidence=float(stability[labels == label].mean()),
                parent=parent.id if parent else None,
            )
        )
    return made


def _theme(inputs: Inputs, rows: Ints, theme_id: str, mean: Floats, words: Description) -> Theme:
    return Theme(
        id=theme_id,
        name=_name(inputs, theme_id, words),
        keywords=words.keywords,
        medoids=central(inputs.vectors, rows, mean, inputs.weights),
        distinctive=words.distinctive,
        size=len(rows),
        cohesion=float(np.mean(inputs.vectors[rows] @ mean)),
        separation=0.0,
        confidence=0.0,
    )


def _name(inputs: Inputs, theme_id: str, words: Description) -> str:
    fixed = {inputs.constraints.survivor(old): name for old, name in inputs.constraints.names.items()}
    fixed.update({new: name for new, name in inputs.constraints.names.items() if new in fixed})
    return fixed.get(theme_id, words.name)


def central(vectors: Floats, rows: Ints, mean: Floats, weights: Floats, count: int = _MEDOIDS) -> tuple[int, ...]:
    """Rows of central texts that together cover a theme, by maximal marginal relevance (Carbonell, Goldstein 1998)."""
    near = vectors[rows] @ mean + 0.05 * np.log1p(weights[rows]) / max(float(np.log1p(weights[rows].max())), 1e-9)
    pool = rows[np.argsort(-near, kind="stable")[:_POOL]]
    relevance = np.sort(-near, kind="stable")[:_POOL] * -1
    chosen: list[int] = []
    covered = np.zeros(len(pool), dtype=np.float32)
    while len(chosen) < min(count, len(pool)):
        gain = _RELEVANCE * relevance - (1 - _RELEVANCE) * covered
        gain[chosen] = -np.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        covered = np.maximum(covered, vectors[pool] @ vectors[pool[best]])
    return tuple(int(pool[i]) for i in chosen)


def _earlier_places(inputs: Inputs, themes: Sequence[Theme]) -> list[tuple[float, float, float] | None]:
    known = {theme.id: theme.place for theme in inputs.previous.summary.themes} if inputs.previous else {}
    return [known.get(theme.id) for theme in themes]


def _earlier_points(inputs: Inputs) -> Floats | None:
    if inputs.previous is None or inputs.previous.positions is None:
        return None
    points = np.asarray(inputs.previous.positions, dtype=np.float32)
    if points.shape != (len(inputs.texts), 2):
        raise ValueError(f"earlier positions must have shape ({len(inputs.texts)}, 2), got {points.shape}")
    return points


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
