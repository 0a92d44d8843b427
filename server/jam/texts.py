"""What may be written: lengths, and characters that would deceive a reader or break a page."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from server.jam.rejections import InvalidInput

LocalText = Mapping[str, str]
"""A text in several languages: language code → text."""

TITLE, BODY, COMMENT, REASON, NOTE, NAME = 120, 8_000, 4_000, 500, 500, 80

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\Z")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Fillers that count as letters or symbols and show nothing."""

_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def clean_text(field: str, value: str, most: int, least: int = 1, lines: bool = False) -> str:
    """The text in normal form (NFC, trimmed, line ends as \\n); InvalidInput says what is wrong with it and what to do."""
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", value)).strip()
    if _CONTROL.search(text) or (not lines and ("\n" in text or "\t" in text)):
        raise InvalidInput(field, "It contains control characters or line breaks that can't be shown: please remove them.")
    if _BIDI.search(text):
        raise InvalidInput(field, "It contains invisible characters that reverse the reading direction: please remove them.")
    if least > 0 and not shows(text):
        raise InvalidInput(field, "It is empty: please write something.")
    if len(text) < least:
        raise InvalidInput(field, f"It is too short: at least {least} characters, please.")
    if len(text) > most:
        raise InvalidInput(field, f"It is too long: {len(text):,} characters, and at most {most:,} fit.")
    return text


def shows(text: str) -> bool:
    """Whether anything of it can be seen: not only blanks, format characters and accents that stand on nothing."""
    return any(unicodedata.category(char) not in _UNSEEN and char not in _BLANK_LETTERS for char in text)


def scrub(value: str) -> str:
    """The text without the characters that `clean_text` refuses: for importers, which say that they did it."""
    return _BIDI.sub("", _CONTROL.sub("", _LINE_ENDS.sub("\n", value)))


def clean_local(field: str, texts: LocalText, most: int, required: str | None = None, lines: bool = False) -> LocalText:
    """The same for a text in several languages; `required` names the language that must be there."""
    if len(texts) > 20:
        raise InvalidInput(field, "At most 20 languages fit.")
    cleaned = {clean_language(field, lang): clean_text(field, text, most, 0, lines) for lang, text in texts.items()}
    kept = {lang: text for lang, text in cleaned.items() if text}
    if required is not None and required not in kept:
        raise InvalidInput(field, f"The text in the jam's main language ({required}) is missing.")
    return MappingProxyType(kept)


def clean_language(field: str, code: str) -> str:
    """A language code of two or three small letters (ISO 639)."""
    if not _LANGUAGE.match(code):
        raise InvalidInput(field, f"{code[:20]!r} is no language code: two or three small letters, such as en or he.")
    return code


def clean_slug(field: str, slug: str) -> str:
    """A jam's name in addresses: small letters, digits and dashes, 1 to 60."""
    if not _SLUG.match(slug):
        raise InvalidInput(field, "An address takes 1 to 60 small letters, digits and dashes, such as spring-jam-2027.")
    return slug


def pick(texts: LocalText, language: str | None, main: str) -> str:
    """The text in a language, else in the main language, else in any, else nothing."""
    return texts.get(language or main) or texts.get(main) or next(iter(texts.values()), "")


def change_ratio(old: str, new: str) -> float:
    """Share of words that an edit changed, 0 to 1: 1 - 2 × common / (old + new), with words counted as a multiset."""
    before, after = _words(old), _words(new)
    total = sum(before.values()) + sum(after.values())
    if not total:
        return 0.0
    common = sum(min(count, after.get(word, 0)) for word, count in before.items())
    return 1.0 - 2.0 * common / total


def _words(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in re.findall(r"\w+", text.casefold()):
        counts[word] = counts.get(word, 0) + 1
    return counts


_HEBREW = re.compile("[\u05d0-\u05ea]")
_LATIN = re.compile("[A-Za-z]")


def guess_language(text: str, fallback: str) -> str:
    """Hebrew or English by the script of most letters; `fallback` where neither script occurs."""
    hebrew, latin = len(_HEBREW.findall(text)), len(_LATIN.findall(text))
    if hebrew == latin == 0:
        return fallback
    if hebrew >= latin:
        return "he"
    return fallback if fallback != "he" else "en"
