"""Themes described: keywords, a short human name, and what sets a theme apart from its nearest sibling.

Terms are ranked by how much more the theme's texts use them than others do. A name joins the two best things that its
texts talk about: nouns and noun phrases of the jam's main language, not verbs, not modifiers alone, not words that fit
anything, not the jam's own name; each chosen for what it covers that those before it do not.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.languages import usual_language
from clustering.naming import Candidates, chosen, example, joined, numbered
from clustering.phrases import Embed, fit, phrase_vectors
from clustering.terms import Vocabulary, is_weak, vocabulary
from clustering.vectors import Floats, Ints, group_sums

KEYWORDS = 8
_PRIOR = 0.01
_POOL = 32
_POOL_OF_LEAF = 14
_SUITS = 0.3
_SPOKEN = 0.2
_LEAST_REACH = 0.03
_MODIFIER_LAST = frozenset({"es", "fr", "pt", "it", "he"})


@dataclass(frozen=True)
class Description:
    """A theme in words. covers: share of its texts that the name speaks for (0-1), 0 where it only quotes an example."""

    name: str
    keywords: tuple[str, ...]
    distinctive: tuple[str, ...]
    covers: float = 0.0


@dataclass(frozen=True)
class Embedding:
    """How phrases are turned into vectors: `embed`, and the mean (d,) of the texts of each language. vectors: (n, d) of
    the texts."""

    embed: Embed
    usual: Callable[[str], Floats]
    vectors: Floats


@dataclass(frozen=True)
class _Use:
    """How a theme uses each term (t,): weighted texts with it, log-odds score, and share of all its uses."""

    here: NDArray[Any]
    score: Floats
    share: Floats


class Describer:
    """Describes groups of one collection of texts.

    texts, languages: (n,). rows: those that are read. language: of the names; None takes the most common. weights: (n,)
    how much a text's words count, or None. own_names: names of the jam itself, which name no theme. embedding: to judge
    names by what they mean, None to go by words alone.
    """

    def __init__(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        rows: Ints,
        language: str | None = None,
        weights: NDArray[Any] | None = None,
        own_names: Collection[str] = (),
        embedding: Embedding | None = None,
    ) -> None:
        self._embedding = embedding
        self._vectors: dict[int, Floats] = {}
        self.language = language or usual_language(languages)
        least = 2 if len(rows) > 30 else 1
        self._rows = rows
        self._words: Vocabulary = vocabulary([texts[row] for row in rows], [languages[row] for row in rows], least)
        self._weights = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=float)[rows]
        self._own = frozenset(part for name in own_names for part in name.split())
        self._lengths = np.array([len(content) for content in self._words.contents])
        self._anywhere = np.array([self._suitability(row) for row in range(len(self._words.terms))], dtype=np.float32)
        self._of_the_jam = np.array([bool(content & self._own) for content in self._words.contents], dtype=bool)
        self._spoken = np.array([languages[row] == self.language for row in rows], dtype=bool)
        spoken = np.array([language == self.language for language in self._words.languages], dtype=bool)
        self._suits = np.where(spoken, self._anywhere, 0)

    def describe(
        self,
        labels: Ints,
        nearest: Sequence[int | None],
        parents: Ints | None = None,
        taken: Collection[str] = (),
        means: Floats | None = None,
        named: Collection[int] = (),
        titles: Sequence[Sequence[str]] = (),
    ) -> list[Description]:
        """Describe the groups 0..k-1 of `labels` (n,).

        nearest: the most similar sibling of each, None where there is none. parents: (k,) the group each lies in, at
        the level of leaves; their words are weighed against their siblings' as well. taken: names not to be used. means:
        (k, d) unit means of the groups, to judge names by. named: groups that have a name already; theirs is left empty.
        titles: for each group, of its central texts, to be quoted where no words name it.
        """
        labels = labels[self._rows]
        uses = self._uses(labels, nearest, parents)
        members = [np.flatnonzero(labels == label) for label in range(len(nearest))]
        most = _POOL if parents is None else _POOL_OF_LEAF
        pools = [([] if label in named else self._pool(use, members[label], most)) for label, use in enumerate(uses)]
        self._embed(pools if means is not None else [])
        names = set(taken)
        made = []
        for label, use in enumerate(uses):
            name, covers = "", 0.0
            if label not in named:
                given = self._candidates(use, members[label], pools[label], label, means, parents)
                name, covers = self._name(given, names, titles[label] if titles else (), 3 if parents is None else 2)
                names.add(name)
            apart = None if (sibling := nearest[label]) is None else _log_odds(use.here, uses[sibling].here)
            made.append(self._described(use, apart, name, covers))
        return made

    def _uses(self, labels: Ints, nearest: Sequence[int | None], parents: Ints | None) -> list[_Use]:
        counts = self._counts(labels, len(nearest))
        everything = counts.sum(axis=0)
        found = []
        for label, sibling in enumerate(nearest):
            use = _use(counts[label], everything)
            if parents is not None and sibling is not None:
                family = counts[parents == parents[label]].sum(axis=0)
                near = _use(counts[label], family).score
                use = _Use(use.here, np.asarray((use.score + near) / 2, dtype=np.float32), use.share)
            found.append(use)
        return found

    def _described(self, use: _Use, apart: Floats | None, name: str, covers: float) -> Description:
        phrases = np.where(self._lengths > 1, 1.15, 1.0) * np.where(self._suits > 0.3, 1, 0.6) * ~self._of_the_jam
        keywords = self._best(use.score * phrases, use.here, KEYWORDS)
        distinct = [] if apart is None else self._best(apart * phrases, use.here, 5)
        return Description(name, self._shown(keywords), self._shown(distinct), covers)

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
        weak = sum(is_weak(word, language) for word in content) / len(content)
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
        return 0.6 if is_weak(head, language) and not linked else 1.2

    # ---------------------------------------------------------------------------------------------------------- names
    def _pool(self, use: _Use, rows: Ints, most: int) -> list[int]:
        """Up to `most` terms that a name may be made of, best first."""
        scores, suits = self._base(use, rows)
        texts = np.asarray((self._words.counts[rows] > 0).sum(axis=0)).ravel()
        enough = max(min(2.0, float(texts.max(initial=0))), _LEAST_REACH * len(rows))
        return _ranked(np.where((texts >= enough) & (suits >= _SUITS), scores, 0), most)

    def _base(self, use: _Use, rows: Ints) -> tuple[NDArray[Any], NDArray[Any]]:
        """What the words alone say for each term (t,), and how well it suits a name of these texts."""
        reach = use.here / max(float(self._weights[rows].sum()), 1e-9)
        suits = self._suits if self._spoken[rows].mean() >= _SPOKEN else self._anywhere
        return np.maximum(use.score, 0) * suits * np.sqrt(use.share) * np.sqrt(reach), suits

    def _embed(self, pools: Sequence[Sequence[int]]) -> None:
        """Makes vectors of all candidates at once, by language."""
        new = sorted({term for pool in pools for term in pool} - self._vectors.keys()) if self._embedding else []
        for language in sorted({self._words.languages[term] for term in new}):
            terms = [term for term in new if self._words.languages[term] == language]
            assert self._embedding is not None
            vectors = phrase_vectors(self._shown(terms), self._embedding.embed, self._embedding.usual(language))
            self._vectors.update(zip(terms, vectors, strict=True))

    def _candidates(
        self, use: _Use, rows: Ints, pool: Sequence[int], label: int, means: Floats | None, parents: Ints | None
    ) -> Candidates:
        terms = np.array(pool, dtype=np.int64)
        scores = np.asarray(self._base(use, rows)[0][terms], dtype=np.float32)
        uses = self._words.counts[rows]
        if means is None or self._embedding is None or not pool:
            return Candidates(terms, scores, uses)
        vectors = np.stack([self._vectors[term] for term in pool])
        family = range(len(means)) if parents is None else np.flatnonzero(parents == parents[label])
        factor, ahead = fit(vectors, means, label, [int(other) for other in family if other != label])
        return Candidates(terms, scores * factor, uses, vectors, ahead, self._embedding.vectors[self._rows[rows]])

    def _name(self, given: Candidates, taken: Collection[str], titles: Sequence[str], most: int) -> tuple[str, float]:
        """A name that is not taken, and the share of the texts it speaks for."""
        tries = [(skip, least) for skip in range(min(4, len(given.terms))) for least in (1, 2)]
        for skip, least in tries:
            found = chosen(self._words, given, self._repeats, least, most, skip)
            spoken = usual_language([self._words.languages[term] for term in found.terms], self.language)
            name = joined(self._shown(found.terms), spoken)
            if name not in taken:
                return name, found.coverage
        return numbered(example(titles, self.language), self.language, taken), 0.0


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
