"""The run before, rebuilt from what the journal recorded: no model has to be kept between runs or across restarts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustering import Previous, Remembered, Summary
from clustering.layout import FILLED
from clustering.preparing import prepare
from clustering.vectors import Floats
from server.themes.messages import Item, ThemeNote
from server.themes.vectors import Chosen, VectorStore

_FLOOR_QUANTILE = 0.005
"""As in the library: a new idea less typical than all but this share of the grouped ones belongs to no theme."""


def chosen_before(
    store: VectorStore, jam: str, run: str | None, items: Sequence[Item], raw: Floats, languages: Sequence[str]
) -> Chosen:
    """What the last run chose; where that is lost, raw vectors (n, d) of `items` are prepared by what they say themselves."""
    kept = store.chosen(jam, run)
    if kept is not None:
        return kept
    preparation, _ = prepare(raw, [item.text for item in items], languages, store.embedder.id, names=())
    return Chosen(preparation)


def summary_of(items: Sequence[Item], vectors: Floats, notes: Sequence[ThemeNote], chosen: Chosen, language: str) -> Summary:
    """What is known of the present themes: their means over the ideas for everyone, and their places on the map.

    vectors: (n, d) prepared, a row for each of `items`. A theme without such ideas is left out, and so are its parts.
    """
    rows = _rows_by_theme(items)
    boards = [note for note in notes if note.parent is None and note.id in rows]
    parts = [note for note in notes if note.parent in {board.id for board in boards} and note.id in rows]
    split = {part.parent for part in parts}
    leaves = [*parts, *(board for board in boards if board.id not in split)]
    total = max(1, sum(len(rows[board.id]) for board in boards))
    places = {board.id: _circle(board, len(rows[board.id]) / total) for board in boards}
    return Summary(
        preparation=chosen.preparation,
        themes=tuple(_remembered(board, rows[board.id], vectors, places[board.id]) for board in boards),
        leaves=tuple(_remembered(leaf, rows[leaf.id], vectors, places[leaf.parent or leaf.id]) for leaf in leaves),
        resolutions=chosen.resolutions,
        texts=len(items),
        chosen_at=chosen.texts,
        floor=_floor([rows[leaf.id] for leaf in leaves], vectors),
        language=language,
    )


def previous_of(items: Sequence[Item], summary: Summary) -> Previous | None:
    """The run before as `ThemeModel.fit` takes it, for ideas in the same order; None where there are no themes yet."""
    if not summary.themes:
        return None
    themes, leaves = {theme.id for theme in summary.themes}, {leaf.id for leaf in summary.leaves}
    points = [(np.nan, np.nan) if item.x is None or item.y is None else (item.x, item.y) for item in items]
    return Previous(
        summary=summary,
        theme_ids=[item.theme if item.theme in themes else None for item in items],
        leaf_ids=[leaf if (leaf := item.subtheme or item.theme) in leaves else None for item in items],
        positions=np.array(points, dtype=np.float32).reshape(len(items), 2),
    )


def _rows_by_theme(items: Sequence[Item]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        for theme in (item.theme, item.subtheme):
            if theme is not None and item.is_public:
                rows.setdefault(theme, []).append(row)
    return rows


def _circle(note: ThemeNote, share: float) -> tuple[float, float, float]:
    return note.x, note.y, min(float(np.sqrt(share * FILLED / np.pi)), 0.45)


def _mean(rows: Sequence[int], vectors: Floats) -> Floats:
    total = vectors[list(rows)].sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), dtype=np.float32)


def _remembered(note: ThemeNote, rows: Sequence[int], vectors: Floats, place: tuple[float, float, float]) -> Remembered:
    return Remembered(note.id, note.parent, note.name, (), (), len(rows), _mean(rows, vectors), place)


def _floor(groups: Sequence[Sequence[int]], vectors: Floats) -> float:
    typical: list[NDArray[np.float32]] = [vectors[list(rows)] @ _mean(rows, vectors) for rows in groups]
    return float(np.quantile(np.concatenate(typical), _FLOOR_QUANTILE)) if typical else 0.0
