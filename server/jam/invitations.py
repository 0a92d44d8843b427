"""Invitations: how people are let in, and how many places each inviter may offer.

A place is one person who may join. What someone offers are all places of their invitations that still stand, and the used ones
of those that were revoked or have ended: taking an invitation back gives back what nobody used.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from server.jam.people import Relation, Role

if TYPE_CHECKING:
    from server.jam.entities import Invitation

MOST_USES = 200_000
"""Places of one invitation."""

MOST_QUOTA = 10_000
DAY_MS = 24 * 3_600_000
LONGEST_MS = 366 * DAY_MS
LONGEST_CODE_MS = 7 * DAY_MS
MOST_AT_ONCE = 500
"""Invitations that one command makes."""

HOUR_MS = 3_600_000
MAILS_OF_ONE = 30
"""Mails that one member may have sent within an hour."""

MAILS_OF_MEMBERS = 2_000
"""Mails that all members of a jam together may have sent within an hour; organizers are not counted with them."""

MAILS_OF_ORGANIZERS = 20_000
"""Mails that the organizers of a jam may have sent within an hour."""


class InvitationKind(StrEnum):
    """LINK: for whoever holds it. MAIL: for one address, which the link proves. CODE: read from a wall and typed in."""

    LINK = "LINK"
    MAIL = "MAIL"
    CODE = "CODE"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many places a member of this relation may offer."""

    relation: Relation
    places: int


@dataclass(frozen=True, slots=True)
class InvitationPolicy:
    """Whom members may invite. `quotas`: by the inviter's relation, 0 where none is named; `relations`: what their guests may
    be; `days`: how long their invitations stand."""

    quotas: tuple[Quota, ...] = (Quota(Relation.EMPLOYEE, 10),)
    relations: tuple[Relation, ...] = (Relation.FAMILY, Relation.FRIEND)
    days: int = 14

    def quota(self, relation: Relation) -> int:
        return next((quota.places for quota in self.quotas if quota.relation is relation), 0)


@dataclass(frozen=True, slots=True)
class Place:
    """What an invitation is made of: `uses` people may join by it as this. `language` is that of its mail; `key` tells the
    places of one command apart, and the invitation's id is derived from it."""

    token_hash: str
    relation: Relation
    role: Role = Role.PARTICIPANT
    language: str | None = None
    uses: int = 1
    key: str = ""


def usable(invitation: "Invitation", now: int) -> bool:
    """Whether the invitation still lets someone in; it ends at its last instant, exclusive."""
    return not invitation.revoked and now < invitation.expires_at and invitation.uses < invitation.max_uses


def offered(invitations: Iterable["Invitation"], now: int) -> int:
    """The places that these invitations hold."""
    return sum(one.uses if one.revoked or now >= one.expires_at else one.max_uses for one in invitations)
