"""What was decided about members: muted, suspended, lifted, scoped, many at once, and whole branches revoked.

`act` is the id by which it can be undone; None where it can't, as for what the clock ended.
"""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.people import Role
from server.jam.standing import RestrictionKind


@stored_as("member.restricted")
@dataclass(frozen=True, slots=True, kw_only=True)
class MembersRestricted(Event):
    """From now on until `until` (ms), exclusive; None: until it is lifted. It takes the place of what held before."""

    act: str
    people: tuple[str, ...]
    kind: RestrictionKind
    until: int | None
    reason: str
    by: str


@stored_as("member.restriction_lifted")
@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionsLifted(Event):
    """`whole`: they are back although their branch was revoked; else only what was decided about them alone is lifted."""

    act: str | None
    people: tuple[str, ...]
    whole: bool
    reason: str
    by: str


@stored_as("member.scoped")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberScoped(Event):
    """What they decide about when they moderate; None: all."""

    person: str
    topics: tuple[str, ...] | None
    languages: tuple[str, ...] | None
    by: str


@stored_as("member.roles_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Event):
    act: str
    people: tuple[str, ...]
    role: Role
    by: str


@stored_as("member.invitations_revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsRevoked(Event):
    """All that these people had made and that still let someone in."""

    act: str
    people: tuple[str, ...]
    invitations: tuple[str, ...]
    by: str


@stored_as("member.act_undone")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberActUndone(Event):
    """`people` are again what they were before; `left` others had been changed since."""

    act: str
    people: tuple[str, ...]
    left: int
    by: str


@stored_as("branch.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRevoked(Event):
    """`people`: the person and all whom they brought, at any depth. `ideas` and `comments` go out of sight with them."""

    person: str
    people: tuple[str, ...]
    ideas: tuple[str, ...]
    comments: tuple[str, ...]
    invitations: tuple[str, ...]
    hides: bool
    reason: str
    by: str


@stored_as("branch.restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRestored(Event):
    """What revoking the branch of `person` did, and nobody has undone or covered since, is undone."""

    person: str
    by: str
