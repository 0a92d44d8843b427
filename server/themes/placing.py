"""The ideas of a jam as the quick process holds them: finds similar ones, and a place for a new one among the themes."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from clustering import SimilarIndex, ThemeModel
from clustering.languages import UNKNOWN, detect
from clustering.layout import beside
from clustering.vectors import Floats
from server.themes.items import unpack
from server.themes.messages import Item, Loaded, Placed
from server.themes.remembering import chosen_before, summary_of
from server.themes.vectors import Chosen, Embedded, VectorStore

_EDGE = 0.985
_GOLDEN = 0.61803399
_TURNS = 10_000


class PlacedJam:
    """Vectors, themes and places of one jam's ideas, made from its present state.

    The index holds vectors to search with, which agree best with people's judgement of likeness; themes have their own.
    """

    def __init__(self, store: VectorStore, loaded: Loaded) -> None:
        self._store = store
        items = unpack(loaded.chunks)
        known = store.known(item.key for item in items)
        self.missing = [item.id for item in items if item.key not in known]
        items = [item for item in items if item.key in known]
        languages = [known[item.key].language_or(item.language) for item in items]
        raw = store.raw([known[item.key] for item in items])
        chosen = self._chosen(loaded, items, raw, languages)
        self._preparation = chosen.preparation
        vectors = self._preparation.transform(raw, [item.text for item in items], languages)
        self._index = SimilarIndex(store.embedder.dimensions)
        for item, vector, code in zip(items, self._preparation.searchable(raw, languages), languages, strict=True):
            self._index.add(item.id, vector, code)
        summary = summary_of(items, vectors, loaded.notes, chosen, loaded.language)
        self._model = ThemeModel.from_summary(summary, embedder=store.embedder) if summary.leaves else None
        self._leaves = summary.leaves
        self._circles = {theme.id: theme.place for theme in summary.themes}
        self._leaf_of = {item.id: item.subtheme or item.theme for item in items}
        self._point_of = {item.id: (item.x, item.y) for item in items if item.x is not None and item.y is not None}
        self._public = {item.id for item in items if item.is_public}

    def _chosen(self, loaded: Loaded, items: Sequence[Item], raw: Floats, languages: Sequence[str]) -> Chosen:
        public = [row for row, item in enumerate(items) if item.is_public]
        of_public = [items[row] for row in public], raw[public], [languages[row] for row in public]
        return chosen_before(self._store, loaded.jam, loaded.run, *of_public)

    def __len__(self) -> int:
        return len(self._index)

    def place(self, items: Sequence[Item]) -> list[Placed]:
        """Takes ideas in, or in anew after an edit, and says where each belongs."""
        known = self._store.embed({item.key: item.text for item in items})
        languages = [known[item.key].language_or(item.language) for item in items]
        raw = self._store.raw([known[item.key] for item in items])
        leaves = self._assigned(items, languages, raw)
        vectors = self._preparation.searchable(raw, languages)
        return [self._take(*each) for each in zip(items, languages, vectors, leaves, strict=True)]

    def _assigned(self, items: Sequence[Item], languages: Sequence[str], raw: Floats) -> Sequence[int]:
        if self._model is None:
            return [-1] * len(items)
        _, leaves, _ = self._model.assign([item.text for item in items], languages, embeddings=raw)
        return [int(leaf) for leaf in leaves]

    def _take(self, item: Item, language: str, vector: Floats, leaf: int) -> Placed:
        part = self._leaves[leaf] if leaf >= 0 else None
        theme = (part.parent or part.id) if part is not None else None
        (self._public.add if item.is_public else self._public.discard)(item.id)
        point = self._beside(item, vector, None if part is None else part.id, theme)
        self._index.add(item.id, vector, language)
        self._leaf_of[item.id] = None if part is None else part.id
        self._point_of[item.id] = point
        subtheme = part.id if part is not None and part.parent is not None else None
        return Placed(item.id, item.key, theme, subtheme, round(point[0], 4), round(point[1], 4))

    def _beside(self, item: Item, vector: Floats, leaf: str | None, theme: str | None) -> tuple[float, float]:
        """Next to the most similar idea of the same leaf; in the strip at the edge where there is no theme.

        The place of an idea for everyone follows from such ideas alone: it would tell how many others there are, or where.
        """
        number = crc32(item.id.encode()) % _TURNS
        if leaf is None or theme is None:
            return number * _GOLDEN % 1.0, _EDGE
        circle = np.array(self._circles[theme])

        def is_beside(id: str) -> bool:
            return self._leaf_of.get(id) == leaf and id in self._point_of and (id in self._public or not item.is_public)

        near = self._index.query(vector, 1, allowed=is_beside)
        start = np.array(self._point_of[near[0][0]] if near else circle[:2], dtype=np.float32)
        x, y = beside(start, circle, number)
        return float(x), float(y)

    def remove(self, ids: Sequence[str]) -> None:
        """Forgets ideas; those it does not know are no matter."""
        for id in ids:
            if id in self._index:
                self._index.remove(id)
                self._public.discard(id)
                self._leaf_of.pop(id, None)
                self._point_of.pop(id, None)

    def similar(self, text: str, language: str | None, most: int) -> list[tuple[str, float]]:
        """The ideas nearest in meaning: (id, cosine from 0 to 1), best first; only those that have something in common."""
        typed = Embedded(detect(text), self._store.embedder.embed([text])[0])
        codes = [typed.language_or(language or UNKNOWN)]
        vector = self._preparation.searchable(self._store.raw([typed]), codes)[0]
        found = self._index.query(vector, most)
        return [(id, min(1.0, score)) for id, score in found if score > 0.0]
