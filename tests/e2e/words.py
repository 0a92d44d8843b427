"""The page's own words: the tests look for what `frontend/messages` says, so that a better wording breaks none of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MESSAGES = Path(__file__).parents[2] / "frontend" / "messages"


@cache
def _messages(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((MESSAGES / f"{language}.json").read_text("utf-8"))
    return loaded


def _variants(message: Any) -> Iterator[str]:
    """The texts of a message: one, or one for each plural form."""
    if isinstance(message, str):
        yield message
        return
    for part in message:
        yield from part["match"].values()


@dataclass(frozen=True)
class Words:
    """What the page says in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The text of a message that has no plural forms; raises `KeyError` for an unknown key or a missing value."""
        message = _messages(self.language)[key]
        assert isinstance(message, str), f"{key} depends on a count: look for it with like()"
        return message.format(**values)

    def like(self, key: str, **values: object) -> re.Pattern[str]:
        """Finds the message in any of its plural forms, the whole text; what is not given may be anything."""
        texts = _variants(_messages(self.language)[key])
        return re.compile("^(" + "|".join(self._pattern(text, values) for text in texts) + ")$")

    def _pattern(self, text: str, values: dict[str, object]) -> str:
        parts = re.split(r"\{(\w+)\}", text)
        known = (re.escape(str(values[name])) if name in values else ".+" for name in parts[1::2])
        return "".join(re.escape(fixed) + next(known, "") for fixed in parts[::2])


EN, HE = Words("en"), Words("he")


def words(language: str) -> Words:
    """The words of a language: "en" or "he"."""
    return {"en": EN, "he": HE}[language]
