"""Which words name things: a part-of-speech guess from the collection itself, without a tagger.

A word seen behind articles, possessives and prepositions is a noun; behind pronouns, modals and "to", a verb. A word
that mostly stands before another content word modifies it ("affordable housing") and cannot stand alone in a name.
In Hebrew an infinitive is told by its ל. Of languages without cues here every word counts as a noun.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clustering.languages import plain, stop_words


@dataclass(frozen=True)
class _Cues:
    """Words before a noun, before a verb, after a verb, before a predicate; whether modifiers come first."""

    noun_after: frozenset[str]
    verb_after: frozenset[str]
    verb_before: frozenset[str]
    adjective_after: frozenset[str]
    modifier_first: bool


def _cues(noun_after: str, verb_after: str, verb_before: str, adjective_after: str, modifier_first: bool) -> _Cues:
    nouns, verbs, objects, predicates = (
        frozenset(text.split()) for text in (noun_after, verb_after, verb_before, adjective_after)
    )
    return _Cues(nouns, verbs, objects, predicates, modifier_first)


_BY_LANGUAGE = {
    "en": _cues(
        "the a an our their his her its my your these those any every each of for in on at with by from about into "
        "between through under against no some more",
        "to should will would could can must may might shall we they i you he she who not don't doesn't didn't please "
        "let's cannot won't never always also just i'd we'd",
        "the a an our their his her its my your us me them it this these those",
        "is are be was were being become becomes very too so more most as",
        True,
    ),
    "es": _cues(
        "el la los las un una unos unas del al de su sus nuestro nuestra nuestros nuestras cada este esta estos estas "
        "ese esa esos esas aquel algún ningún",
        "que se no para nos les lo debe deben puede pueden debería deberían quiero propongo solicito",
        "el la los las un una unos unas al que",
        "es son ser está están más muy",
        False,
    ),
    "fr": _cues(
        "le la les un une des du de au aux son sa ses leur leurs notre nos ce cet cette ces chaque",
        "qui se ne on nous vous il ils elle pour doit doivent peut peuvent à",
        "le la les un une des du aux que",
        "est sont être plus très trop",
        False,
    ),
    "de": _cues(
        "der die das den dem des ein eine einen einem einer eines unser unsere unseren kein keine jede jeder jedes für "
        "mit ohne im am vom zum zur",
        "zu wir sie ich man soll sollen sollte sollten kann können muss müssen will nicht",
        "",
        "ist sind sein sehr zu mehr",
        True,
    ),
    "pt": _cues(
        "o a os as um uma do da dos das de no na nos nas ao seu sua seus suas cada este esta",
        "que se não para deve devem pode podem",
        "o a os as um uma que",
        "é são ser está mais muito",
        False,
    ),
    "it": _cues(
        "il lo la i gli le un uno una del della dei degli delle di nel nella al alla suo sua ogni questo questa",
        "che si non per deve devono può possono",
        "il lo la i gli le un una che",
        "è sono essere più molto",
        False,
    ),
}
_NOT_ENGLISH_NOUNS = ("ly", "ier", "ful", "ous", "able", "ible", "ive", "less")
_BEGIN_WITH_VAV = frozenset({"ועדה", "ועדת", "ועדות", "ועידה", "וידאו", "ויזה", "ותק", "וילון", "ויטמין", "ויטמינים", "וטרינר"})
_ENOUGH = 0.5
_ALONE = 0.4


class Grammar:
    """What the clauses of a collection tell about each word.

    clauses: for each text, its clauses as lists of words; languages: (n,) codes.
    """

    def __init__(self, clauses: Sequence[Sequence[Sequence[str]]], languages: Sequence[str]) -> None:
        self._noun: Counter[tuple[str, str]] = Counter()
        self._verb: Counter[tuple[str, str]] = Counter()
        self._seen: Counter[tuple[str, str]] = Counter()
        self._bound: Counter[tuple[str, str]] = Counter()
        self._predicate: Counter[tuple[str, str]] = Counter()
        for parts, language in zip(clauses, languages, strict=True):
            for part in parts:
                self._read([word.lower() for word in part], language)

    def is_noun(self, word: str, language: str) -> bool:
        """Whether a word is used as a noun (or as part of one) rather than as a verb or adverb."""
        key = (plain(word, language), language)
        if language == "he":
            return self._hebrew_noun(*key)
        if language not in _BY_LANGUAGE:
            return True
        if language == "en" and (key[0].endswith(_NOT_ENGLISH_NOUNS) or (key[0].endswith("ed") and len(key[0]) > 5)):
            return False
        return (self._noun[key] + 0.5) / (self._noun[key] + self._verb[key] + 1) >= _ENOUGH

    def is_modifier(self, word: str, language: str) -> bool:
        """Whether a word may stand beside a noun in a phrase: a noun, or an adjective; not a verb."""
        key = (plain(word, language), language)
        if language == "he":
            return self._hebrew_noun(*key)
        return self._verb[key] <= self._noun[key] + 0.34 * self._seen[key]

    def alone(self, word: str, language: str) -> float:
        """How well a word stands alone as a name, 0-1: a noun that often ends its phrase (where modifiers come first)
        or begins it; 0.7 of that where nothing tells noun from verb."""
        key = (plain(word, language), language)
        if not self.is_noun(word, language):
            return 0.05
        free = 1 - (self._bound[key] + self._predicate[key]) / max(self._seen[key], 1)
        known = language not in _BY_LANGUAGE or self._noun[key] > self._verb[key]
        return max(0.05, min(1.0, free / _ALONE)) * (1.0 if known else 0.7)

    def _hebrew_noun(self, word: str, language: str) -> bool:
        """Not an infinitive (ל before a word that does not occur), nor joined to what stands before it by ו."""
        bare_occurs = bool(self._seen[(word[1:], language)])
        joined = word.startswith("ו") and word not in _BEGIN_WITH_VAV
        return len(word) < 4 or bare_occurs or not (joined or word.startswith("ל"))

    def _read(self, part: Sequence[str], language: str) -> None:
        cues = _BY_LANGUAGE.get(language)
        stops = stop_words(language)
        for i, word in enumerate(part):
            key = (plain(word, language), language)
            before = part[i - 1] if i else ""
            after = part[i + 1] if i + 1 < len(part) else ""
            self._seen[key] += 1
            if cues is None:
                continue
            self._noun[key] += before in cues.noun_after
            self._verb[key] += before in cues.verb_after or after in cues.verb_before
            beside = after if cues.modifier_first else before
            bound = bool(beside) and beside not in stops
            self._bound[key] += bound
            self._predicate[key] += before in cues.adjective_after and not bound
