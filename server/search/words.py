"""How a text becomes the terms it is found by.

A term is a word in its plainest writing: no accents or Hebrew points, no quote marks, no capitals, final letters as
ordinary ones. Besides it stand looser forms of the word: without one or two Hebrew prefix letters, or an English stem.
"""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\"’`׳״][^\W_]+)*")
_QUOTES = str.maketrans("", "", "'\"’`׳״")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_HEBREW = re.compile("[א-ת]+")
_LATIN = re.compile("[a-z]+")
_PREFIX_LETTERS = frozenset("והבלמשכ")
_VOWELS = frozenset("aeiouy")
_LONGEST = 40


def words(text: str) -> list[str]:
    """The terms of a text, in order, repetitions kept; a word longer than 40 letters is found by its first 40."""
    plain = text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_FINALS)
    found = _WORD.findall(plain.casefold())
    return [(word if word.isalnum() else word.translate(_QUOTES))[:_LONGEST] for word in found]


@lru_cache(maxsize=65_536)
def loose_forms(term: str) -> tuple[str, ...]:
    """Other terms that a term may also be found by, itself left out."""
    if _HEBREW.fullmatch(term):
        return _without_prefixes(term)
    if _LATIN.fullmatch(term):
        stem = _stem(term)
        return () if stem == term else (stem,)
    return ()


def _without_prefixes(term: str) -> tuple[str, ...]:
    """Without one prefix letter where two letters remain, without two where three remain: ולבית is also לבית and בית."""
    if len(term) < 3 or term[0] not in _PREFIX_LETTERS:
        return ()
    if len(term) < 5 or term[1] not in _PREFIX_LETTERS:
        return (term[1:],)
    return (term[1:], term[2:])


def _stem(term: str) -> str:
    """Light English stemming: plural s, then ing or ed, then a final e; what is left has three letters or more."""
    singular = _singular(term) if len(term) > 3 else term
    stem = _without_ending(singular)
    return stem[:-1] if len(stem) > 3 and stem.endswith("e") else stem


def _singular(term: str) -> str:
    if term.endswith("ies") and len(term) > 4:
        return term[:-3] + "y"
    if term.endswith(("sses", "xes", "ches", "shes", "zes")):
        return term[:-2]
    if term.endswith("s") and not term.endswith(("ss", "us", "is")):
        return term[:-1]
    return term


def _without_ending(term: str) -> str:
    for ending in ("ing", "ed"):
        rest = term[: -len(ending)]
        if term.endswith(ending) and len(rest) >= 3 and _VOWELS & set(rest):
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
    return term
