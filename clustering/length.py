"""How long a text is must not become what it is about.

Embedders put short texts near short ones. Measured: on proposals of which some lack a body, the themes explained 54 % of
the variance of length; with the slope taken away 11 %, and agreement with topic labels rose (NMI .50 to .53 on sib200).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from clustering.vectors import Floats, unit

_RIDGE = 10.0


class LengthCentring(BaseEstimator):  # type: ignore[misc]
    """Takes from each vector what the log of the text's length predicts (ridge regression through the origin).

    Attributes after `fit`: slope_ (d,) by unit of log characters; usual_ language -> mean log length.
    """

    def fit(self, vectors: Floats, texts: Sequence[str], languages: Sequence[str]) -> Self:
        """Learn from centred unit vectors (n, d), the texts and their languages."""
        lengths = _log_lengths(texts)
        codes = np.asarray(languages, dtype=object)
        self.usual_ = {code: float(lengths[codes == code].mean()) for code in sorted(set(languages))}
        excess = self._excess(texts, languages)
        weight = float(excess @ excess) + _RIDGE * float(excess.var() if len(excess) else 0)
        self.slope_: Floats = np.asarray(excess @ vectors / max(weight, 1e-9), dtype=np.float32)
        return self

    def restore(self, slope: Floats, usual: Mapping[str, float]) -> Self:
        """Take what an earlier `fit` learned."""
        self.slope_, self.usual_ = slope, dict(usual)
        return self

    def transform(self, vectors: Floats, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Unit vectors (n, d) without the direction of length."""
        return unit(vectors - np.outer(self._excess(texts, languages), self.slope_))

    def _excess(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[Any]:
        lengths = _log_lengths(texts)
        anywhere = float(np.mean(list(self.usual_.values()))) if self.usual_ else 0.0
        return np.asarray(lengths - np.array([self.usual_.get(code, anywhere) for code in languages]))


def _log_lengths(texts: Sequence[str]) -> NDArray[Any]:
    return np.asarray(np.log(np.array([len(text) + 5 for text in texts], dtype=float)))
