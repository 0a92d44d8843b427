"""What is asked about the terms of a jam."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam.commands.base import Command, Touches, on


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTerms(Command):
    """A new version in place of the version `follows` (0: there are none yet), so that nobody's version is replaced unseen.
    `note` says what changed."""

    follows: int
    texts: Mapping[str, str]
    note: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTerms(Command):
    """By the member themselves, or by a guardian for the minor `person`."""

    version: int
    language: str
    person: str | None = None

    @property
    def whose(self) -> str:
        return self.person or self.actor

    def touches(self) -> Touches:
        return on((f"member:{self.actor}",), f"member:{self.whose}")
