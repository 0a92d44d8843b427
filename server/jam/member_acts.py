"""Acts on many members at once, kept so that they can be undone exactly."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.jam.entities import Numbers, numbers
from server.jam.standing import Former

REMEMBERED_ACTS = 50
"""How many of the newest acts can be undone."""


class MemberActKind(StrEnum):
    ROLE = "ROLE"
    MUTE = "MUTE"
    SUSPEND = "SUSPEND"
    LIFT = "LIFT"
    INVITATIONS = "INVITATIONS"


@dataclass(slots=True)
class MemberAct:
    """What was done to members at event `seq`. `formers` are what they were, with the numbers of those who were just that.

    `invitations` were revoked by it. `undone_at` is None while it stands; `left` counts those who had changed since and so
    were left as they were when it was undone.
    """

    id: str
    kind: MemberActKind
    at: int
    seq: int
    by: str
    count: int
    formers: list[tuple[Former, Numbers]] = field(default_factory=list)
    invitations: tuple[str, ...] = ()
    undone_at: int | None = None
    left: int = 0


@dataclass(slots=True)
class Branch:
    """A person and everyone they brought, at any depth, whose membership was revoked at event `seq`.

    `members`, `ideas` and `comments` are the numbers of those whom the act suspended and of what it hid; `invitations` are
    those that it revoked.
    """

    root: str
    at: int
    seq: int
    by: str
    reason: str
    hides: bool
    members: Numbers = field(default_factory=numbers)
    ideas: Numbers = field(default_factory=numbers)
    comments: Numbers = field(default_factory=numbers)
    invitations: tuple[str, ...] = ()
