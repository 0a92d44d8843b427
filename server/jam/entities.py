"""What a jam is made of, as kept in memory: slotted and packed, because a million votes must fit into one worker.

Only `apply` changes these; everyone else reads.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from server.jam.acting import Acting
from server.jam.invitations import InvitationKind
from server.jam.minors import Care
from server.jam.people import RELATIONS, STRANGER, Relation, Role, Viewer
from server.jam.standing import Held, Restriction, RestrictionKind, Scope
from server.jam.terms import Acceptance
from server.jam.texts import LocalText
from server.jam.visibility import Audience, ContentStatus, Reach

if TYPE_CHECKING:
    Numbers = array[int]
else:
    Numbers = array  # read at run time by what writes snapshots, and not subscriptable on Python 3.11

PUBLIC = Reach()


def numbers() -> Numbers:
    """A packed list of member or idea numbers, four bytes each."""
    return array("I")


def no_tiers() -> list[int]:
    """A count for each relation."""
    return [0] * len(RELATIONS)


@dataclass(slots=True)
class Topic:
    id: str
    titles: LocalText
    descriptions: LocalText
    audience: Audience
    position: int
    locked: bool = False
    acting: Acting = None

    @property
    def reach(self) -> Reach:
        return self.audience.reach


class Version(NamedTuple):
    """A text an idea had; `support` is how many supported it when this text replaced the one before."""

    title: str
    body: str
    at: int
    support: int
    large: bool


@dataclass(slots=True)
class Idea:
    """`number` is its place in the order of posting; member numbers in `supporters` ascend, `support_times` goes with them
    (seconds since the jam was created). `rising` is log2 of the decayed sum of its supports, see `ranking`.
    """

    id: str
    number: int
    topic: str
    author: str
    title: str
    body: str
    language: str
    parents: tuple[str, ...]
    audience: Audience
    posted_at: int
    reach: Reach = PUBLIC
    status: ContentStatus = ContentStatus.VISIBLE
    reason: str = ""
    edited_at: int | None = None
    edited_after_votes: bool = False
    versions: list[Version] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    supporters: Numbers = field(default_factory=numbers)
    support_times: Numbers = field(default_factory=numbers)
    by_relation: list[int] = field(default_factory=no_tiers)
    rising: float = float("-inf")
    disagrees: int = 0
    passes: int = 0
    comments: Numbers = field(default_factory=numbers)
    comment_count: int = 0
    last_comment_at: int = 0
    build_on_count: int = 0
    seen: int = 0
    marks: frozenset[str] = frozenset()
    merged_into: str | None = None
    merged: list[str] = field(default_factory=list)
    carried: Numbers = field(default_factory=numbers)
    former_reaches: tuple[Reach, ...] = ()
    theme: str | None = None
    subtheme: str | None = None
    x: float | None = None
    y: float | None = None
    seq: int = 0
    withdrawn: bool = False
    held: Held | None = None

    @property
    def support(self) -> int:
        return len(self.supporters)

    @property
    def is_listed(self) -> bool:
        """It stands on boards and in themes: visible, and not merged into another."""
        return self.status is ContentStatus.VISIBLE


@dataclass(slots=True)
class Comment:
    id: str
    number: int
    idea: str
    parent: str | None
    author: str
    body: str
    language: str
    posted_at: int
    depth: int
    status: ContentStatus = ContentStatus.VISIBLE
    reason: str = ""
    edited_at: int | None = None
    likers: Numbers = field(default_factory=numbers)
    reply_count: int = 0
    seq: int = 0
    withdrawn: bool = False
    held: Held | None = None


class Notice(NamedTuple):
    """Something that concerns one member: `kind` is a NotificationKind of the API."""

    seq: int
    at: int
    kind: str
    idea: str | None
    comment: str | None
    reason: str


@dataclass(slots=True)
class Member:
    """`supports`, `disagrees` and `passes` are idea numbers, ascending. `touched` is the last seq that concerned them alone.
    `accepted`: the terms, version by version. `invitation`: the id of the one they came by. `care`: under whose account
    a minor is. `circles_seq`: when they came into a circle or left one, the last time.
    """

    person: str
    number: int
    role: Role
    relation: Relation
    joined_at: int
    invited_by: str | None = None
    circles: frozenset[str] = frozenset()
    supports: Numbers = field(default_factory=numbers)
    disagrees: Numbers = field(default_factory=numbers)
    passes: Numbers = field(default_factory=numbers)
    ideas: Numbers = field(default_factory=numbers)
    comment_count: int = 0
    notices: list[Notice] = field(default_factory=list)
    read_seq: int = 0
    touched: int = 0
    erased: bool = False
    restriction: Restriction | None = None
    branches: tuple[str, ...] = ()
    scope: Scope | None = None
    standing_seq: int = 0
    invitation: str | None = None
    accepted: tuple[Acceptance, ...] = ()
    care: Care | None = None
    circles_seq: int = 0

    @property
    def viewer(self) -> Viewer:
        """The member as the visibility rule sees them. A former participant is a stranger, and so is who is suspended."""
        if self.erased or self.is_suspended:
            return STRANGER
        return self.standing

    @property
    def standing(self) -> Viewer:
        """The same, whatever was decided about them: for what the clock has ended and nobody has lifted yet."""
        return Viewer(self.person, self.role, self.relation, self.circles)

    @property
    def is_suspended(self) -> bool:
        """Whether they are out for now, alone or with a branch that was revoked; until that is lifted."""
        if self.restriction is not None and self.restriction.kind is RestrictionKind.SUSPENDED:
            return True
        return bool(self.branches) or (self.care is not None and self.care.is_out)

    def is_out(self, now: int) -> bool:
        """Whether they are out at `now`: what is over is over, though nobody has lifted it yet."""
        if not self.is_suspended:
            return False
        if self.branches or (self.care is not None and self.care.is_out and self.is_minor(now)):
            return True
        own = self.restriction
        return own is not None and own.kind is RestrictionKind.SUSPENDED and own.holds(now)

    def is_minor(self, now: int) -> bool:
        """Whether they are under age and under their guardian's account."""
        return self.care is not None and now < self.care.until


@dataclass(slots=True)
class Announcement:
    id: str
    texts: LocalText
    at: int


@dataclass(slots=True)
class Report:
    """`resolution` is why it was settled as it was, the last time; `reopened_reason` why it waits again."""

    id: str
    target: str
    reporter: str
    reason: str
    note: str
    at: int
    outcome: str | None = None
    resolution: str = ""
    resolved_at: int | None = None
    resolved_by: str | None = None
    reopened_at: int | None = None
    reopened_reason: str = ""
    seq: int = 0


@dataclass(slots=True)
class Invitation:
    """`delivered_at` (ms): the mail server took its mail; `failed`: it did not, for good. `held`: the revoked branches, by
    the people at their roots, that revoked it.
    """

    id: str
    token_hash: str
    relation: Relation
    role: Role
    max_uses: int
    expires_at: int
    created_at: int
    by: str
    uses: int = 0
    revoked: bool = False
    kind: InvitationKind = InvitationKind.LINK
    language: str | None = None
    delivered_at: int | None = None
    failed: bool = False
    declined: bool = False
    reported: bool = False
    held: tuple[str, ...] = ()


@dataclass(slots=True)
class Circle:
    id: str
    name: str
    by: str
    members: frozenset[str]
    created_at: int = 0
    closed: bool = False
    seq: int = 0


class LogEntry(NamedTuple):
    """A line of the public log of moderation; it names no person."""

    seq: int
    at: int
    act: str
    target: str
    reason: str


class Trend(NamedTuple):
    """How a theme moves: its arrivals (ideas, and first votes of a person for it) since `since` (ms) and before; how many times
    its share of all arrivals rose; the chance of that without a trend."""

    direction: str
    recent: int
    before: int
    lift: float
    p: float
    since: int
    at: int


@dataclass(slots=True)
class Theme:
    """A theme, or a sub-theme where `parent` is set. `given_name` is what a person called it. x, y: 0 to 1 on the map."""

    id: str
    name: str
    keywords: tuple[str, ...]
    distinctive: tuple[str, ...]
    medoids: tuple[str, ...]
    parent: str | None
    color: int
    cohesion: float
    confidence: float
    x: float
    y: float
    created_at: int
    given_name: str | None = None
    merged_into: str | None = None
    ideas: set[int] = field(default_factory=set)
    trend: Trend | None = None
    seq: int = 0

    @property
    def label(self) -> str:
        return self.given_name or self.name


@dataclass(slots=True)
class ThemeEdits:
    """What people decided about themes; every later grouping keeps it. `made` counts the decisions."""

    pins: dict[str, str] = field(default_factory=dict)
    exclusions: dict[str, frozenset[str]] = field(default_factory=dict)
    splits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: int = 0


JsonMap = Mapping[str, Any]


class ThemeRun(NamedTuple):
    """A grouping. `ideas` for everyone took part, `unthemed` of them found no theme: others show in no figure that all read.
    `report`: its figures and codes. `upto`: ideas with a number from this on came after it."""

    id: str
    at: int
    model: str
    granularity: str
    reason: str
    ideas: int
    unthemed: int
    report: JsonMap
    upto: int
