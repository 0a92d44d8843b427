"""A whole grouping of one jam: runs in a process of its own, on what the jam's state said at one moment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from clustering import Constraints, Quality, Theme, ThemeModel
from clustering.vectors import Floats
from server.jam import ids
from server.themes.counting import counted
from server.themes.holding import Held, hold
from server.themes.items import unpack
from server.themes.messages import Edits, Foreseen, Grouping, Item, Placement, Request
from server.themes.namer import NamerSettings
from server.themes.proposing import Rows, drafts_of, nearest_of
from server.themes.remembering import chosen_before, previous_of, summary_of
from server.themes.renaming import renamed
from server.themes.vectors import Chosen, Embedded, VectorStore

_NAMED_LANGUAGES = ("en", "he")
_PLACES = 4


def regroup(
    store: VectorStore, request: Request, executor: Executor | None = None, namer_settings: NamerSettings | None = None
) -> Grouping:
    """Groups the ideas whose vectors are known. Ideas for some relations only are placed into the themes that the ideas for
    everyone make: they lend them no words, and no namer reads them. executor: does the heavy pieces."""
    items = unpack(request.chunks)
    known = store.known(item.key for item in items)
    public = [item for item in items if item.key in known and item.is_public]
    others = [item for item in items if item.key in known and not item.is_public]
    free, namer = _fitted(store, request, public, known, executor), _Namer(request)
    held = _held(free, namer, request, public)
    model = _shown(free, store, request, public, known, held)
    placements, found = _placements(model, namer, public), list(held.found)
    if others:
        texts, (languages, raw) = [item.text for item in others], _embedded(store, others, known)
        for each in {id(free): free, id(model): model}.values():
            each.update(texts, languages, raw)
        placements += _restricted(model, namer, others, len(public), request.edits)
        found += [held.renamed.get(theme or "", theme) for _, theme, *_ in _placements(free, namer, others, len(public))]
    themes = [*_themes(model, namer, public, placements[: len(public)]), *_kept_by_hand(model, namer, request, placements)]
    summary = free.summary_
    chosen = Chosen(summary.preparation, summary.resolutions, summary.chosen_at)
    store.choose(request.jam, request.run, request.before, chosen)
    placed = tuple(_within(themes, placements))
    rows = Rows([*public, *others], [theme for _, theme, *_ in placed], found, [*held.homes, *found[len(public) :]])
    proposed = {held.renamed.get(id, id): theme for id, theme in _by_id(free, namer).items()}
    drafts = drafts_of(held.changes, rows, proposed, _by_id(model, namer))
    told, named = renamed(namer_settings, request, model, themes, public)
    report = {**counted(model, len(drafts)), "apart": _apart(model, namer), **named}
    return Grouping(store.embedder.id, _reason(model.quality_), report, tuple(told), placed, drafts)


def _shown(
    free: ThemeModel, store: VectorStore, request: Request, items: Sequence[Item], known: Mapping[bytes, Embedded], held: Held
) -> ThemeModel:
    """The model of the board that is shown, near the board that was shown before."""
    if not (held.changes or held.renamed or request.foreseen.themes):
        return free
    languages, raw = _embedded(store, items, known)
    chosen = chosen_before(store, request.jam, request.before, items, raw, languages)
    vectors = chosen.preparation.transform(raw, [item.text for item in items], languages)
    before = summary_of(items, vectors, request.notes, chosen, request.language)
    return free.arranged(held.theme_of, previous_of(items, before))


def _held(free: ThemeModel, namer: "_Namer", request: Request, items: Sequence[Item]) -> Held:
    """The board that is shown of what the run found: settled themes stay until people agree to a change."""
    ids = [namer(theme.id) for theme in free.themes_]
    found = [ids[label] if label >= 0 else None for label in free.labels_]
    fresh = {row for row, item in enumerate(items) if item.id in request.fresh}
    nearest = nearest_of(items, free.embeddings_, request.edits)
    return hold([item.theme for item in items], found, fresh, request.settled, nearest)


def _apart(model: ThemeModel, namer: "_Namer") -> Mapping[str, float]:
    """How far each theme and sub-theme is from its nearest sibling: 1 less the cosine of their means."""
    groups = [group for theme in model.themes_ for group in (theme, *theme.children)]
    return {namer(group.id): round(group.separation, _PLACES) for group in groups}


def _by_id(model: ThemeModel, namer: "_Namer") -> dict[str, Theme]:
    return {namer(theme.id): theme for theme in model.themes_}


def constraints_of(edits: Edits, ideas: Sequence[str]) -> Constraints:
    """Decisions by row number of `ideas`; those about other ideas are left out."""
    rows = {id: row for row, id in enumerate(ideas)}
    return Constraints(
        pinned={rows[idea]: theme for idea, theme in edits.pins.items() if idea in rows},
        excluded=[(rows[idea], theme) for idea, some in edits.exclusions.items() if idea in rows for theme in sorted(some)],
        merged=[(into, old) for old, into in edits.merged.items()],
        names=edits.names,
    )


class _Namer:
    """Ids of themes in the jam: those the jam knows stay, others are derived from the library's, each its own."""

    def __init__(self, request: Request) -> None:
        self._jam = request.jam
        notes = (*request.notes, *request.foreseen.notes)
        self._known = {note.id for note in notes} | set(request.edits.pins.values())
        self._taken = self._known | request.edits.merged.keys()
        self._made: dict[str, str] = {}

    def __call__(self, id: str) -> str:
        if id in self._known:
            return id
        if id not in self._made:
            self._made[id] = made = self._new(id)
            self._known.add(made)
            self._taken.add(made)
        return self._made[id]

    def _new(self, id: str) -> str:
        """The library does not know every id the jam has used: it may make the same one of the same texts again."""
        made, number = ids.derive_id(ids.THEME, self._jam, id), 0
        while made in self._taken:
            number += 1
            made = ids.derive_id(ids.THEME, self._jam, id, str(number))
        return made


def _embedded(store: VectorStore, items: Sequence[Item], known: Mapping[bytes, Embedded]) -> tuple[list[str], Floats]:
    languages = [known[item.key].language_or(item.language) for item in items]
    return languages, store.raw([known[item.key] for item in items])


def _fitted(
    store: VectorStore, request: Request, items: Sequence[Item], known: Mapping[bytes, Embedded], executor: Executor | None
) -> ThemeModel:
    """The themes found, near the board as open proposals would have it."""
    items = [_foreseen(item, request.foreseen) for item in items]
    languages, raw = _embedded(store, items, known)
    texts = [item.text for item in items]
    chosen = chosen_before(store, request.jam, request.before, items, raw, languages)
    notes = {note.id: note for note in (*request.notes, *request.foreseen.notes)}
    vectors = chosen.preparation.transform(raw, texts, languages)
    before = summary_of(items, vectors, tuple(notes.values()), chosen, request.language)
    language = request.language if request.language in _NAMED_LANGUAGES else None
    model = ThemeModel(request.granularity, random_state=0, embedder=store.embedder, language=language)
    return model.fit(
        texts,
        languages,
        weights=[item.weight for item in items],
        embeddings=raw,
        constraints=constraints_of(request.edits, [item.id for item in items]),
        previous=previous_of(items, before),
        executor=executor,
    )


def _foreseen(item: Item, foreseen: Foreseen) -> Item:
    moves = item.id in foreseen.themes and foreseen.themes[item.id] != item.theme
    return item._replace(theme=foreseen.themes[item.id], subtheme=None) if moves else item


def _placements(model: ThemeModel, namer: _Namer, items: Sequence[Item], start: int = 0) -> list[Placement]:
    """Where the model put the ideas in its rows from `start` on."""
    themes, leaves = model.themes_, model.subthemes_
    placed = []
    for row, item in enumerate(items, start):
        label, leaf = int(model.labels_[row]), int(model.sublabels_[row])
        theme = namer(themes[label].id) if label >= 0 else None
        part = namer(leaves[leaf].id) if leaf >= 0 and theme is not None else None
        x, y = (round(float(value), _PLACES) for value in model.positions_[row])
        placed.append((item.id, theme, part if part != theme else None, x, y))
    return placed


def _restricted(model: ThemeModel, namer: _Namer, items: Sequence[Item], start: int, edits: Edits) -> list[Placement]:
    """The same for ideas that took no part in the fit, which keep to people's decisions all the same."""
    return [_decided(placement, edits) for placement in _placements(model, namer, items, start)]


def _decided(placement: Placement, edits: Edits) -> Placement:
    idea, theme, _, x, y = placement
    pin = edits.pins.get(idea)
    if pin is not None and pin != theme:
        return (idea, pin, None, x, y)
    if theme in edits.exclusions.get(idea, ()):
        return (idea, None, None, x, y)
    return placement


def _themes(model: ThemeModel, namer: _Namer, items: Sequence[Item], placed: Sequence[Placement]) -> list[Mapping[str, Any]]:
    """The themes, each before its sub-themes, largest first. `placed`: the ideas for everyone, which alone say where a label
    stands."""
    points = _middles(placed)
    told: list[Mapping[str, Any]] = []
    for theme, (x, y, _) in zip(model.themes_, model.circles_, strict=True):
        told.append(_told(theme, namer, items, None, (float(x), float(y))))
        for child in theme.children:
            place = points.get(namer(child.id), (float(x), float(y)))
            told.append(_told(child, namer, items, namer(theme.id), place))
    return told


def _told(
    theme: Theme, namer: _Namer, items: Sequence[Item], parent: str | None, place: tuple[float, float]
) -> Mapping[str, Any]:
    return {
        "id": namer(theme.id),
        "name": theme.name,
        "keywords": list(theme.keywords),
        "distinctive": list(theme.distinctive),
        "medoids": [items[row].id for row in theme.medoids],
        "parent": parent,
        "cohesion": round(theme.cohesion, _PLACES),
        "confidence": round(theme.confidence, _PLACES),
        "x": round(place[0], _PLACES),
        "y": round(place[1], _PLACES),
    }


def _middles(placements: Sequence[Placement]) -> dict[str, tuple[float, float]]:
    points: dict[str, list[tuple[float, float]]] = {}
    for _, _, part, x, y in placements:
        if part is not None:
            points.setdefault(part, []).append((x, y))
    return {part: (float(np.mean([x for x, _ in here])), float(np.mean([y for _, y in here]))) for part, here in points.items()}


def _kept_by_hand(
    model: ThemeModel, namer: _Namer, request: Request, placements: Sequence[Placement]
) -> list[Mapping[str, Any]]:
    """Themes that only hold ideas for some relations by a person's decision: the fit does not know them, yet they stay."""
    fitted = {namer(theme.id) for theme in model.themes_}
    wanted = Counter(theme for _, theme, _, _, _ in placements if theme is not None and theme not in fitted)
    return [
        {
            "id": note.id, "name": note.name, "keywords": [], "distinctive": [], "medoids": [], "parent": None,
            "cohesion": 0.0, "confidence": 0.0, "x": note.x, "y": note.y,
        }
        for note in request.notes
        if note.parent is None and note.id in wanted
    ]  # fmt: skip


def _within(themes: Sequence[Mapping[str, Any]], placements: Sequence[Placement]) -> list[Placement]:
    """Placements that name only themes of this grouping, and sub-themes only within their theme."""
    parents = {theme["id"]: theme["parent"] for theme in themes}
    clean = []
    for idea, theme, part, x, y in placements:
        stands = theme if theme in parents else None
        inside = part if part is not None and stands is not None and parents.get(part) == stands else None
        clean.append((idea, stands, inside, x, y))
    return clean


def _reason(quality: Quality) -> str:
    """Why there are as many themes as there are, and how good they are, in a line."""
    parts = [quality.reason, quality.leaf_reason, f"stability {quality.stability:.2f}, silhouette {quality.silhouette:.2f}"]
    if len(quality.languages) > 1:
        parts.append(f"{quality.mixed:.0%} of the larger themes hold several languages")
    if quality.changes is not None:
        changes = quality.changes
        parts.append(
            f"{changes.stayed:.0%} of the ideas stayed in their theme, {len(changes.new)} themes new, {len(changes.gone)} gone"
        )
    return "; ".join(parts)
