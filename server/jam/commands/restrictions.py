"""What is asked about how members stand. Each has a commit to itself: it changes what all other commands depend on."""

from dataclasses import dataclass

from server.jam.commands.base import Command
from server.jam.people import Role
from server.jam.standing import RestrictionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictMembers(Command):
    """Until `until` (ms), exclusive; None: until it is lifted."""

    people: tuple[str, ...]
    kind: RestrictionKind
    until: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRestrictions(Command):
    """By a keeper at any time; by the system when they are over."""

    people: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeModerator(Command):
    """What a moderator decides about. None: all topics, all languages."""

    person: str
    topics: tuple[str, ...] | None
    languages: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRoles(Command):
    people: tuple[str, ...]
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitationsOf(Command):
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMemberAct(Command):
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeBranch(Command):
    """`hides`: what they wrote goes out of sight too."""

    person: str
    hides: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreBranch(Command):
    person: str
