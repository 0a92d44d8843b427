"""What may be a theme's name, of all that a language model can answer. Pure; nothing of an answer gets past it unread."""

import re
import unicodedata
from collections.abc import Collection, Sequence

LONGEST, MOST_WORDS = 48, 8
_LINE = re.compile(r"^\s*(\d{1,3})\s*[.):\-]\s*(\S.*?)\s*$", re.MULTILINE)
_QUOTES = "\"'“”„«»‘’"
_MARKUP = re.compile(r"[<>{}\[\]`*_#|\\^~=@]|://|www\.")
_LEAKS = ("ignore", "instruction", "system prompt", "as an ai", "language model", "sorry", "json", "התעלם", "הוראות")
_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5


def lines_of(answer: str) -> dict[int, str]:
    """The numbered lines of an answer: number → name as it stands there, without quotes and a full stop."""
    return {int(number): name.strip(_QUOTES + " .") for number, name in _LINE.findall(answer)}


def is_plain_name(name: str, language: str) -> bool:
    """Whether it is short plain text in letters of the language: 2 to 48 characters, at most 8 words, one line, no markup, no
    address, no control or direction characters, and none of the words by which models speak of their instructions."""
    if not 2 <= len(name) <= LONGEST or len(name.split()) > MOST_WORDS:
        return False
    if any(unicodedata.category(letter)[0] == "C" for letter in name) or _MARKUP.search(name):
        return False
    lower = name.casefold()
    return not any(leak in lower for leak in _LEAKS) and _is_written_in(name, language)


def is_grounded(name: str, texts: Sequence[str], keywords: Sequence[str]) -> bool:
    """Whether at least one word of the name, endings aside, occurs in the group's keywords or texts."""
    said = {word[:_STEM] for text in (*texts, *keywords) for word in _words(text)}
    return any(word[:_STEM] in said for word in _words(name))


def is_free(name: str, taken: Collection[str]) -> bool:
    """Whether no other theme is called so."""
    return name.casefold() not in {other.casefold() for other in taken}


def _words(text: str) -> list[str]:
    found = [word.casefold() for word in _WORD.findall(text)]
    return [word.removeprefix("ה") if "א" <= word[0] <= "ת" and len(word) > 3 else word for word in found]


def _is_written_in(name: str, language: str) -> bool:
    """Hebrew names have more Hebrew letters than others, all the rest more Latin ones; other scripts are for themselves."""
    letters = [letter for letter in name if letter.isalpha()]
    hebrew = sum("א" <= letter <= "ת" for letter in letters)
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    if language == "he":
        return hebrew > latin
    return latin > len(letters) / 2 if language in ("en", "es", "fr", "de", "pt", "it") else bool(letters)
