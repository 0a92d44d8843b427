"""What happened to members and circles."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.people import Relation, Role


@stored_as("member.joined")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    person: str
    role: Role
    relation: Relation
    invitation: str | None
    invited_by: str | None


@stored_as("member.role_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(Event):
    person: str
    role: Role
    by: str


@stored_as("member.read_notifications", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Event):
    """Those up to the number `up_to`; None: all that there are."""

    person: str
    up_to: int | None


@stored_as("circle.created")
@dataclass(frozen=True, slots=True, kw_only=True)
class CircleCreated(Event):
    circle: str
    name: str
    members: tuple[str, ...]
    by: str


@stored_as("circle.changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CircleChanged(Event):
    circle: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    by: str


@stored_as("circle.renamed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CircleRenamed(Event):
    circle: str
    name: str
    by: str


@stored_as("circle.closed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CircleClosed(Event):
    """Its members read on, and nothing is added any more; `closed` false: it is open again."""

    circle: str
    closed: bool
    by: str
