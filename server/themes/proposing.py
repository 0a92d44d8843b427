"""Held changes as proposals that people can judge: what would move, under which names, and what would be better for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering import Theme
from clustering.vectors import Floats, unit
from server.jam.theme_proposals import Draft, ProposalKind, ProposedPart
from server.themes.holding import Change, Nearest
from server.themes.messages import Edits, Item

_PLACES = 4


@dataclass(frozen=True)
class Rows:
    """Ideas row by row: those for everyone first, which the models were fitted to, then the rest. `shown`: the theme each is
    shown in after this run, `found`: the one it was found to belong to, `homes`: as in `Held`."""

    items: Sequence[Item]
    shown: Sequence[str | None]
    found: Sequence[str | None]
    homes: Sequence[str | None]


def nearest_of(items: Sequence[Item], vectors: Floats, edits: Edits) -> Nearest:
    """Finds the theme whose shown ideas are nearest in the mean; vectors: (n, d) of `items`."""
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        if item.theme is not None:
            rows.setdefault(item.theme, []).append(row)
    means: dict[str, Floats] = {}

    def mean(theme: str) -> Floats:
        if theme not in means:
            means[theme] = np.asarray(unit(vectors[rows.get(theme, [])].sum(axis=0, keepdims=True))[0])
        return means[theme]

    def nearest(row: int, themes: Collection[str]) -> str | None:
        fitting = sorted(set(themes) - edits.exclusions.get(items[row].id, frozenset()))
        return max(fitting, key=lambda theme: float(vectors[row] @ mean(theme)), default=None)

    return nearest


def drafts_of(
    changes: Sequence[Change], rows: Rows, proposed: Mapping[str, Theme], shown: Mapping[str, Theme]
) -> tuple[Draft, ...]:
    """The changes as drafts. proposed, shown: themes as the run found them and as they are shown, by their ids in the jam."""
    return tuple(draft for change in changes if (draft := _draft(change, rows, proposed, shown)) is not None)


def _draft(change: Change, rows: Rows, proposed: Mapping[str, Theme], shown: Mapping[str, Theme]) -> Draft | None:
    after = shown if change.kind is ProposalKind.RETIRE else proposed
    parts = tuple(_PARTS[change.kind](change, rows, after))
    if not any(part.ideas for part in parts):
        return None
    now = [shown[id] for id in change.themes if id in shown]
    then = [after[part.theme] for part in parts if part.theme is not None and part.theme in after]
    return Draft(
        change.kind,
        change.themes,
        parts,
        cohesion=(_mean([t.cohesion for t in now], now), _mean([t.cohesion for t in then], then)),
        separation=(_mean([t.separation for t in now], now), _mean([t.separation for t in then], then)),
        confidence=_mean([t.confidence for t in then], then),
    )


def _merged(change: Change, rows: Rows, proposed: Mapping[str, Theme]) -> list[ProposedPart]:
    into, *others = change.themes
    ideas = [item.id for item, theme in zip(rows.items, rows.shown, strict=True) if theme in others]
    return [_part(into, proposed, rows, ideas)]


def _split(change: Change, rows: Rows, proposed: Mapping[str, Theme]) -> list[ProposedPart]:
    """Each theme as it would be left, then the new ones."""
    parts = [_part(theme, proposed, rows, []) for theme in change.themes]
    for new in change.new:
        ideas = [
            item.id
            for item, theme, found in zip(rows.items, rows.shown, rows.found, strict=True)
            if found == new and theme in change.themes
        ]
        parts.append(_part(new, proposed, rows, ideas))
    return parts


def _retired(change: Change, rows: Rows, board: Mapping[str, Theme]) -> list[ProposedPart]:
    """Where on the board its ideas would go, the theme that most go to first; in the end those that would be in none."""
    (theme,) = change.themes
    to: dict[str | None, list[str]] = {}
    for item, shown, home in zip(rows.items, rows.shown, rows.homes, strict=True):
        if shown == theme:
            to.setdefault(home if home != theme else None, []).append(item.id)
    ranked = sorted(to, key=lambda home: (home is None, -len(to[home]), home or ""))
    return [_grown(_part(home, board, rows, to[home]), board) for home in ranked]


def _grown(part: ProposedPart, board: Mapping[str, Theme]) -> ProposedPart:
    held = board[part.theme].size if part.theme is not None and part.theme in board else 0
    return replace(part, size=held + len(part.ideas))


_PARTS = {
    ProposalKind.MERGE: _merged,
    ProposalKind.SPLIT: _split,
    ProposalKind.NEW: _split,
    ProposalKind.RETIRE: _retired,
}


def _part(id: str | None, proposed: Mapping[str, Theme], rows: Rows, ideas: Sequence[str]) -> ProposedPart:
    theme = proposed.get(id) if id is not None else None
    if theme is None:
        return ProposedPart(id, "", (), (), tuple(ideas), len(ideas), 0.0, 0.0, 0.0)
    return ProposedPart(
        theme=id,
        name=theme.name,
        keywords=theme.keywords,
        central=tuple(rows.items[row].id for row in theme.medoids),
        ideas=tuple(ideas),
        size=sum(1 for found in rows.found if found == id),
        cohesion=round(theme.cohesion, _PLACES),
        separation=round(theme.separation, _PLACES),
        confidence=round(theme.confidence, _PLACES),
    )


def _mean(values: Sequence[float], themes: Sequence[Theme]) -> float:
    """Weighted by size; 0 of none."""
    weights = [theme.size for theme in themes]
    return round(float(np.average(values, weights=weights)), _PLACES) if sum(weights) else 0.0
