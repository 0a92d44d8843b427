"""From vectors to themes by id: distinct texts are grouped, matched with the run before, and edited by constraints."""

import re
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from clustering import edits
from clustering.clusterer import ThemeClusterer, Warm, granularity_factor
from clustering.languages import clean, says_something
from clustering.levels import Anchor, Cut
from clustering.matching import earlier_labels, matched, new_id, overlap
from clustering.phrases import Embed
from clustering.preparing import Preparation
from clustering.similarity import lexical_matrix
from clustering.themes import Constraints, Previous, Remembered
from clustering.vectors import Floats, Ints, centroids, compact

_WITH_DIGITS = re.compile(r"\w*\d\w*")
_FEW = 8
_ALIKE = 0.3
_KEEP_RESOLUTION = 1.5


@dataclass(frozen=True)
class Inputs:
    """What a run starts from; n texts, vectors (n, d) centred.

    embed: makes raw vectors of phrases, to judge names by. executor: does the heavy pieces, None: this process.
    """

    texts: list[str]
    languages: list[str]
    vectors: Floats
    weights: NDArray[Any]
    constraints: Constraints
    previous: Previous | None
    preparation: Preparation
    language: str | None
    granularity: float | str
    seed: int
    embed: Embed | None = None
    executor: Executor | None = None


@dataclass(frozen=True)
class Groups:
    """Texts in themes and leaves.

    themes, leaves: (n,) labels, -1 for none; leaves are nested in themes. theme_ids, leaf_ids: by label; a leaf that is
    its whole theme has the theme's id. before: (n,) id of the earlier theme or None. stability: (n,) how well the
    text's theme was found again. distinct: number of different texts. board, expert: how the levels were chosen.
    """

    themes: Ints
    leaves: Ints
    theme_ids: list[str]
    leaf_ids: list[str]
    before: list[str | None]
    stability: Floats
    distinct: int
    board: Cut | None
    expert: Cut | None


@dataclass(frozen=True)
class _Raw:
    themes: Ints
    leaves: Ints
    stability: Floats
    board: Cut | None = None
    expert: Cut | None = None


def group(inputs: Inputs) -> Groups:
    """Group the texts; deterministic for the seed."""
    edits.check(inputs.constraints, len(inputs.texts))
    if inputs.previous is not None:
        inputs.previous.check(len(inputs.texts))
    usable, inverse = _distinct(inputs)
    before, before_leaves = _earlier(inputs)
    raw = _grouped(inputs, usable, inverse, before, before_leaves)
    before_ids = _ids_of(before, inputs.previous.summary.themes if inputs.previous else ())
    themes, theme_ids = _themes(inputs, raw.themes, before, before_ids)
    leaves = _nested(inputs.vectors, themes, raw.leaves)
    leaf_ids = _leaf_ids(inputs, themes, leaves, theme_ids, before_leaves)
    return Groups(themes, leaves, theme_ids, leaf_ids, before_ids, raw.stability, len(usable), raw.board, raw.expert)


def _distinct(inputs: Inputs) -> tuple[Ints, Ints]:
    """Rows of the first of each different text, and for every text its number among them (-1: says nothing).

    Texts that differ only in numbers and codes are one text: a flood of "Test 34 - a455b0" must not fill a board.
    """
    numbers: dict[str, int] = {}
    rows: list[int] = []
    inverse = np.full(len(inputs.texts), -1, dtype=np.int64)
    for row, text in enumerate(inputs.texts):
        if says_something(text) and inputs.vectors[row].any():
            key = _WITH_DIGITS.sub("#", clean(text).casefold())
            if key not in numbers:
                numbers[key] = len(rows)
                rows.append(row)
            inverse[row] = numbers[key]
    return np.array(rows, dtype=np.int64), inverse


def _earlier(inputs: Inputs) -> tuple[Ints, Ints]:
    none = np.full(len(inputs.texts), -1, dtype=np.int64)
    if inputs.previous is None:
        return none, none
    usable = np.flatnonzero(inputs.vectors.any(axis=1))
    before, summary = inputs.previous, inputs.previous.summary
    themes = earlier_labels(inputs.vectors, summary.themes, before.theme_ids, usable)
    return themes, earlier_labels(inputs.vectors, summary.leaves, before.leaf_ids, usable)


def _ids_of(labels: Ints, themes: Sequence[Remembered]) -> list[str | None]:
    return [themes[label].id if label >= 0 else None for label in labels]


def _grouped(inputs: Inputs, usable: Ints, inverse: Ints, before: Ints, before_leaves: Ints) -> _Raw:
    copies = np.bincount(inverse[inverse >= 0], minlength=len(usable))
    if len(usable) < _FEW:
        labels = _few(inputs.vectors[usable], copies)
        return _spread(_Raw(labels, labels, np.ones(len(labels), np.float32)), inverse)
    vectors = inputs.vectors[usable]
    warm = _warm(inputs, usable, before, before_leaves)
    clusterer = ThemeClusterer(granularity=inputs.granularity, random_state=inputs.seed)
    wording = lexical_matrix([inputs.texts[row] for row in usable])
    clusterer.fit(vectors, lexical=wording, warm=warm, executor=inputs.executor)
    board, expert = clusterer.board_, clusterer.expert_
    found = _Raw(clusterer.labels_, clusterer.sublabels_, board.group_stability[board.labels], board, expert)
    return _spread(found, inverse)


def _few(vectors: Floats, copies: Ints) -> Ints:
    """Groups of fewer than 8 different texts: those linked by clear likeness; a text alone is no theme."""
    if len(vectors) == 0:
        return np.zeros(0, dtype=np.int64)
    linked = sparse.csr_matrix((vectors @ vectors.T > _ALIKE).astype(np.int8))
    _, parts = connected_components(linked, directed=False)
    texts = np.bincount(parts, copies)
    return compact(np.where(texts[parts] > 1, parts, -1))


def _spread(raw: _Raw, inverse: Ints) -> _Raw:
    """Every copy of a text goes with it."""

    def all_rows(values: NDArray[Any], none: float) -> NDArray[Any]:
        spread = np.full(len(inverse), none, dtype=values.dtype)
        spread[inverse >= 0] = values[inverse[inverse >= 0]]
        return spread

    stability = all_rows(raw.stability, 0)
    return _Raw(all_rows(raw.themes, -1), all_rows(raw.leaves, -1), stability, raw.board, raw.expert)


def _warm(inputs: Inputs, usable: Ints, before: Ints, before_leaves: Ints) -> Warm | None:
    """Where to start from: the run before, while granularity is the same and the jam has not grown by half since its
    resolutions were chosen."""
    if inputs.previous is None or not inputs.previous.summary.themes:
        return None
    summary = inputs.previous.summary
    grown = len(usable) > _KEEP_RESOLUTION * summary.chosen_at
    if grown or min(summary.resolutions) <= 0 or summary.granularity != granularity_factor(inputs.granularity):
        return None
    themes = _anchor(inputs.vectors[usable], before[usable], summary.themes)
    leaves = _anchor(inputs.vectors[usable], before_leaves[usable], summary.leaves)
    return Warm(themes, leaves, summary.resolutions)


def _anchor(vectors: Floats, labels: Ints, earlier: Sequence[Remembered]) -> Anchor:
    nearest = earlier_labels(vectors, earlier, None, np.arange(len(vectors)))
    return Anchor(np.where(labels >= 0, labels, nearest), labels >= 0)


def _themes(inputs: Inputs, labels: Ints, before: Ints, before_ids: Sequence[str | None]) -> tuple[Ints, list[str]]:
    earlier = inputs.previous.summary.themes if inputs.previous else ()
    taken = {theme.id for theme in earlier} | set(inputs.constraints.pinned.values()) | set(inputs.constraints.names)
    taken |= {name for names in inputs.constraints.merged for name in names}
    ids = _named(inputs, labels, before, earlier, "t", taken)
    theme_of = [ids[label] if label >= 0 else None for label in labels]
    taken.update(ids)

    def make_id(rows: Sequence[int]) -> str:
        made = new_id("t", inputs.seed, [clean(inputs.texts[row]) for row in sorted(rows)[:3]], taken)
        taken.add(made)
        return made

    arrangement = edits.Arrangement(theme_of, inputs.vectors, before_ids)
    return _numbered(edits.apply(arrangement, inputs.constraints, make_id).theme_of)


def _numbered(theme_of: Sequence[str | None]) -> tuple[Ints, list[str]]:
    names = sorted({name for name in theme_of if name is not None})
    number = {name: label for label, name in enumerate(names)}
    raw = np.array([number[name] if name is not None else -1 for name in theme_of], dtype=np.int64)
    labels = compact(raw)
    ids = {int(new): names[int(old)] for old, new in zip(raw, labels, strict=True) if old >= 0}
    return labels, [ids[label] for label in range(len(ids))]


def _named(inputs: Inputs, labels: Ints, before: Ints, earlier: Sequence[Remembered], kind: str, taken: set[str]) -> list[str]:
    """An id for each label: that of the earlier group it matches, or a new one made of its most central texts."""
    count = int(labels.max(initial=-1)) + 1
    kept = matched(overlap(labels, before, count, len(earlier)))
    means = centroids(inputs.vectors, labels, count)
    used, ids = set(taken), []
    for label in range(count):
        name = earlier[kept[label]].id if label in kept else _made(inputs, labels, label, means[label], kind, used)
        used.add(name)
        ids.append(name)
    return ids


def _made(inputs: Inputs, labels: Ints, label: int, mean: Floats, kind: str, used: set[str]) -> str:
    rows = np.flatnonzero(labels == label)
    central = rows[np.argsort(-(inputs.vectors[rows] @ mean), kind="stable")[:3]]
    return new_id(kind, inputs.seed, [clean(inputs.texts[row]) for row in central], used)


def _nested(vectors: Floats, themes: Ints, leaves: Ints) -> Ints:
    """Leaves inside the themes: a text whose theme was changed by hand goes to the nearest leaf of its new theme."""
    nested = np.where(themes < 0, -1, leaves)
    count = int(nested.max(initial=-1)) + 1
    owner = np.full(count, -1, dtype=np.int64)
    for leaf in range(count):
        members = themes[nested == leaf]
        owner[leaf] = np.bincount(members).argmax() if len(members) else -1
    means = centroids(vectors, nested, count)
    for theme in range(int(themes.max(initial=-1)) + 1):
        own = np.flatnonzero(owner == theme)
        rows = np.flatnonzero(themes == theme)
        moved = rows[(nested[rows] < 0) | (owner[nested[rows]] != theme)]
        if len(moved):
            fresh = int(nested.max()) + 1
            nested[moved] = own[np.argmax(vectors[moved] @ means[own].T, axis=1)] if len(own) else fresh
            owner = np.append(owner, [-1] * (fresh + 1 - len(owner))).astype(np.int64)
    return compact(nested)


def _leaf_ids(inputs: Inputs, themes: Ints, leaves: Ints, theme_ids: Sequence[str], before: Ints) -> list[str]:
    earlier = inputs.previous.summary.leaves if inputs.previous else ()
    taken = {leaf.id for leaf in earlier} | set(theme_ids)
    ids = _named(inputs, leaves, before, earlier, "s", taken)
    reserved = set(theme_ids)
    parents = {int(leaf): int(theme) for leaf, theme in zip(leaves, themes, strict=True) if leaf >= 0}
    alone = {theme for theme in parents.values() if list(parents.values()).count(theme) == 1}
    for leaf, theme in parents.items():
        if theme in alone:
            ids[leaf] = theme_ids[theme]
        elif ids[leaf] in reserved:
            ids[leaf] = new_id("s", inputs.seed, [ids[leaf], str(leaf)], set(ids) | taken)
    return ids


def rearranged(inputs: Inputs, groups: Groups, theme_of: Sequence[str | None]) -> Groups:
    """The same texts in other themes, n ids or None; sub-themes follow their texts. How the levels were chosen stays."""
    if len(theme_of) != len(inputs.texts):
        raise ValueError(f"{len(inputs.texts)} texts but {len(theme_of)} themes")
    themes, theme_ids = _numbered(theme_of)
    leaves = _nested(inputs.vectors, themes, groups.leaves if groups.leaf_ids else themes)
    before, before_leaves = _earlier(inputs)
    leaf_ids = _leaf_ids(inputs, themes, leaves, theme_ids, before_leaves)
    ids = _ids_of(before, inputs.previous.summary.themes if inputs.previous else ())
    return replace(groups, themes=themes, leaves=leaves, theme_ids=theme_ids, leaf_ids=leaf_ids, before=ids)
