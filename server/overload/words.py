"""What the page of the waiting room says. It is served when nothing else could be, so it brings all that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """`place` and `again` have room for a number; `direction` is how the language is written."""

    language: str
    direction: str
    title: str
    calm: str
    place: str
    again: str
    kept: str
    now: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": Words(
            "en",
            "ltr",
            "Very many people are coming in",
            "You have a place in the queue, and this page lets you in by itself: there is nothing to do. Please leave it open.",
            "Your place in the queue: {}",
            "Looking again in {} seconds",
            "What you wrote before is kept on your device.",
            "Look now",
        ),
        "he": Words(
            "he",
            "rtl",
            "המון אנשים נכנסים עכשיו",
            "יש לך מקום בתור, והכניסה תיפתח מעצמה: אין צורך לעשות דבר. נא להשאיר את הדף פתוח.",
            "המקום שלך בתור: {}",
            "בודקים שוב בעוד {} שניות",
            "מה שכתבת קודם שמור במכשיר שלך.",
            "לבדוק עכשיו",
        ),
    }
)


def languages_for(accepted: str) -> list[Words]:
    """All languages, those that a browser asks for by `Accept-Language` first, in its order."""
    asked = [part.split(";")[0].strip().lower()[:2] for part in accepted.split(",")]
    known = [name.replace("iw", "he") for name in asked]
    return [WORDS[name] for name in dict.fromkeys([*(name for name in known if name in WORDS), *WORDS])]
