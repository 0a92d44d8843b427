"""Who takes part: roles, relations, and what a viewer is to the visibility rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a member may do in a jam; one role a member."""

    PARTICIPANT = "PARTICIPANT"
    MODERATOR = "MODERATOR"
    REVIEWER = "REVIEWER"
    SPONSOR = "SPONSOR"
    ORGANIZER = "ORGANIZER"


class Relation(StrEnum):
    """What a member is to the company."""

    EMPLOYEE = "EMPLOYEE"
    FAMILY = "FAMILY"
    FRIEND = "FRIEND"
    CLIENT = "CLIENT"
    PARTNER = "PARTNER"


RELATIONS = tuple(Relation)
RELATION_BIT = {relation: 1 << place for place, relation in enumerate(RELATIONS)}
EVERY_RELATION = (1 << len(RELATIONS)) - 1

CROSS_TIER = frozenset({Role.MODERATOR, Role.REVIEWER, Role.SPONSOR, Role.ORGANIZER})
"""Roles that see what is for some relations only: they answer for the whole jam. Circles stay closed to them too."""

KEEPERS = frozenset({Role.MODERATOR, Role.ORGANIZER})
"""Roles that see what was hidden or removed, because they decide about it."""


@dataclass(frozen=True, slots=True)
class VisibilityClass:
    """All that the visibility of shared content depends on: people of one class may be given the same answer."""

    role: Role
    relation: Relation


class Viewer(NamedTuple):
    """Someone who looks at a jam. Without a person it stands for a whole visibility class; without a role for a stranger."""

    person: str | None
    role: Role | None
    relation: Relation | None
    circles: frozenset[str] = frozenset()

    @property
    def visibility(self) -> VisibilityClass | None:
        if self.role is None or self.relation is None:
            return None
        return VisibilityClass(self.role, self.relation)


STRANGER = Viewer(None, None, None)


def class_viewer(visibility: VisibilityClass) -> Viewer:
    """The viewer who stands for a class: sees what everyone of the class sees, and nothing personal."""
    return Viewer(None, visibility.role, visibility.relation)
