"""The words and phrases of a collection: what themes are described with.

A term is a word or a phrase of up to four words. Forms of a word count as one: a plural where its singular occurs too, a
word with and without accents, and a Hebrew word with one or two prefix letters (ו ה ב ל מ ש כ) where the bare word occurs
in the collection. Each term is shown as most texts write it, in lower case unless it is written with a capital inside
sentences.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from scipy import sparse

from clustering.grammar import Grammar
from clustering.languages import clean, plain, stop_words, words

_HEBREW_PREFIXES = "והבלמשכ"
_CLAUSE = re.compile(r"[.,;:!?()\[\]{}/|\n\t•–—…\"]+(?=\s|$)|\s[-–—]\s|[()\[\]{}|•…/]")
_LINKS = {
    "en": frozenset({"of", "for"}),
    "es": frozenset({"de", "del"}),
    "fr": frozenset({"de", "du", "des"}),
    "pt": frozenset({"de", "do", "da"}),
    "it": frozenset({"di", "del", "della"}),
    "he": frozenset({"של"}),
}
_LINKING = frozenset().union(*_LINKS.values())
_ARTICLES = {"es": frozenset({"la", "el", "los", "las"})}
_LONGEST = 2000
_TITLE = 120
_IN_BODY = 0.5
_MOST_WORDS = 4
_LONGEST_ACRONYM = 5

Key = tuple[str, ...]
"""The common forms a term is made of; of two words linked by a preposition, with the preposition between."""


@cache
def weak_words(language: str) -> frozenset[str]:
    """Words too general to name a theme with, though they are no stop-words."""
    path = files("clustering") / "stopwords" / f"{language}.weak.txt"
    listed = path.read_text(encoding="utf-8").split() if path.is_file() else []
    return frozenset(listed) | {plain(word, language) for word in listed}


def is_weak(word: str, language: str) -> bool:
    """Whether a word is too general for a name, whatever prefix letters a Hebrew one has."""
    weak = weak_words(language)
    return word in weak or (language == "he" and any(bare in weak for bare in _bare_hebrew(word)))


@dataclass(frozen=True)
class Vocabulary:
    """Terms and where they occur.

    terms: the shown forms (t,). keys: what each is made of (t,). contents: the words of a key without links (t,).
    counts: (n, t), 1 where a text has a term in its title, 0.5 where only behind it. languages: the language most texts
    with the term are in (t,). grammar: of the same texts. row: key -> its number.
    """

    terms: list[str]
    keys: list[Key]
    contents: list[frozenset[str]]
    counts: sparse.csr_matrix
    languages: list[str]
    grammar: Grammar
    row: dict[Key, int]


def vocabulary(texts: Sequence[str], languages: Sequence[str], least: int = 2) -> Vocabulary:
    """All terms that occur in at least `least` texts."""
    clauses = [list(_clauses(text)) for text in texts]
    forms = _Forms(clauses, languages)
    shown: dict[Key, Counter[str]] = defaultdict(Counter)
    spoken: dict[Key, Counter[str]] = defaultdict(Counter)
    found: list[dict[Key, float]] = []
    for text, parts, language in zip(texts, clauses, languages, strict=True):
        title = _title_clauses(text)
        keys: dict[Key, float] = {}
        for number, part in enumerate(parts):
            weight = 1.0 if number < title else _IN_BODY
            for key, surface in _phrases(part, language, forms):
                shown[key][surface] += 1
                keys[key] = max(weight, keys.get(key, 0.0))
        for key in keys:
            spoken[key][language] += 1
        found.append(keys)
    kept = sorted(key for key, heard in spoken.items() if heard.total() >= least)
    return Vocabulary(
        terms=[_usual(shown[key]) for key in kept],
        keys=kept,
        contents=[frozenset(part for part in key if part not in _LINKING) for key in kept],
        counts=_matrix(found, kept),
        languages=[_usual(spoken[key]) for key in kept],
        grammar=Grammar(clauses, languages),
        row={key: number for number, key in enumerate(kept)},
    )


class _Forms:
    """The common form of each word of a collection, and how it is written."""

    def __init__(self, clauses: Sequence[Sequence[Sequence[str]]], languages: Sequence[str]) -> None:
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)
        self._inside: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()
        for parts, language in zip(clauses, languages, strict=True):
            for part in parts:
                self._seen[language].update(plain(word, language) for word in part)
                self._inside.update(word.lower() for word in part[1:])
                self._capital.update(word.lower() for word in part[1:] if word[0].isupper())
        self._known: dict[tuple[str, str], str] = {}

    def of(self, word: str, language: str) -> str:
        """The common form of a word."""
        key = (plain(word, language), language)
        if key not in self._known:
            self._known[key] = self._reduced(*key)
        return self._known[key]

    def written(self, word: str, language: str) -> str:
        """The word as it is written inside sentences: names and acronyms keep their capitals; Hebrew loses its prefix
        letters but the article."""
        if language == "he":
            bare = self.of(word, language)
            return "ה" + bare if word[: -len(bare)].endswith("ה") else bare
        lower = word.lower()
        shouted = word.isupper() and len(word) > _LONGEST_ACRONYM
        return lower if shouted or self._mostly_lower(lower) else word

    def _mostly_lower(self, lower: str) -> bool:
        return self._capital[lower] <= 0.6 * self._inside[lower]

    def _reduced(self, word: str, language: str) -> str:
        seen = self._seen[language]
        if language == "he":
            return next((bare for bare in _bare_hebrew(word) if seen[bare] and seen[bare] * 4 >= seen[word]), word)
        return next((bare for bare in _singulars(word, language) if seen[bare]), word)


def _bare_hebrew(word: str) -> Iterator[str]:
    for length in (1, 2):
        bare = word[length:]
        if len(bare) >= 3 and all(letter in _HEBREW_PREFIXES for letter in word[:length]):
            yield bare


def _singulars(word: str, language: str) -> Iterator[str]:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return
    if language == "en" and word.endswith("ies"):
        yield word[:-3] + "y"
    yield word[:-1]
    if word.endswith("es"):
        yield word[:-2]


def _clauses(text: str) -> Iterator[list[str]]:
    """Runs of words; what a line break or a stop parts is no phrase."""
    for line in text[: 2 * _LONGEST].splitlines():
        for part in _CLAUSE.split(clean(line)[:_LONGEST]):
            if found := words(part):
                yield found


def _title_clauses(text: str) -> int:
    """How many of a text's clauses are its title: its first line, or what ends within 120 characters of a longer one."""
    line = text.lstrip().split("\n", 1)[0]
    return sum(1 for _ in _clauses(line if len(line) <= _TITLE else line[:_TITLE].rsplit(". ", 1)[0]))


def _phrases(part: Sequence[str], language: str, forms: _Forms) -> Iterator[tuple[Key, str]]:
    is_shouted = sum(word.isupper() for word in part) > max(1, len(part) / 2)
    strong = [_is_term(word, language, is_shouted) for word in part]
    for i in range(len(part)):
        if strong[i]:
            for end in _ends(part, strong, i, language):
                yield _key(part[i:end], language, forms), _surface(part, i, end, language, forms)


def _surface(part: Sequence[str], i: int, end: int, language: str, forms: _Forms) -> str:
    """As written; only what begins a clause, and single words, follow the usual writing."""
    if end == i + 1:
        return forms.written(part[i], language)
    first = forms.written(part[i], language)
    rest = (forms.written(word, language) if word.isupper() else word for word in part[i + 1 : end])
    return " ".join([part[i] if i and not part[i].isupper() and language != "he" else first, *rest])


def _ends(part: Sequence[str], strong: Sequence[bool], i: int, language: str) -> Iterator[int]:
    """Where the terms that begin at word i end: after one to four words, or after the noun behind "of" and its adjective."""
    for length in range(1, _MOST_WORDS + 1):
        if not all(strong[i : i + length]) or i + length > len(part):
            break
        yield i + length
    for head in (0, 1):
        linked = _linked(part, i + head, language) if all(strong[i : i + head + 1]) else None
        if linked is not None and strong[linked]:
            yield linked + 1
            if head == 0 and linked + 1 < len(part) and strong[linked + 1]:
                yield linked + 2


def _key(phrase: Sequence[str], language: str, forms: _Forms) -> Key:
    articles = _ARTICLES.get(language, frozenset())
    return tuple(forms.of(word, language) for word in phrase if word.lower() not in articles)


def _linked(part: Sequence[str], i: int, language: str) -> int | None:
    """Where the noun after "of" stands, if the word at i is followed by one."""
    if i + 2 >= len(part) or part[i + 1].lower() not in _LINKS.get(language, ()):
        return None
    behind_article = part[i + 2].lower() in _ARTICLES.get(language, ())
    end = i + 3 if behind_article else i + 2
    return end if end < len(part) else None


def _is_term(word: str, language: str, is_shouted: bool) -> bool:
    """Not a stop-word, unless it is an acronym that looks like one ("zona SER"); never what links a phrase."""
    if word.lower() in _LINKING or word.lower() in _ARTICLES.get(language, ()):
        return False
    is_acronym = word.isupper() and 2 < len(word) <= _LONGEST_ACRONYM and not is_shouted
    if (word.lower() in stop_words(language) and not is_acronym) or not any(letter.isalpha() for letter in word):
        return False
    return len(word) > 2 or (word.isupper() and word.isascii())


def _usual(counts: Counter[str]) -> str:
    """The most common; of the same letters, the one with accents, unless it is rare: it is the others that were hasty."""
    best = min(counts, key=lambda surface: (-counts[surface], surface))
    accented = [surface for surface in counts if len(surface) == len(best) and counts[surface] * 5 >= counts[best]]
    return max(accented, key=lambda surface: (sum(not letter.isascii() for letter in surface), counts[surface], surface))


def _matrix(found: Sequence[dict[Key, float]], kept: Sequence[Key]) -> sparse.csr_matrix:
    column = {key: number for number, key in enumerate(kept)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, keys in enumerate(found):
        own = [(column[key], weight) for key, weight in keys.items() if key in column]
        rows += [row] * len(own)
        columns += [number for number, _ in own]
        values += [weight for _, weight in own]
    data = np.array(values, dtype=np.float32)
    return sparse.csr_matrix((data, (rows, columns)), shape=(len(found), len(kept)))
