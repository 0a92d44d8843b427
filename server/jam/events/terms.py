"""What happened to the terms of a jam."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam.events.base import Event, stored_as


@stored_as("terms.published")
@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPublished(Event):
    """`digests` are SHA-256 of the texts, by language; `note` says what changed since the version before."""

    version: int
    texts: Mapping[str, str]
    digests: Mapping[str, str]
    note: Mapping[str, str]
    by: str


@stored_as("terms.accepted")
@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(Event):
    """`person` agreed to the text with this digest. `by`: the guardian who did so for a minor."""

    person: str
    version: int
    language: str
    digest: str
    by: str | None
