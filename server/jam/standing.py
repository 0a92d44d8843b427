"""How a member stands: what they may not do for a while, what a moderator looks after, and what an act on them replaced."""

from enum import StrEnum
from typing import NamedTuple

from server.jam.people import Role
from server.jam.visibility import ContentStatus


class RestrictionKind(StrEnum):
    """MUTED: reads, votes and reports, and writes nothing. SUSPENDED: is a stranger to the jam."""

    MUTED = "MUTED"
    SUSPENDED = "SUSPENDED"


class Restriction(NamedTuple):
    """What moderators decided about a member: from `at` to `until` (ms), exclusive; None: until somebody lifts it."""

    kind: RestrictionKind
    at: int
    until: int | None
    reason: str
    by: str

    def holds(self, now: int) -> bool:
        """Whether it is in force at `now`; at its last instant it is over."""
        return self.until is None or now < self.until


class Scope(NamedTuple):
    """What a moderator decides about: ideas of these topics and in these languages, and the comments on them. None: all."""

    topics: tuple[str, ...] | None
    languages: tuple[str, ...] | None

    def covers(self, topic: str, language: str) -> bool:
        """Whether something in a topic and a language is within."""
        return (self.topics is None or topic in self.topics) and (self.languages is None or language in self.languages)


class Held(NamedTuple):
    """Content that went out of sight with revoked branches, named by the people at their roots; and what it was before."""

    branches: tuple[str, ...]
    status: ContentStatus
    reason: str


class Former(NamedTuple):
    """What an act on members replaced, to bring back when it is undone."""

    role: Role
    restriction: Restriction | None
    branches: tuple[str, ...]
