"""Which language a text is in, and how its words are found.

Languages are ISO 639-1 codes. Detection needs no model: the script decides first, and among languages that share a
script the stop-words do. A text that says too little for that gets the usual language of its script in the collection.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

UNKNOWN = "und"

_BY_SCRIPT = {"HEBREW": "he", "ARABIC": "ar", "GREEK": "el", "HANGUL": "ko", "THAI": "th", "DEVANAGARI": "hi"}
_JAPANESE = ("HIRAGANA", "KATAKANA")
_STOP_WORD_LANGUAGES = ("en", "he", "es", "fr", "de", "pt", "it")
_LATIN = tuple(language for language in _STOP_WORD_LANGUAGES if language != "he")
_ACCENTS_LEFT_OUT = ("es", "fr", "pt", "it")
_WORD = re.compile(r"[^\W_]+(?:['\"׳״-][^\W_]+)*")
_MARKS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u200c-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "‑": "-", "–": " ", "—": " ", "״": '"', "׳": "'"})
_POSSESSIVE = re.compile(r"'s?$")


@cache
def stop_words(language: str) -> frozenset[str]:
    """The stop-words of a language; of a language that has no list, none."""
    if language not in _STOP_WORD_LANGUAGES:
        return frozenset()
    text = (files("clustering") / "stopwords" / f"{language}.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


@cache
def all_stop_words() -> frozenset[str]:
    """The stop-words of all languages that have a list."""
    return frozenset().union(*(stop_words(language) for language in _STOP_WORD_LANGUAGES))


def clean(text: str) -> str:
    """`text` without NUL, Hebrew points and direction marks, quotes made uniform, white space folded."""
    text = _MARKS.sub("", unicodedata.normalize("NFC", text).replace("\0", " ")).translate(_QUOTES)
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """The words of `text` as written, without addresses and possessive endings."""
    found = _WORD.findall(_URL.sub(" ", clean(text)))
    return [_POSSESSIVE.sub("", word) for word in found]


def plain(word: str, language: str) -> str:
    """A word in lower case, and in languages where accents are often left out, without them (but for Spanish ñ)."""
    lower = word.lower()
    if language not in _ACCENTS_LEFT_OUT or lower.isascii():
        return lower
    return "".join(letter if letter == "ñ" else unicodedata.normalize("NFD", letter)[0] for letter in lower)


def says_something(text: str) -> bool:
    """Whether `text` holds at least one letter or digit."""
    return any(character.isalnum() for character in text)


def detect(text: str) -> str:
    """The language of one text, or "und" where neither script nor stop-words tell."""
    script = _script(text)
    if script == "LATIN":
        return _latin_language(text)
    if script == "CYRILLIC":
        return "ru"
    if script in _JAPANESE:
        return "ja"
    return "zh" if script == "CJK" else _BY_SCRIPT.get(script, UNKNOWN)


def detect_all(texts: Sequence[str]) -> list[str]:
    """The language of each text; texts in Latin letters without a stop-word get the usual Latin language here.

    Returns a list of codes of the same length as `texts`; "und" only for texts without letters.
    """
    found = [detect(text) for text in texts]
    usual = usual_language([language for language in found if language in _LATIN], default="en")
    return [
        usual if language == UNKNOWN and _script(text) == "LATIN" else language
        for text, language in zip(texts, found, strict=True)
    ]


def usual_language(languages: Sequence[str], default: str = "en") -> str:
    """The most common code but "und"; of two as common, the first by name."""
    counts = Counter(language for language in languages if language != UNKNOWN)
    return min(counts, key=lambda language: (-counts[language], language), default=default)


def _script(text: str) -> str:
    counts = Counter(_script_of(character) for character in text[:400] if character.isalpha())
    return max(sorted(counts), key=lambda script: counts[script], default="")


@cache
def _script_of(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]


def _latin_language(text: str) -> str:
    found = {word.lower() for word in words(text[:1000])}
    scores = {language: len(found & stop_words(language)) for language in _LATIN}
    best = max(_LATIN, key=lambda language: scores[language])
    return best if scores[best] else UNKNOWN
