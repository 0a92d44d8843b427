"""What happened in a jam. Events are stored for ever under a stable name and version, and carry ids, never personal data.

`at` is the server's clock in milliseconds since 1970. A change of meaning is a new version with an upcast (`upcasts.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.theme_proposals import Draft, ThemePolicy
from server.jam.visibility import Audience

REGISTRY: dict[tuple[str, int], type["Event"]] = {}
NAMES: dict[type["Event"], tuple[str, int]] = {}

E = TypeVar("E", bound="type[Event]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of all events."""

    at: int


def stored_as(name: str, version: int = 1) -> Callable[[E], E]:
    """Registers the name and version under which an event is kept in the journal."""

    def register(cls: E) -> E:
        if (name, version) in REGISTRY:
            raise ValueError(f"two events are stored as {name}@{version}")
        REGISTRY[(name, version)] = cls
        NAMES[cls] = (name, version)
        return cls

    return register


# ------------------------------------------------------------------------------------------------ the jam and its frame
@stored_as("jam.created")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamCreated(Event):
    jam: str
    slug: str
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    descriptions: Mapping[str, str]
    rules: Mapping[str, str]
    languages: tuple[str, ...]
    main_language: str
    by: str


@stored_as("jam.described")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamDescribed(Event):
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    descriptions: Mapping[str, str]
    rules: Mapping[str, str]
    by: str


@stored_as("jam.scheduled")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamScheduled(Event):
    """`why` is planned, extended, closed_early or reopened; `phase` is the one it was about."""

    schedule: Schedule
    why: str
    phase: str | None
    by: str


@stored_as("jam.published")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamPublished(Event):
    by: str


@stored_as("topic.added")
@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAdded(Event):
    topic: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: Audience
    position: int
    by: str


@stored_as("topic.changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChanged(Event):
    topic: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: Audience
    position: int
    locked: bool
    by: str


@stored_as("announcement.made")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementMade(Event):
    announcement: str
    texts: Mapping[str, str]
    by: str


# ------------------------------------------------------------------------------------------------------------- members
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


@stored_as("invitation.created")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCreated(Event):
    """`token_hash` is the hash of the secret in the link; the secret itself is nowhere."""

    invitation: str
    token_hash: str
    relation: Relation
    role: Role
    max_uses: int
    expires_at: int
    by: str


@stored_as("invitation.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(Event):
    invitation: str
    by: str


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


# --------------------------------------------------------------------------------------------------------------- ideas
@stored_as("idea.posted")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPosted(Event):
    idea: str
    topic: str
    author: str
    title: str
    body: str
    language: str
    parents: tuple[str, ...]
    audience: Audience


@stored_as("idea.edited")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaEdited(Event):
    """`large`: it changed much of a text that people had already voted on."""

    idea: str
    title: str
    body: str
    large: bool
    by: str


@stored_as("idea.supported")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaSupported(Event):
    idea: str
    person: str


@stored_as("idea.support_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class SupportWithdrawn(Event):
    idea: str
    person: str


@stored_as("idea.stance_recorded")
@dataclass(frozen=True, slots=True, kw_only=True)
class StanceRecorded(Event):
    """A vote of an imported deliberation that is not support: `stance` is disagree or pass. The last vote counts."""

    idea: str
    person: str
    stance: str


@stored_as("idea.hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaHidden(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRestored(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRemoved(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.merged")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMerged(Event):
    idea: str
    into: str
    reason: str
    by: str


@stored_as("idea.unmerged")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUnmerged(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.marked", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMarked(Event):
    """`mark` is PINNED, FEATURED or LOCKED. Version 1 had no reason."""

    idea: str
    mark: str
    on: bool
    reason: str
    by: str


@stored_as("idea.moved")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMoved(Event):
    idea: str
    topic: str
    reason: str
    by: str


@stored_as("ideas.seen")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeasSeen(Event):
    """How often ideas came onto a screen since the last such event: feeds the fair order."""

    counts: Mapping[str, int]


# ------------------------------------------------------------------------------------------------- comments and reports
@stored_as("comment.posted")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPosted(Event):
    comment: str
    idea: str
    parent: str | None
    author: str
    body: str
    language: str


@stored_as("comment.edited")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdited(Event):
    comment: str
    body: str
    by: str


@stored_as("comment.liked")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLiked(Event):
    comment: str
    person: str


@stored_as("comment.like_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class LikeWithdrawn(Event):
    comment: str
    person: str


@stored_as("comment.hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentHidden(Event):
    comment: str
    reason: str
    by: str


@stored_as("comment.restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRestored(Event):
    comment: str
    reason: str
    by: str


@stored_as("comment.removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRemoved(Event):
    comment: str
    reason: str
    by: str


@stored_as("report.filed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled(Event):
    """`target` is an idea's or a comment's id; `reason` one of SPAM ABUSE PERSONAL_DATA OFF_TOPIC OTHER APPEAL."""

    report: str
    target: str
    reporter: str
    reason: str
    note: str


@stored_as("report.resolved", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResolved(Event):
    """`outcome` is UPHELD or DISMISSED. Version 1 had no reason."""

    report: str
    outcome: str
    reason: str
    by: str


@stored_as("report.reopened")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReopened(Event):
    report: str
    reason: str
    by: str


# -------------------------------------------------------------------------------------------------------------- themes
@stored_as("themes.grouped", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesGrouped(Event):
    """A whole grouping. `themes`: dicts of id, name, keywords, distinctive, medoids, parent, cohesion, confidence, x, y.

    `placements`: [idea, theme | None, subtheme | None, x, y] of every idea that was grouped. `follows`: the run before.
    `report`: figures and codes that say why there are as many themes, as `themes.counting` of the server makes them; `reason`
    the same in English. Version 1 had neither `follows` nor `report`.
    """

    run: str
    follows: str | None
    model: str
    granularity: str
    reason: str
    report: Mapping[str, Any]
    themes: tuple[Mapping[str, Any], ...]
    placements: tuple[tuple[Any, ...], ...]


@stored_as("idea.placed")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPlaced(Event):
    """One idea found its place between two groupings."""

    idea: str
    theme: str | None
    subtheme: str | None
    x: float
    y: float


@stored_as("theme.renamed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRenamed(Event):
    theme: str
    name: str
    by: str


@stored_as("theme.merged")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesMerged(Event):
    theme: str
    into: str
    by: str


@stored_as("theme.split")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSplit(Event):
    theme: str
    new_theme: str
    name: str
    ideas: tuple[str, ...]
    by: str


@stored_as("theme.idea_pinned")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPinnedToTheme(Event):
    idea: str
    theme: str
    by: str


@stored_as("theme.idea_excluded")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaExcludedFromTheme(Event):
    idea: str
    theme: str
    by: str


@stored_as("theme.retired")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRetired(Event):
    """A theme is no more; `moves`: [idea, theme | None] says where its ideas went."""

    theme: str
    moves: tuple[tuple[Any, ...], ...]
    by: str


@stored_as("theme.change_proposed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChangeProposed(Event):
    """A run would change settled themes. It stands until it is decided about or a later run does not propose it again.

    `since` is when it was first proposed in this form.
    """

    proposal: str
    run: str
    since: int
    draft: Draft


@stored_as("theme.proposal_accepted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeProposalAccepted(Event):
    """The acts that it stands for follow in the same record."""

    proposal: str
    by: str


@stored_as("theme.proposal_declined")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeProposalDeclined(Event):
    proposal: str
    by: str


@stored_as("jam.theme_policy_set")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePolicySet(Event):
    policy: ThemePolicy
    by: str


@stored_as("themes.trends_found")
@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsFound(Event):
    """How the themes moved: [theme, direction, recent, before, lift, p] of each, all counted from ideas for everyone.

    `since` (ms) is where the recent part begins. The direction is EMERGING, FADING or STEADY; `clustering.trends` says how the
    rest is counted. A theme that is not named has no trend any more.
    """

    since: int
    trends: tuple[tuple[Any, ...], ...]
