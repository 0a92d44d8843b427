"""Themes described: keywords, a short human name, and what sets a theme apart from its nearest sibling.

Terms are ranked by how much more the theme's texts use them than others do. A name joins the two best things that its
texts talk about: nouns and noun phrases of the jam's main language, not verbs, not modifiers alone, not words that fit
anything, not the jam's own name; each chosen for what it covers that those before it do not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.languages import usual_language
from clustering.terms import Vocabulary, vocabulary, weak_words
from clustering.vectors import Floats, Ints, group_sums

KEYWORDS = 8
_PRIOR = 0.01
_POOL = 60
_MOST_IN_NAME = 3
_WELL_COVERED = 0.3
_FAINT = 0.3
_SUITS = 0.3
_SPOKEN = 0.2
_LEAST_REACH = 0.06
_PHRASE_INSTEAD = 0.3
_AND = {"en": " and ", "es": " y ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e ", "he": " ו"}
_UNNAMED = {"en": "Theme", "he": "נושא", "es": "Tema"}
_MODIFIER_LAST = frozenset({"es", "fr", "pt", "it", "he"})


@dataclass(frozen=True)
class Description:
    """A theme in words."""

    name: str
    keywords: tuple[str, ...]
    distinctive: tuple[str, ...]


@dataclass(frozen=True)
class _Use:
    """How a theme uses each term (t,): weighted texts with it, log-odds score, and share of all its uses."""

    here: NDArray[Any]
    score: Floats
    share: Floats


class Describer:
    """Describes groups of one collection of texts.

    texts, languages: (n,). rows: those that are read. language: of the names; None takes the most common. weights: (n,)
    how much a text's words count, or None. own_names: names of the jam itself, which name no theme.
    """

    def __init__(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        rows: Ints,
        language: str | None = None,
        weights: NDArray[Any] | None = None,
        own_names: Collection[str] = (),
    ) -> None:
        self.language = language or usual_language(languages)
        least = 2 if len(rows) > 30 else 1
        self._rows = rows
        self._words: Vocabulary = vocabulary([texts[row] for row in rows], [languages[row] for row in rows], least)
        self._weights = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=float)[rows]
        self._own = frozenset(part for name in own_names for part in name.split())
        self._lengths = np.array([len(content) for content in self._words.contents])
        self._anywhere = np.array([self._suitability(row) for row in range(len(self._words.terms))], dtype=np.float32)
        self._spoken = np.array([languages[row] == self.language for row in rows], dtype=bool)
        spoken = np.array([language == self.language for language in self._words.languages], dtype=bool)
        self._suits = np.where(spoken, self._anywhere, 0)

    def describe(
        self, labels: Ints, nearest: Sequence[int | None], parents: Ints | None = None, taken: Collection[str] = ()
    ) -> list[Description]:
        """Describe the groups 0..k-1 of `labels` (n,).

        nearest: the most similar sibling of each, None where there is none. parents: (k,) the group each lies in, at
        the level of leaves; their words are weighed against their siblings' as well. taken: names not to be used.
        """
        labels = labels[self._rows]
        counts = self._counts(labels, len(nearest))
        everything = counts.sum(axis=0)
        names = set(taken)
        made = []
        for label, sibling in enumerate(nearest):
            use = _use(counts[label], everything)
            if parents is not None and sibling is not None:
                family = counts[parents == parents[label]].sum(axis=0)
                near = _use(counts[label], family).score
                use = _Use(use.here, np.asarray((use.score + near) / 2, dtype=np.float32), use.share)
            apart = _log_odds(counts[label], counts[sibling]) if sibling is not None else None
            rows = np.flatnonzero(labels == label)
            made.append(self._described(use, apart, rows, names, 2 if parents is None else 1))
            names.add(made[-1].name)
        return made

    def _described(self, use: _Use, apart: Floats | None, rows: Ints, taken: Collection[str], least: int) -> Description:
        phrases = np.where(self._lengths > 1, 1.15, 1.0) * np.where(self._suits > 0.3, 1, 0.6)
        keywords = self._best(use.score * phrases, use.here, KEYWORDS)
        distinct = [] if apart is None else self._best(apart * phrases, use.here, 5)
        name = self._name(use, rows, taken, least)
        return Description(name, self._shown(keywords), self._shown(distinct))

    def _shown(self, numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(self._words.terms[number] for number in numbers)

    def _counts(self, labels: Ints, count: int) -> Floats:
        return group_sums(self._words.counts, labels, count, self._weights)

    def _best(self, scores: NDArray[Any], here: NDArray[Any], count: int) -> list[int]:
        """The best terms, none repeating a word of one before."""
        enough = min(2.0, float(here.max(initial=0)))
        chosen: list[int] = []
        for number in _ranked(np.where(here >= enough, scores, 0), 20 * count):
            if len(chosen) < count and not self._repeats(number, chosen):
                chosen.append(number)
        return chosen

    def _repeats(self, number: int, chosen: Sequence[int]) -> bool:
        own = self._words.contents[number]
        return any(_alike(word, other) for row in chosen for other in self._words.contents[row] for word in own)

    def _suitability(self, row: int) -> float:
        """How well a term suits a name, 0-1.2: its part of speech, and how much it says by itself."""
        key, language = self._words.keys[row], self._words.languages[row]
        content = self._words.contents[row]
        if content & self._own:
            return 0.0
        weak = sum(word in weak_words(language) for word in content) / len(content)
        if weak == 1:
            return 0.05
        return (1 - 0.5 * weak) * self._as_noun(key, content, language)

    def _as_noun(self, key: tuple[str, ...], content: frozenset[str], language: str) -> float:
        grammar = self._words.grammar
        if len(content) == 1:
            return grammar.alone(key[0], language)
        linked = len(key) > len(content)
        head = key[0] if linked or language in _MODIFIER_LAST else key[-1]
        rest = content - {head}
        if not grammar.is_noun(head, language) or not all(grammar.is_modifier(word, language) for word in rest):
            return 0.1
        return 0.6 if head in weak_words(language) and not linked else 1.2

    def _name(self, use: _Use, rows: Ints, taken: Collection[str], least: int) -> str:
        reach = use.here / max(float(self._weights[rows].sum()), 1e-9)
        suits = self._suits if self._spoken[rows].mean() >= _SPOKEN else self._anywhere
        scores = use.score * suits * np.sqrt(use.share) * reach**0.25
        enough = max(min(2.0, float(use.here.max(initial=0))), _LEAST_REACH * float(self._weights[rows].sum()))
        ranked = _ranked(np.where((use.here >= enough) & (suits >= _SUITS), scores, 0), _POOL)
        ranked = ranked or _ranked(np.where((use.here > 0) & (suits >= _SUITS), scores, 0), _POOL)
        ranked = ranked or _ranked(np.where(use.here > 0, use.score * self._anywhere, 0), _POOL)
        if not ranked:
            return _numbered(_UNNAMED.get(self.language, "Theme"), taken)
        for terms in range(least, _MOST_IN_NAME + 2):
            name = self._joined(self._shown(self._chosen(ranked, scores, rows, terms)))
            if name not in taken:
                return name
        return _numbered(name, taken)

    def _chosen(self, ranked: Sequence[int], scores: NDArray[Any], rows: Ints, least: int) -> list[int]:
        """At least `least` terms if there are as many, and not more than three unless more are asked for."""
        uses = self._words.counts[rows]
        missed = np.ones(len(rows), dtype=bool)
        chosen: list[int] = []
        while len(chosen) < max(least, _MOST_IN_NAME):
            rest = [number for number in ranked if not self._repeats(number, chosen)]
            if not rest or (len(chosen) >= max(2, least) and 1 - missed.mean() >= _WELL_COVERED):
                break
            gains = scores[rest] * np.sqrt(_reach(uses[:, rest], missed))
            if len(chosen) >= least and gains.max() < _FAINT * scores[chosen[0]]:
                break
            best = self._fuller(rest[int(np.argmax(gains))], uses, chosen)
            chosen.append(best)
            missed &= ~uses[:, [best]].toarray().ravel().astype(bool)
        return chosen

    def _fuller(self, number: int, uses: Any, chosen: Sequence[int]) -> int:
        """The phrase that a word mostly stands in here, if there is one: "mental health" for "health"."""
        if self._lengths[number] > 1:
            return number
        word = self._words.keys[number][0]
        longer = [
            row
            for row in np.flatnonzero((self._lengths == 2) & (self._suits >= 1))
            if word in self._words.contents[row] and not self._repeats(int(row), chosen)
        ]
        if not longer:
            return number
        counts = np.asarray(uses[:, longer].sum(axis=0)).ravel()
        best = int(np.argmax(counts))
        enough = max(2.0, _PHRASE_INSTEAD * float(uses[:, [number]].sum()))
        return int(longer[best]) if counts[best] >= enough else number

    def _joined(self, terms: Sequence[str]) -> str:
        first, *others = terms
        name = first[:1].upper() + first[1:]
        if not others:
            return name
        middle = "".join(f", {term}" for term in others[:-1])
        return f"{name}{middle}{self._and(others[-1])}{others[-1]}"

    def _and(self, following: str) -> str:
        if self.language == "es" and following.lower().startswith(("i", "hi")):
            return " e "
        if self.language == "he" and not "א" <= following[:1] <= "ת":
            return " ו-"
        return _AND.get(self.language, ", ")


def _reach(uses: Any, missed: NDArray[np.bool_]) -> NDArray[Any]:
    """Of the texts with each term (columns of `uses`), the share among those in `missed`."""
    reached = np.asarray(uses[missed].sum(axis=0)).ravel()
    return np.asarray(reached / np.maximum(np.asarray(uses.sum(axis=0)).ravel(), 1))


def _use(here: NDArray[Any], everything: NDArray[Any]) -> _Use:
    share = here / np.maximum(everything, 1e-9)
    return _Use(here, _log_odds(here, everything - here), np.asarray(share, dtype=np.float32))


def _log_odds(here: NDArray[Any], there: NDArray[Any]) -> Floats:
    """z-scores of the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008): (t,)."""
    prior = _PRIOR * (here + there) + 0.01
    total, all_here, all_there = prior.sum(), here.sum(), there.sum()
    odds_here = np.log((here + prior) / np.maximum(all_here + total - here - prior, 1e-9))
    odds_there = np.log((there + prior) / np.maximum(all_there + total - there - prior, 1e-9))
    spread = np.sqrt(1 / (here + prior) + 1 / (there + prior))
    return np.asarray((odds_here - odds_there) / spread, dtype=np.float32)


def _ranked(scores: NDArray[Any], count: int) -> list[int]:
    """Rows of the best positive scores, best first; of equals, the earlier row."""
    best = np.argsort(-scores, kind="stable")[:count]
    return [int(row) for row in best if scores[row] > 0]


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: equal, with the same first six letters, or in Hebrew, articles aside, the
    same but for the ending."""
    if "א" <= one[:1] <= "ת":
        one, other = one.removeprefix("ה"), other.removeprefix("ה")
        stem = max(2, min(len(one), len(other)) - 1)
        return one[:stem] == other[:stem]
    return one == other or (len(one) > 5 and len(other) > 5 and one[:6] == other[:6])


def _numbered(name: str, taken: Collection[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} {number}"
    return unique
