"""The terms of a jam: what whoever posts has agreed to. Versions stay for ever, and so does who accepted which."""

from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from server.jam.texts import LocalText

TERMS, CHANGE_NOTE = 50_000, 2_000
"""Most characters of the terms in one language, and of what is said to have changed."""

MOST_VERSIONS = 200


@dataclass(slots=True)
class TermsVersion:
    """One version, numbered from 1. `digests` are of `texts`, by language; `note` says what changed since the version before;
    `accepted` is how many members accepted it.
    """

    version: int
    texts: LocalText
    digests: LocalText
    note: LocalText
    at: int
    by: str
    accepted: int = 0


class Acceptance(NamedTuple):
    """A member agreed to a version in one language, whose text has this digest. `by`: the guardian who did so for a minor."""

    version: int
    language: str
    digest: str
    at: int
    by: str | None


def text_digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal: what proves which words were accepted."""
    return sha256(text.encode("utf-8")).hexdigest()
