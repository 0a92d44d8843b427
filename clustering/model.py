"""Themes of a jam's ideas: the estimator that ties the parts together."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin

from clustering.clusterer import seed_of
from clustering.embedder import Embedder, default_embedder
from clustering.fitting import Fitted, finished, run
from clustering.grouping import Inputs, rearranged
from clustering.growing import Growing
from clustering.languages import detect, detect_all, says_something
from clustering.layout import beside
from clustering.levels import Cut
from clustering.placing import Placer
from clustering.preparing import prepare
from clustering.quality import Quality
from clustering.similar import top_rows
from clustering.themes import Constraints, Previous, Summary, Theme
from clustering.vectors import Floats, Ints, as_float32

Assigned = tuple[Ints, Ints, Floats]
"""Themes (n,), leaves (n,), confidences (n,) in 0-1."""


class ThemeModel(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups short texts of any languages into named, nested themes whose number it finds.

    granularity: "auto", or a factor on what was found best (2.0: finer, 0.5: coarser). random_state: int seed; the same
    input and seed give the same themes. embedder: an `Embedder`, None for the default. language: of the names ("en",
    "he", ...), None for the most common one. own_names: names of the company or town the jam is of, whose mention is no
    subject; None looks for them.

    Attributes after `fit` (n texts, d dimensions):
    labels_ (n,) index into themes_, -1 for a text of no theme; sublabels_ (n,) index into subthemes_;
    themes_ list of `Theme` by falling size; subthemes_ list of the leaves of the tree (a theme that is not split is its
    own leaf); positions_ (n, 2) points in [0, 1]²; circles_ (k, 3) x, y, radius of each theme on that map;
    embeddings_ (n, d) centred unit vectors; languages_ list of codes; confidences_ (n,) 0-1; quality_ `Quality`;
    summary_ `Summary`, to be kept for the next run.
    """

    def __init__(
        self,
        granularity: float | str = "auto",
        random_state: int | None = 0,
        embedder: Embedder | None = None,
        language: str | None = None,
        own_names: Sequence[str] | None = None,
    ) -> None:
        self.granularity = granularity
        self.random_state = random_state
        self.embedder = embedder
        self.language = language
        self.own_names = own_names

    def fit(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        weights: ArrayLike | None = None,
        embeddings: ArrayLike | None = None,
        constraints: Constraints | None = None,
        previous: "Previous | Summary | ThemeModel | None" = None,
        executor: Executor | None = None,
    ) -> Self:
        """Find the themes of `texts`.

        languages: codes, None where unknown (detected). weights: (n,) how much a text counts in names and central
        texts (votes, for instance); it does not change the grouping. embeddings: (n, d) raw vectors of the same
        embedder, where they are kept. constraints: what people decided by hand. previous: the run before, whose
        identities and map are kept as far as possible. executor: any `concurrent.futures` executor that does the heavy
        pieces (see `work`); the result is the same without. Raises ValueError for lengths that disagree and for constraints
        that contradict each other.
        """
        self.embedder_ = self.embedder or default_embedder()
        codes = _languages(texts, languages)
        raw = self._raw(texts, embeddings)
        _same_length(texts, codes, raw, weights)
        preparation, vectors = prepare(raw, texts, codes, self.embedder_.id, self.own_names)
        inputs = Inputs(
            texts=list(texts),
            languages=codes,
            vectors=vectors,
            weights=np.ones(len(texts)) if weights is None else np.asarray(weights, dtype=float),
            constraints=constraints or Constraints(),
            previous=_as_previous(previous),
            preparation=preparation,
            language=self.language,
            granularity=self.granularity,
            seed=seed_of(self.random_state),
            embed=self.embedder_.embed,
            executor=executor,
        )
        self._searchable = Growing(preparation.searchable(raw, codes))
        return self._keep(inputs, run(inputs))

    def arranged(self, theme_of: Sequence[str | None], previous: Previous | None = None) -> Self:
        """Another model of the same texts in other themes: a theme id or None for each text that was fitted (n,).

        Words, sub-themes, places on the map and figures are made for that arrangement, near `previous` or what the model was
        fitted near; the texts are not grouped again. Raises ValueError for a wrong number of ids.
        """
        inputs = self._inputs if previous is None else replace(self._inputs, previous=previous)
        groups = rearranged(inputs, self._fitted.groups, theme_of)
        other = type(self)(**self.get_params(deep=False))
        other.embedder_ = self.embedder_
        other._searchable = Growing(self._searchable.array[: len(theme_of)])
        return other._keep(inputs, finished(inputs, groups))

    def assign(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        embeddings: ArrayLike | None = None,
    ) -> Assigned:
        """The theme, leaf and confidence of texts, which are not added: arrays (m,).

        A text goes to the leaf whose mean is nearest; below the similarity that the least typical fitted texts have, to
        none (-1). Confidence is how much nearer the theme is than the next: 1 - cosine next / cosine own.
        """
        codes = _languages(texts, languages)
        return self._place(texts, self._vectors(texts, codes, self._raw(texts, embeddings)))

    def update(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        embeddings: ArrayLike | None = None,
    ) -> Assigned:
        """Add texts to the fitted themes and return what `assign` does; no text placed before moves.

        labels_, sublabels_, positions_, embeddings_, languages_ and confidences_ grow by len(texts), sizes in themes_
        follow.
        """
        codes = _languages(texts, languages)
        raw = self._raw(texts, embeddings)
        vectors = self._vectors(texts, codes, raw)
        assigned = self._place(texts, vectors)
        for vector in self.summary_.preparation.searchable(raw, codes):
            self._searchable.append(vector)
        for row, vector in enumerate(vectors):
            self._add(vector, codes[row], int(assigned[0][row]), int(assigned[1][row]), float(assigned[2][row]))
        return assigned

    def similar(self, text: str, k: int = 5, language: str | None = None) -> list[tuple[int, float]]:
        """The `k` texts nearest in meaning to `text`, as (row, cosine), best first."""
        raw = self.embedder_.embed([text])
        return self.nearest(self.summary_.preparation.searchable(raw, [language or detect(text)])[0], k)

    def nearest(self, vector: ArrayLike, k: int = 5) -> list[tuple[int, float]]:
        """`similar` for a searchable vector (d,); see `Preparation.searchable`."""
        scores = self._searchable.array @ np.asarray(vector, dtype=np.float32)
        return [(int(row), float(scores[row])) for row in top_rows(scores, k)]

    @classmethod
    def from_summary(cls, summary: Summary, **parameters: Any) -> Self:
        """A model that can `assign` (not `similar`) without its texts, from a kept summary."""
        return cls(**parameters)._restore(summary)

    @property
    def cuts_(self) -> tuple[Cut | None, Cut | None]:
        """How the themes and the sub-themes were chosen; None where there were too few texts to choose."""
        return self._fitted.groups.board, self._fitted.groups.expert

    @property
    def kept_resolutions_(self) -> tuple[float, float]:
        """The resolutions of the run before, (0, 0) where there was none."""
        return self._inputs.previous.summary.resolutions if self._inputs.previous is not None else (0.0, 0.0)

    @property
    def labels_(self) -> Ints:
        """(n,) index into themes_, -1 for a text of no theme."""
        return self._rows["labels"].array

    @property
    def sublabels_(self) -> Ints:
        """(n,) index into subthemes_, -1 for a text of no theme."""
        return self._rows["leaves"].array

    @property
    def positions_(self) -> Floats:
        """(n, 2) points in [0, 1]²."""
        return self._rows["positions"].array

    @property
    def embeddings_(self) -> Floats:
        """(n, d) centred unit vectors."""
        return self._rows["embeddings"].array

    @property
    def confidences_(self) -> Floats:
        """(n,) 0-1, as `assign` gives them."""
        return self._rows["confidences"].array

    @property
    def themes_(self) -> list[Theme]:
        """Board themes, by falling size at the time of `fit`."""
        leaves = {leaf.id: leaf for leaf in self.subthemes_}
        return [
            replace(theme, size=int(size), children=tuple(leaves[child.id] for child in theme.children))
            for theme, size in zip(self._themes, self._sizes, strict=True)
        ]

    @property
    def subthemes_(self) -> list[Theme]:
        """The leaves of the tree."""
        return [replace(leaf, size=int(size)) for leaf, size in zip(self._leaves, self._leaf_sizes, strict=True)]

    def previous(self) -> Previous:
        """This run, as the `previous` of one over the same texts in the same order; `padded` for more at the end."""
        ids, leaf_ids = [theme.id for theme in self._themes], [leaf.id for leaf in self._leaves]
        return Previous(
            summary=self.summary_,
            theme_ids=[ids[label] if label >= 0 else None for label in self.labels_],
            leaf_ids=[leaf_ids[label] if label >= 0 else None for label in self.sublabels_],
            positions=self.positions_.copy(),
        )

    def _keep(self, inputs: Inputs, fitted: Fitted) -> Self:
        self._inputs, self._fitted = replace(inputs, executor=None), fitted
        self._rows = {
            "labels": Growing(fitted.groups.themes),
            "leaves": Growing(fitted.groups.leaves),
            "positions": Growing(fitted.positions),
            "embeddings": Growing(inputs.vectors),
            "confidences": Growing(fitted.confidences),
        }
        self._themes, self._leaves = fitted.themes, fitted.leaves
        self._sizes = [theme.size for theme in fitted.themes]
        self._leaf_sizes = [leaf.size for leaf in fitted.leaves]
        self.circles_ = fitted.circles
        self.languages_ = list(inputs.languages)
        self.quality_: Quality = fitted.quality
        self.summary_: Summary = fitted.summary
        self._placer = Placer(fitted.summary)
        return self

    def _restore(self, summary: Summary) -> Self:
        self.embedder_ = self.embedder or default_embedder()
        kept = summary.preparation.embedder
        if self.embedder_.id != kept:
            raise ValueError(f"the summary is of embedder {kept!r}, this is {self.embedder_.id!r}")
        self.summary_ = summary
        self._placer = Placer(summary)
        return self

    def _vectors(self, texts: Sequence[str], codes: Sequence[str], raw: Floats) -> Floats:
        _same_length(texts, codes, raw, None)
        return self.summary_.preparation.transform(raw, texts, codes)

    def _raw(self, texts: Sequence[str], embeddings: ArrayLike | None) -> Floats:
        if embeddings is None:
            return self.embedder_.embed(texts)
        given = np.asarray(embeddings, dtype=np.float32)
        return as_float32(given.reshape(0, self.embedder_.dimensions) if given.size == 0 else given)

    def _place(self, texts: Sequence[str], vectors: Floats) -> Assigned:
        themes, leaves, sure = self._placer.place(vectors)
        silent = np.array([not says_something(text) for text in texts], dtype=bool)
        themes[silent], leaves[silent], sure[silent] = -1, -1, 0
        return themes, leaves, sure

    def _add(self, vector: Floats, language: str, theme: int, leaf: int, confidence: float) -> None:
        point = self._beside(vector, theme, leaf)
        values = {"labels": theme, "leaves": leaf, "confidences": confidence, "positions": point, "embeddings": vector}
        for name, value in values.items():
            self._rows[name].append(value)
        self.languages_.append(language)
        if theme >= 0:
            self._sizes[theme] += 1
            self._leaf_sizes[leaf] += 1

    def _beside(self, vector: Floats, theme: int, leaf: int) -> Floats:
        number = len(self.labels_)
        if theme < 0:
            return np.array([number * 0.61803399 % 1, 0.985], dtype=np.float32)
        members = np.flatnonzero(self.sublabels_ == leaf)
        nearest = members[int(np.argmax(self.embeddings_[members] @ vector))]
        return beside(self.positions_[nearest], self.circles_[theme], number)


def _languages(texts: Sequence[str], languages: Sequence[str | None] | None) -> list[str]:
    if languages is None:
        return detect_all(texts)
    if len(languages) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
    found = detect_all(texts) if None in languages else [""] * len(texts)
    return [given or guess for given, guess in zip(languages, found, strict=True)]


def _same_length(texts: Sequence[str], codes: Sequence[str], raw: Floats, weights: ArrayLike | None) -> None:
    sizes = {"languages": len(codes), "embeddings": len(raw)}
    if weights is not None:
        sizes["weights"] = len(np.asarray(weights))
    for name, size in sizes.items():
        if size != len(texts):
            raise ValueError(f"{len(texts)} texts but {size} {name}")


def _as_previous(previous: "Previous | Summary | ThemeModel | None") -> Previous | None:
    if isinstance(previous, Summary):
        return Previous(previous)
    if isinstance(previous, ThemeModel):
        return Previous(previous.summary_)
    return previous
