"""The names a jam calls itself by (a company, a town): who is named must not become what an idea is about.

An embedder puts "Springfield needs buses" near "Springfield needs trees", and a theme "Springfield" tells a board
nothing. As with languages, the mean direction of the texts that mention such a name is taken away from them. Measured
on a town's deliberation: without this one theme was 98 % the ideas that spell out the town's name.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator

from clustering.languages import all_stop_words, words
from clustering.vectors import Floats, unit

_SHARE = 0.03
_CAPITAL = 0.7
_AS_OWNER = 0.4
_LEAST_TEXTS = 50
_ENOUGH_TEXTS = 4000
_SHRINK = 10.0
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_PLACES = frozenset({"in", "at", "across", "around", "of", "en", "de", "à", "em", "di", "do", "da", "del"})


def own_names(texts: Sequence[str]) -> list[str]:
    """Names (lower case) that the texts call their own town or company by, the most frequent first.

    A name is a word, or two, written with capitals also inside a sentence, in at least 3 % of at least 50 texts, and in
    two of five uses either behind a preposition of place ("in ...") or at the head of a sentence with no noun behind it
    ("... should"). The last tells a name from a subject that many write of ("AI assistants for ..."). A year in as many
    texts ("In 2050, ...") is one as well: it is what the jam's question asked about.
    """
    if len(texts) < _LEAST_TEXTS:
        return []
    uses = _Uses()
    sample = texts[:: -(-len(texts) // _ENOUGH_TEXTS)]
    for text in sample:
        uses.add(words(text[:2000]))
    found = [name for name, count in uses.texts.most_common() if count >= _SHARE * len(sample) and uses.names(name)]
    return [name for name in found if not any(_part_of(name, other, uses.texts) for other in found)]


class NameCentring(BaseEstimator):  # type: ignore[misc]
    """Takes the mean direction of each of a jam's own names from the texts that mention it.

    names: lower-case names. Attribute after `fit`: shifts_ (name -> (d,) difference of the mean of the texts with it
    and of those without, shrunk by n / (n + 10)).
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = names

    def fit(self, vectors: Floats, texts: Sequence[str]) -> Self:
        """Learn the shifts from centred unit vectors (n, d)."""
        self.shifts_: dict[str, Floats] = {}
        for name in self.names:
            has = _mentions(name, texts)
            if has.any() and not has.all():
                weight = has.sum() / (has.sum() + _SHRINK)
                self.shifts_[name] = (vectors[has].mean(axis=0) - vectors[~has].mean(axis=0)) * np.float32(weight)
        return self

    def restore(self, shifts: Mapping[str, Floats]) -> Self:
        """Take shifts that an earlier `fit` learned."""
        self.shifts_ = dict(shifts)
        return self

    def transform(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, d) without the direction of the names each text mentions."""
        moved = vectors.copy()
        for name, shift in self.shifts_.items():
            moved[_mentions(name, texts)] -= shift
        return unit(moved)


class _Uses:
    """How words and pairs of words are written and used."""

    def __init__(self) -> None:
        self.texts: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        self._owner: Counter[str] = Counter()

    def add(self, found: Sequence[str]) -> None:
        lower = [word.lower() for word in found]
        seen = set()
        for length in (1, 2):
            for i in range(len(found) - length + 1):
                name = " ".join(lower[i : i + length])
                seen.add(name)
                self._count(name, found[i : i + length], lower, i)
        self.texts.update(seen)

    def names(self, name: str) -> bool:
        """Whether that is how a name is used. A year that so many write of is the jam's own too: its question asks for it."""
        if _YEAR.fullmatch(name):
            return True
        if self._inside[name] == 0 or any(part in all_stop_words() for part in name.split()):
            return False
        capital = self._capital[name] / self._inside[name]
        return capital >= _CAPITAL and self._owner[name] >= _AS_OWNER * self._all[name]

    def _count(self, name: str, written: Sequence[str], lower: Sequence[str], i: int) -> None:
        self._all[name] += 1
        end = i + len(written)
        if i:
            self._inside[name] += 1
            self._capital[name] += all(word[0].isupper() for word in written)
            self._owner[name] += lower[i - 1] in _PLACES
        else:
            self._owner[name] += end == len(lower) or lower[end] in all_stop_words()


def _part_of(name: str, other: str, texts: Counter[str]) -> bool:
    return name != other and name in other.split() and texts[other] >= 0.6 * texts[name]


def _mentions(name: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    return np.array([pattern.search(text) is not None for text in texts], dtype=bool)
