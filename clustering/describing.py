"""Groups made into themes: names and words, central texts, how coherent and how well apart they are."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from clustering.grouping import Groups, Inputs
from clustering.labels import Describer, Description, Embedding
from clustering.themes import Theme
from clustering.vectors import Floats, Ints, centroids

_MEDOIDS = 5
_POOL = 200
_RELEVANCE = 0.7
_READ = 8000
_READ_OF_LEAF = 60
_SAME = 0.9


def described(inputs: Inputs, groups: Groups) -> tuple[list[Theme], list[Theme], str]:
    """The themes with their children, the leaves, and the language of the names."""
    describer = _describer(inputs, groups)
    boards = _tier(inputs, groups, describer, groups.themes, groups.theme_ids)
    parents = np.full(len(groups.leaf_ids), -1, dtype=np.int64)
    parents[groups.leaves[groups.leaves >= 0]] = groups.themes[groups.leaves >= 0]
    found = _tier(inputs, groups, describer, groups.leaves, groups.leaf_ids, parents, boards)
    themes = []
    for label, theme in enumerate(boards):
        children = tuple(found[leaf] for leaf in np.flatnonzero(parents == label))
        themes.append(replace(theme, children=children) if len(children) > 1 else theme)
    leaves = [themes[p] if leaf.id == themes[p].id else leaf for leaf, p in zip(found, parents, strict=True)]
    return themes, leaves, describer.language


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


def _describer(inputs: Inputs, groups: Groups) -> Describer:
    """Reads all texts, or of a large jam a sample with as many of each sub-theme as its size gives, at least 60."""
    rows = np.arange(len(inputs.texts))
    if len(rows) > _READ:
        share = _READ / len(rows)
        rng = np.random.default_rng(inputs.seed)
        parts = [np.flatnonzero(groups.leaves == leaf) for leaf in range(len(groups.leaf_ids))]
        picked = [rng.permutation(part)[: max(_READ_OF_LEAF, int(share * len(part)))] for part in parts]
        rows = np.sort(np.concatenate(picked))
    own = frozenset(inputs.preparation.names)
    embedding = Embedding(inputs.embed, inputs.preparation.mean_of, inputs.vectors) if inputs.embed else None
    return Describer(inputs.texts, inputs.languages, rows, inputs.language, inputs.weights, own, embedding)


def _tier(
    inputs: Inputs,
    groups: Groups,
    describer: Describer,
    labels: Ints,
    ids: Sequence[str],
    parents: Ints | None = None,
    above: Sequence[Theme] = (),
) -> list[Theme]:
    """Themes of one level; parents: (k,) the row in `above` of each, None at the board level."""
    means = centroids(inputs.vectors, labels, len(ids))
    kin = _kinship(means, parents)
    siblings = [int(np.argmax(row)) if row.max() > -2 else None for row in kin]
    kept = _kept_names(inputs, ids, means, describer.language)
    above_of: list[Theme | None] = [None] * len(ids) if parents is None else [above[parent] for parent in parents]
    named = {
        label
        for label, (theme_id, parent) in enumerate(zip(ids, above_of, strict=True))
        if theme_id in kept or (parent is not None and parent.id == theme_id)
    }
    taken = {*kept.values(), *(theme.name for theme in above)}
    members = [np.flatnonzero(labels == label) for label in range(len(ids))]
    medoids = [central(inputs.vectors, rows, mean, inputs.weights) for rows, mean in zip(members, means, strict=True)]
    titles = [[inputs.texts[row] for row in rows] for rows in medoids]
    words = describer.describe(labels, siblings, parents, taken, means, named, titles)
    themes = [
        _theme(inputs, members[label], medoids[label], theme_id, means[label], words[label], kept)
        for label, theme_id in enumerate(ids)
    ]
    return [
        replace(
            _below(theme, parent),
            separation=2.0 if sibling is None else 1 - float(kin[label, sibling]),
            confidence=float(groups.stability[labels == label].mean()),
        )
        for label, (theme, parent, sibling) in enumerate(zip(themes, above_of, siblings, strict=True))
    ]


def _below(theme: Theme, parent: Theme | None) -> Theme:
    """As a part of its parent; one that is all of it has its name."""
    if parent is None:
        return theme
    return replace(theme, parent=parent.id, name=parent.name if parent.id == theme.id else theme.name)


def _kinship(means: Floats, parents: Ints | None) -> Floats:
    """Cosines of the groups' means (k, k); -2 for a group with itself and for groups that are no siblings."""
    kin = means @ means.T
    np.fill_diagonal(kin, -2)
    return kin if parents is None else np.where(parents[:, None] == parents[None, :], kin, np.float32(-2))


def _theme(
    inputs: Inputs, rows: Ints, medoids: tuple[int, ...], theme_id: str, mean: Floats, words: Description, names: dict[str, str]
) -> Theme:
    return Theme(
        id=theme_id,
        name=names.get(theme_id, words.name),
        keywords=words.keywords,
        medoids=medoids,
        distinctive=words.distinctive,
        size=len(rows),
        cohesion=float(np.mean(inputs.vectors[rows] @ mean)),
        separation=0.0,
        confidence=0.0,
    )


def _kept_names(inputs: Inputs, ids: Collection[str], means: Floats, language: str) -> dict[str, str]:
    """Names that are not looked for anew: those fixed by hand, and those of themes that are what they were before."""
    kept = {}
    if inputs.previous is not None and inputs.previous.summary.language == language:
        earlier = {theme.id: theme for theme in (*inputs.previous.summary.leaves, *inputs.previous.summary.themes)}
        for theme_id, mean in zip(ids, means, strict=True):
            if theme_id in earlier and float(mean @ earlier[theme_id].centroid) >= _SAME:
                kept[theme_id] = earlier[theme_id].name
    heirs, fixed = inputs.constraints.survivors(), inputs.constraints.names
    kept.update({heirs[name]: words for name, words in fixed.items() if name in heirs})
    kept.update({name: words for name, words in fixed.items() if name not in heirs or heirs[name] == name})
    return kept
