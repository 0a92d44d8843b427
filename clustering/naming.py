"""A short human name for a group of texts, in the words of the texts.

Candidates are nouns and noun phrases of the main language. The first part of a name is the candidate that the group uses
more than others do, that many of its texts share, and that the embedder finds near what they say. A second part is joined
on only where it covers a good share of what the first leaves out, and is another thing. Where nothing covers enough, the
name is the title of a central text, in quotes: an example, and marked as one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.terms import Vocabulary
from clustering.vectors import Floats, Ints, unit

_AND = {"en": " and ", "es": " y ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e ", "he": " ו"}
_UNNAMED = {"en": "Theme", "he": "נושא", "es": "Tema", "fr": "Thème", "de": "Thema", "pt": "Tema", "it": "Tema"}
_QUOTES = {"en": "“{}”", "he": "„{}”", "es": "«{}»", "fr": "« {} »", "de": "„{}“", "pt": "«{}»", "it": "«{}»"}
_MOST_PARTS = 3
_SECOND = 0.3
_ADDS = 0.07
_ENOUGH = 0.6
_THIRD_UNDER = 0.45
_LONGEST = 44
_SAME_THING = 0.5
_NEAR = 0.12
_PHRASE_INSTEAD = 0.4
_LONGEST_TITLE = 48

Repeats = Callable[[int, Sequence[int]], bool]
"""Whether a term repeats a word of terms chosen before."""


@dataclass(frozen=True)
class Candidates:
    """What a name of m texts may be made of.

    terms: rows of the vocabulary (c,). scores: (c,). ahead: (c,) how much nearer each is to these texts than to any others,
    and vectors: (c, d) of length 1, both None where nothing was embedded. uses: (m, t) which text has which term. texts:
    (m, d) their vectors.
    """

    terms: Ints
    scores: Floats
    uses: Any
    vectors: Floats | None = None
    ahead: Floats | None = None
    texts: Floats | None = None

    def vector(self, term: int) -> Floats | None:
        """The vector of a candidate."""
        found = np.flatnonzero(self.terms == term)
        return self.vectors[found[0]] if self.vectors is not None and len(found) else None

    def covered(self, term: int) -> NDArray[np.bool_]:
        """Which texts a term speaks for (m,): those that have it, and those as near to it as half of these are."""
        has = self.uses[:, [term]].toarray().ravel() > 0
        vector = self.vector(term)
        if vector is None or self.texts is None or not has.any():
            return np.asarray(has)
        near = self.texts @ vector
        return np.asarray(has | (near >= max(_NEAR, float(np.median(near[has])))))


@dataclass(frozen=True)
class Name:
    """The terms of a name, to be said in this order, and the share of the texts that they speak for (0-1)."""

    terms: tuple[int, ...]
    coverage: float


def chosen(words: Vocabulary, given: Candidates, repeats: Repeats, least: int, most: int, skip: int = 0) -> Name:
    """The best name of at least `least` terms (where there are as many) and at most `most`; `skip`: how many of the best
    first terms are passed over."""
    parts: list[int] = []
    missed = np.ones(given.uses.shape[0], dtype=bool)
    for position in np.argsort(-given.scores, kind="stable")[skip : skip + 1]:
        _take(parts, int(given.terms[position]), words, given, repeats, missed)
    while parts and len(parts) < max(least, most):
        forced = len(parts) < least
        wanted = missed.mean() > 1 - (_ENOUGH if len(parts) == 1 else _THIRD_UNDER)
        best = _next(words, given, parts, missed, repeats, forced) if forced or wanted else None
        if best is None:
            break
        _take(parts, best, words, given, repeats, missed)
    return Name(tuple(parts), float(1 - missed.mean()))


def _take(
    parts: list[int], term: int, words: Vocabulary, given: Candidates, repeats: Repeats, missed: NDArray[np.bool_]
) -> None:
    fuller = _fuller(term, words, given, repeats, parts)
    parts.append(fuller)
    for part in {term, fuller}:
        missed &= ~given.covered(part)


def _next(
    words: Vocabulary, given: Candidates, parts: Sequence[int], missed: NDArray[np.bool_], repeats: Repeats, forced: bool
) -> int | None:
    """The candidate that says most of what is missed so far, and another thing; None where none says enough."""
    said = sum(len(words.terms[part]) for part in parts)
    gains = _gains(given, missed)
    for number in np.argsort(-gains, kind="stable"):
        term = int(given.terms[number])
        if gains[number] <= 0 or (not forced and given.vectors is None and gains[number] < _SECOND * given.scores.max()):
            return None
        adds = float((given.covered(term) & missed).mean())
        fits = len(parts) < 2 or said + len(words.terms[term]) <= _LONGEST
        if (forced or (adds >= _ADDS and fits)) and not repeats(term, parts) and not _says_the_same(given, number, parts):
            return term
    return None


def _gains(given: Candidates, missed: NDArray[np.bool_]) -> Floats:
    """How much each candidate says of the missed texts (c,)."""
    reached = np.asarray((given.uses[missed][:, given.terms] > 0).sum(axis=0)).ravel()
    everywhere = np.asarray((given.uses[:, given.terms] > 0).sum(axis=0)).ravel()
    gains = given.scores * np.sqrt(reached / np.maximum(everywhere, 1))
    if given.vectors is None or given.texts is None or given.ahead is None or not missed.any():
        return np.asarray(gains, dtype=np.float32)
    left = unit(given.texts[missed].sum(axis=0, keepdims=True))[0]
    near = given.vectors @ left
    return np.asarray(np.where((near >= _NEAR) & (given.ahead > -_NEAR / 2), gains * np.exp(3 * near), 0), dtype=np.float32)


def _says_the_same(given: Candidates, number: int, parts: Sequence[int]) -> bool:
    if given.vectors is None:
        return False
    others = [vector for part in parts if (vector := given.vector(part)) is not None]
    return bool(others) and float((np.stack(others) @ given.vectors[number]).max()) > _SAME_THING


def _fuller(number: int, words: Vocabulary, given: Candidates, repeats: Repeats, parts: Sequence[int]) -> int:
    """The longer phrase that a term mostly stands in here, if there is one: "mental health" for "health"."""
    own = words.contents[number]
    longer = [
        int(term)
        for term in given.terms
        if len(words.contents[term]) > len(own) and own <= words.contents[term] and not repeats(int(term), parts)
    ]
    if not longer:
        return number
    counts = np.asarray((given.uses[:, longer] > 0).sum(axis=0)).ravel()
    best = int(np.argmax(counts))
    enough = max(2.0, _PHRASE_INSTEAD * float((given.uses[:, [number]] > 0).sum()))
    return longer[best] if counts[best] >= enough else number


def joined(terms: Sequence[str], language: str) -> str:
    """Terms as one name: "Downtown, parking and trees"."""
    first, *others = terms
    name = first[:1].upper() + first[1:]
    if not others:
        return name
    middle = "".join(f", {term}" for term in others[:-1])
    return f"{name}{middle}{_and(others[-1], language)}{others[-1]}"


def example(titles: Sequence[str], language: str) -> str | None:
    """The first of `titles` that is short enough to stand for a group, in quotes; None where all are too long."""
    for title in titles:
        line = " ".join(title.split("\n", 1)[0].split()).rstrip(" .!?…:;,")
        if 2 < len(line) <= _LONGEST_TITLE:
            return _QUOTES.get(language, "“{}”").format(line)
    return None


def numbered(name: str | None, language: str, taken: Collection[str]) -> str:
    """`name`, or the word for a theme, with a number behind it if it is taken."""
    base = name or _UNNAMED.get(language, "Theme")
    number, unique = 1, base
    while unique in taken:
        number += 1
        unique = f"{base} {number}"
    return unique


def _and(following: str, language: str) -> str:
    if language == "es" and following.lower().startswith(("i", "hi")):
        return " e "
    if language == "he" and not "א" <= following[:1] <= "ת":
        return " ו-"
    return _AND.get(language, ", ")
