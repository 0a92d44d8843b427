"""Vectors of several languages made comparable: each language's mean direction is taken away.

A multilingual embedder keeps the language in the vector; without this a Hebrew idea and its English twin never share a
theme. The mean of a language is its texts' own mean, shrunk towards a starting mean: (n x own + k x start) / (n + k),
with k = 10 because about ten texts suffice for a usable mean. Where none is shipped, the mean of all texts is the start.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from clustering.vectors import Floats, as_float32, unit

SHRINK = 10.0
_ANY = "*"


def starting_means(embedder_id: str) -> dict[str, Floats]:
    """Shipped mean vectors by language for an embedder; "*" serves every other language. None shipped: empty."""
    folder = files("clustering") / "means"
    index: dict[str, str] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    if embedder_id not in index:
        return {}
    with (folder / index[embedder_id]).open("rb") as file, np.load(file) as stored:
        return {language: np.asarray(stored[language], dtype=np.float32) for language in stored.files}


class LanguageCentring(BaseEstimator):  # type: ignore[misc]
    """Takes each language's mean from its vectors and scales to length 1.

    shrink: how many texts the starting mean weighs. start: starting mean by language, "*" for any other.

    Attributes after `fit`: means_ (language -> (d,) mean), counts_ (language -> number of texts seen).
    """

    def __init__(self, shrink: float = SHRINK, start: Mapping[str, Floats] | None = None) -> None:
        self.shrink = shrink
        self.start = start

    def fit(self, vectors: ArrayLike, languages: Sequence[str]) -> Self:
        """Learn the means from raw `vectors` (n, d) and the language of each."""
        rows = as_float32(vectors)
        self.means_: dict[str, Floats] = {}
        self.counts_: dict[str, int] = {}
        self._width = rows.shape[1]
        everywhere = rows.mean(axis=0) if len(rows) else np.zeros(self._width, np.float32)
        for language, members in _by_language(languages, len(rows)).items():
            self.counts_[language] = len(members)
            self.means_[language] = self._shrunk(language, rows[members], everywhere)
        return self

    def transform(self, vectors: ArrayLike, languages: Sequence[str]) -> Floats:
        """Centred unit vectors (n, d); a language never seen is centred by its starting mean."""
        return unit(self.centred(vectors, languages))

    def centred(self, vectors: ArrayLike, languages: Sequence[str]) -> Floats:
        """Vectors (n, d) less the mean of their language, not scaled."""
        rows = as_float32(vectors)
        centred = np.empty_like(rows)
        for language, members in _by_language(languages, len(rows)).items():
            centred[members] = rows[members] - self.mean_of(language)
        return centred

    def fit_transform(self, vectors: ArrayLike, languages: Sequence[str]) -> Floats:
        """`fit`, then `transform` the same vectors."""
        return self.fit(vectors, languages).transform(vectors, languages)

    def restore(self, means: Mapping[str, tuple[Floats, int]], width: int) -> Self:
        """Take means and counts that an earlier `fit` learned, for vectors of length `width`."""
        self.means_ = {language: mean for language, (mean, _) in means.items()}
        self.counts_ = {language: count for language, (_, count) in means.items()}
        self._width = width
        return self

    def mean_of(self, language: str) -> Floats:
        """The (d,) mean that is taken from texts of `language`."""
        known = self.means_.get(language)
        return self._starting(language) if known is None else known

    def _starting(self, language: str) -> Floats:
        start = self.start or {}
        found = start.get(language, start.get(_ANY))
        if found is not None:
            return found
        total = sum(self.counts_.values())
        own = sum((self.counts_[code] * mean for code, mean in self.means_.items()), np.zeros(self._width, np.float32))
        return np.asarray(own / max(total, 1), dtype=np.float32)

    def _shrunk(self, language: str, rows: NDArray[Any], everywhere: NDArray[Any]) -> Floats:
        start = (self.start or {}).get(language, (self.start or {}).get(_ANY, everywhere))
        summed = rows.sum(axis=0, dtype=np.float64) + self.shrink * start
        return np.asarray(summed / (len(rows) + self.shrink), dtype=np.float32)


def _by_language(languages: Sequence[str], total: int) -> dict[str, NDArray[np.int64]]:
    if len(languages) != total:
        raise ValueError(f"{total} vectors but {len(languages)} languages")
    codes = np.asarray(languages, dtype=object)
    return {language: np.flatnonzero(codes == language) for language in sorted(set(languages))}
