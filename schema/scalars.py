"""The scalars and enums of the API. Enums of the domain are the API's own: they are registered, not repeated."""

from enum import Enum
from typing import Any, NewType, TypeVar

import strawberry
from strawberry import ID, UNSET
from strawberry.schema.config import StrawberryConfig

from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.ranking import IdeaOrder
from server.jam.theme_proposals import ProposalKind, ProposalStatus, ThemePolicy
from server.jam.visibility import ContentStatus
from server.vault.digests import MailMode

T = TypeVar("T")
Timestamp = NewType("Timestamp", int)
SAFE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


def _timestamp(value: Any) -> int:
    if type(value) is not int or not -SAFE <= value <= SAFE:
        raise ValueError("A Timestamp is a whole number of milliseconds since 1970.")
    return value


CONFIG = StrawberryConfig(
    scalar_map={
        Timestamp: strawberry.scalar(
            name="Timestamp",
            description="Milliseconds since 1970-01-01T00:00:00Z, as a whole JSON number.",
            serialize=int,
            parse_value=_timestamp,
        )
    }
)

for _domain in (Phase, Role, Relation, IdeaOrder, ContentStatus):
    strawberry.enum(_domain)

strawberry.enum(
    ProposalKind,
    name="ThemeProposalKind",
    description="MERGE: several themes are one. SPLIT: one is several. NEW: a theme made of parts of several. "
    "RETIRE: one falls apart.",
)
strawberry.enum(ProposalStatus, name="ThemeProposalStatus")
strawberry.enum(
    ThemePolicy,
    description="PROPOSE: moderators decide about changes of settled themes. APPLY: every regrouping applies by itself.",
)


@strawberry.enum(description="What becomes of what a revoked branch wrote.")
class BranchContent(Enum):
    KEEP = "KEEP"
    HIDE = "HIDE"


@strawberry.enum
class AudienceKind(Enum):
    EVERYONE = "EVERYONE"
    RELATIONS = "RELATIONS"
    CIRCLE = "CIRCLE"


@strawberry.enum
class ReportReason(Enum):
    SPAM = "SPAM"
    ABUSE = "ABUSE"
    PERSONAL_DATA = "PERSONAL_DATA"
    OFF_TOPIC = "OFF_TOPIC"
    OTHER = "OTHER"
    APPEAL = "APPEAL"


@strawberry.enum
class ReportOutcome(Enum):
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


@strawberry.enum
class IdeaMark(Enum):
    PINNED = "PINNED"
    FEATURED = "FEATURED"
    LOCKED = "LOCKED"


@strawberry.enum
class SearchKind(Enum):
    IDEA = "IDEA"
    COMMENT = "COMMENT"
    PERSON = "PERSON"


@strawberry.enum
class NotificationKind(Enum):
    BUILT_ON = "BUILT_ON"
    COMMENTED = "COMMENTED"
    REPLIED = "REPLIED"
    HIDDEN = "HIDDEN"
    RESTORED = "RESTORED"
    REMOVED = "REMOVED"
    MERGED = "MERGED"
    UNMERGED = "UNMERGED"
    FEATURED = "FEATURED"
    MOVED = "MOVED"
    MUTED = "MUTED"
    SUSPENDED = "SUSPENDED"
    RESTRICTION_LIFTED = "RESTRICTION_LIFTED"


strawberry.enum(MailMode, description="How often a mail may come about what concerns the viewer in a jam, at most.")


def optional_time(at: int | None) -> Timestamp | None:
    """An instant that may not be there."""
    return None if at is None else Timestamp(at)


def optional_id(id: str | None) -> ID | None:
    """An id that may not be there."""
    return None if id is None else ID(id)


def given(value: T | None) -> T | None:
    """What a client sent, or None where it sent nothing."""
    return None if value is UNSET else value
