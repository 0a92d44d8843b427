"""Raw vectors made comparable: without their language, the jam's own name, and their length; each of length 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clustering.centering import LanguageCentring, starting_means
from clustering.length import LengthCentring
from clustering.own_names import NameCentring, own_names
from clustering.packing import packed, unpacked
from clustering.vectors import Floats, unit

_COMMON = 0.5


@dataclass(frozen=True)
class Preparation:
    """Learned from a jam, applied to any later text; small enough to be kept.

    embedder: id of the embedder whose vectors it takes. means: language -> (mean vector, number of texts). names: own
    name -> what is taken from texts that mention it. slope, lengths: what length predicts, and the usual log length by
    language.
    """

    embedder: str
    means: Mapping[str, tuple[Floats, int]]
    names: Mapping[str, Floats]
    slope: Floats
    lengths: Mapping[str, float]

    def transform(self, raw: Floats, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Prepared unit vectors (n, d) of raw ones."""
        centring = LanguageCentring(start=starting_means(self.embedder)).restore(self.means, raw.shape[1])
        centred = centring.transform(raw, languages)
        named = NameCentring().restore(self.names).transform(centred, texts)
        return LengthCentring().restore(self.slope, self.lengths).transform(named, texts, languages)

    def mean_of(self, language: str) -> Floats:
        """The mean (d,) of the raw vectors of a language's texts."""
        width = len(self.slope)
        return LanguageCentring(start=starting_means(self.embedder)).restore(self.means, width).mean_of(language)

    def searchable(self, raw: Floats, languages: Sequence[str]) -> Floats:
        """Unit vectors (n, d) to look for similar texts with: the language's mean taken away, half of the common mean
        put back.

        The common part tells how much a text says in general, which people count as likeness: with half of it the rank
        correlation with people's ratings was best, and a text's translation is still found (95 % at rank 1).
        """
        centring = LanguageCentring(start=starting_means(self.embedder)).restore(self.means, raw.shape[1])
        codes = sorted(self.means)
        if not codes:
            return centring.transform(raw, languages)
        common = np.average([self.means[code][0] for code in codes], axis=0, weights=[self.means[c][1] for c in codes])
        return unit(centring.centred(raw, languages) + _COMMON * common)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "embedder": self.embedder,
            "means": {code: {"mean": packed(mean), "texts": n} for code, (mean, n) in self.means.items()},
            "names": {name: packed(shift) for name, shift in self.names.items()},
            "slope": packed(self.slope),
            "lengths": dict(self.lengths),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Preparation":
        """What `to_dict` wrote."""
        return cls(
            embedder=data["embedder"],
            means={code: (unpacked(kept["mean"]), int(kept["texts"])) for code, kept in data["means"].items()},
            names={name: unpacked(shift) for name, shift in data["names"].items()},
            slope=unpacked(data["slope"]),
            lengths={code: float(length) for code, length in data["lengths"].items()},
        )


def prepare(
    raw: Floats, texts: Sequence[str], languages: Sequence[str], embedder: str, names: Sequence[str] | None = None
) -> tuple[Preparation, Floats]:
    """Learn from raw vectors (n, d) and return them prepared as well. names: the jam's own, None to look for them."""
    centring = LanguageCentring(start=starting_means(embedder)).fit(raw, languages)
    centred = centring.transform(raw, languages)
    found = own_names(texts) if names is None else [name.lower() for name in names]
    naming = NameCentring(found).fit(centred, texts)
    named = naming.transform(centred, texts)
    length = LengthCentring().fit(named, texts, languages)
    means = {code: (centring.means_[code], n) for code, n in centring.counts_.items()}
    learned = Preparation(embedder, means, naming.shifts_, length.slope_, length.usual_)
    return learned, length.transform(named, texts, languages)
