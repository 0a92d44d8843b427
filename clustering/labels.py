"""Themes described: keywords, a short human name, and what sets a theme apart from its nearest sibling."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.languages import usual_language
from clustering.terms import Vocabulary, vocabulary, weak_words
from clustering.vectors import Floats, Ints

KEYWORDS = 8
_PRIOR = 0.01
_NAMED_BY = 3
_AND = {"en": " and ", "es": " y ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e "}
_UNNAMED = {"en": "Theme", "he": "נושא"}


@dataclass(frozen=True)
class Description:
    """A theme in words."""

    name: str
    keywords: tuple[str, ...]
    distinctive: tuple[str, ...]


class Describer:
    """Describes groups of one collection of texts.

    texts, languages: (n,). language: of the names; None takes the most common. weights: (n,) how much a text's words
    count, or None.
    """

    def __init__(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        language: str | None = None,
        weights: NDArray[Any] | None = None,
    ) -> None:
        self.language = language or usual_language(languages)
        least = 2 if len(texts) > 30 else 1
        self._words: Vocabulary = vocabulary(texts, languages, least)
        self._languages = np.asarray(languages, dtype=object)
        self._weights = np.ones(len(texts)) if weights is None else np.asarray(weights, dtype=float)
        self._preferred = np.array([self._preference(number) for number in range(len(self._words.terms))])

    def describe(self, rows: Ints, against: Ints, sibling: Ints, taken: Collection[str] = ()) -> Description:
        """Describe the texts in `rows` as against those in `against`; `sibling`: the texts of the nearest theme.

        taken: names that other themes have.
        """
        scores = self._log_odds(rows, against)
        keywords = self._best(scores, rows, KEYWORDS)
        apart = self._best(self._log_odds(rows, sibling), rows, 5) if len(sibling) else []
        return Description(
            self._name(scores, rows, taken),
            tuple(self._words.terms[number] for number in keywords),
            tuple(self._words.terms[number] for number in apart),
        )

    def _counts(self, rows: Ints) -> NDArray[Any]:
        return np.asarray(self._weights[rows] @ self._words.counts[rows]).ravel()

    def _log_odds(self, rows: Ints, against: Ints) -> Floats:
        """z-scores of the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008), over
        the weights of the texts that use each term."""
        here, there = self._counts(rows), self._counts(against)
        prior = _PRIOR * (here + there) + 0.01
        total, all_here, all_there = prior.sum(), here.sum(), there.sum()
        odds_here = np.log((here + prior) / np.maximum(all_here + total - here - prior, 1e-9))
        odds_there = np.log((there + prior) / np.maximum(all_there + total - there - prior, 1e-9))
        spread = np.sqrt(1 / (here + prior) + 1 / (there + prior))
        return np.asarray((odds_here - odds_there) / spread, dtype=np.float32)

    def _best(self, scores: Floats, rows: Ints, count: int) -> list[int]:
        """The best terms without repeating a word."""
        texts = np.asarray(self._words.counts[rows].sum(axis=0)).ravel()
        enough = min(2, max(1, len(rows) // 3))
        chosen: list[int] = []
        for number in np.argsort(-scores * self._bonus(texts), kind="stable")[: 40 * count]:
            if len(chosen) == count:
                break
            if texts[number] >= enough and scores[number] > 0 and not self._repeats(int(number), chosen):
                chosen.append(int(number))
        return chosen

    def _bonus(self, texts: NDArray[Any]) -> NDArray[Any]:
        lengths = np.array([sum(part != "~" for part in key) for key in self._words.keys])
        return np.where(lengths > 1, 1.15, 1.0) * (texts > 0)

    def _repeats(self, number: int, chosen: Sequence[int]) -> bool:
        own = set(self._words.keys[number]) - {"~"}
        return any(own & set(self._words.keys[other]) for other in chosen)

    def _preference(self, number: int) -> float:
        """How well a term suits a name: its language, and whether it says something by itself."""
        key, language = self._words.keys[number], self._words.languages[number]
        weak = [part in weak_words(language) for part in key if part != "~"]
        fits = 1.0 if language == self.language else 0.15
        if all(weak):
            return 0.1 * fits
        return fits * (0.75 if any(weak) else 1.0)

    def _name(self, scores: Floats, rows: Ints, taken: Collection[str]) -> str:
        ranked = self._best((scores * self._preferred).astype(np.float32), rows, 2 * _NAMED_BY)
        for count in (2, 3, 4, 5, 6):
            name = self._joined([self._words.terms[number] for number in self._covering(ranked, rows, count)])
            if name and name not in taken:
                return name
        return self._numbered(name or _UNNAMED.get(self.language, "Theme"), taken)

    def _covering(self, ranked: Sequence[int], rows: Ints, count: int) -> list[int]:
        """The first term, then those that reach most texts the ones before do not."""
        chosen = list(ranked[:1])
        uses = self._words.counts[rows]
        while len(chosen) < min(count, len(ranked)):
            missed = np.asarray(uses[:, chosen].sum(axis=1)).ravel() == 0
            rest = [number for number in ranked if number not in chosen]
            gains = [float(uses[:, [number]].toarray()[missed].sum()) for number in rest]
            chosen.append(rest[int(np.argmax(gains))])
        return chosen

    def _joined(self, terms: Sequence[str]) -> str:
        if not terms:
            return ""
        first, *others = [_tidy(term) for term in terms]
        name = first[:1].upper() + first[1:]
        if not others:
            return name
        middle = "".join(f", {term}" for term in others[:-1])
        if self.language == "he":
            return f"{name}{middle} ו{others[-1]}"
        return f"{name}{middle}{_AND.get(self.language, ', ')}{others[-1]}"

    @staticmethod
    def _numbered(name: str, taken: Collection[str]) -> str:
        number = 1
        unique = name
        while unique in taken:
            number += 1
            unique = f"{name} {number}"
        return unique


def _tidy(term: str) -> str:
    """Lower case where the term is only capitalised as a sentence begins; acronyms and names of several keep theirs."""
    return term
