"""What every decision asks first: who is it, may they, and is the thing there for them."""

from collections.abc import Callable
from typing import Any

from server.jam.acting import acting_names, acts
from server.jam.commands import Command
from server.jam.entities import Comment, Idea, Member, Theme, Topic
from server.jam.events import Event
from server.jam.ids import SYSTEM
from server.jam.people import STRANGER, Role, Viewer
from server.jam.permissions import Action, require
from server.jam.rejections import Locked, NotAllowed, NotFound, ReadingOnly, Restricted, TermsNotAccepted
from server.jam.standing import RestrictionKind
from server.jam.state import JamState
from server.jam.visibility import ContentStatus, reaches

CLOSED = frozenset({ContentStatus.HIDDEN, ContentStatus.REMOVED})
AFTER_TERMS = frozenset({Action.POST_IDEA, Action.BUILD_ON, Action.EDIT_OWN, Action.COMMENT})
"""What puts one's own words before others: where a jam has terms, their newest version is to be accepted before."""

WHILE_MUTED = frozenset(
    {
        Action.VIEW, Action.READ_IDEAS, Action.SUPPORT, Action.LIKE, Action.REPORT, Action.APPEAL, Action.READ_BRIEFING,
        Action.EXPORT, Action.GUARD,
    }
)  # fmt: skip
"""What one may go on doing while muted: nothing of it puts words before others, or decides about them."""

Decisions = dict[type[Command], Callable[[JamState, Any, int], tuple[Event, ...]]]


def member_may(state: JamState, actor: str, action: Action, now: int) -> Member:
    """The member who asks, if the permission table lets them."""
    member = state.member(actor)
    not_erased(state, actor, action)
    if member is None:
        raise NotAllowed(action.value, "Only members of this jam may do that: please join it first.")
    _not_muted(member, action, now)
    require(action, member.role, member.relation, state.phase(now), state.schedule, now, member.is_minor(now))
    if action in AFTER_TERMS:
        _require_terms(state, member)
    return member


def _require_terms(state: JamState, member: Member) -> None:
    terms = state.newest_terms
    if terms is not None and not has_accepted(member, terms.version):
        raise TermsNotAccepted(state.id, terms.version)


def has_accepted(member: Member, version: int) -> bool:
    """Whether the member accepted this version of the terms."""
    return any(one.version == version for one in reversed(member.accepted))


def adult(state: JamState, person: str, now: int) -> Member:
    """A member who is of age. That someone is a minor is told to nobody who asks for them: as if they were not there."""
    member = state.member(person)
    if member is None or member.is_minor(now):
        raise NotFound("member", person)
    return member


def open_to_minors(state: JamState, actor: str, topic: Topic, now: int) -> None:
    """Refuses what a minor would write where not everyone reads it."""
    member = state.member(actor)
    if member is not None and member.is_minor(now) and not topic.reach.is_public:
        raise NotAllowed(Action.POST_IDEA.value, "Minors write in topics that are open to everyone.")


def not_erased(state: JamState, person: str, action: Action) -> None:
    """Refuses what someone asked for before they were erased, such as a post that waited on a phone."""
    if person in state.erased_numbers:
        raise NotAllowed(action.value, "This account was erased: nothing can be done in its name any more.")


def not_suspended(state: JamState, actor: str, now: int) -> None:
    """Refuses everything to who is out, until the very instant at which that ends."""
    member = state.member(actor)
    if member is None or not member.is_suspended:
        return
    restriction = member.restriction
    if restriction is not None and restriction.kind is RestrictionKind.SUSPENDED and restriction.holds(now):
        raise Restricted(restriction.kind.value, restriction.until, restriction.reason)
    if member.branches:
        raise Restricted(RestrictionKind.SUSPENDED.value, None, state.branches[member.branches[0]].reason)
    if member.is_out(now):
        raise NotAllowed(Action.VIEW.value, "Your guardian has paused this account: please ask them.")


def _not_muted(member: Member, action: Action, now: int) -> None:
    muted = member.restriction
    if muted is None or action in WHILE_MUTED:
        return
    if muted.kind is RestrictionKind.MUTED and muted.holds(now):
        raise Restricted(muted.kind.value, muted.until, muted.reason)


def within_scope(member: Member | None, *contents: tuple[str, str]) -> None:
    """Refuses a moderator what is outside of their topics and languages; `contents` are pairs of the two."""
    scope = None if member is None or member.role is not Role.MODERATOR else member.scope
    if scope is not None and not all(scope.covers(topic, language) for topic, language in contents):
        raise NotAllowed(Action.MODERATE.value, "It is outside of the topics and languages that you moderate.")


def authority(state: JamState, actor: str, action: Action, now: int) -> Member | None:
    """The same for acts that the system may do too, at any time (imports, recorded results): None stands for it."""
    return None if actor == SYSTEM else member_may(state, actor, action, now)


def only_system(actor: str, action: str) -> None:
    if actor != SYSTEM:
        raise NotAllowed(action, "Only the server itself records that.")


def viewer_of(state: JamState, actor: str) -> Viewer:
    """The actor as the visibility rule sees them. Nobody whose suspension holds comes so far (`not_suspended`)."""
    member = state.member(actor)
    return STRANGER if member is None else member.standing


def idea_for(state: JamState, actor: str, id: str) -> Idea:
    """The idea, if the actor may see it. That it exists but is not for them can't be told from its not existing."""
    idea = state.idea(id)
    if idea is None or not (actor == SYSTEM or state.sees_idea(viewer_of(state, actor), idea)):
        raise NotFound("idea", id)
    return idea


def standing_for(state: JamState, actor: str, id: str) -> Idea:
    """The idea that stands for this one: itself, or the one it was merged into, if the actor may see both."""
    idea = state.root_of_merge(idea_for(state, actor, id))
    if not (actor == SYSTEM or state.sees_idea(viewer_of(state, actor), idea)):
        raise NotFound("idea", id)
    return idea


def comment_for(state: JamState, actor: str, id: str) -> Comment:
    comment = state.comment(id)
    if comment is None or not (actor == SYSTEM or state.sees_comment(viewer_of(state, actor), comment)):
        raise NotFound("comment", id)
    return comment


def topic_for(state: JamState, actor: str, id: str) -> Topic:
    topic = state.topics.get(id)
    if topic is None or not (actor == SYSTEM or reaches(viewer_of(state, actor), topic.reach)):
        raise NotFound("topic", id)
    return topic


def theme_for(state: JamState, id: str) -> Theme:
    theme = state.themes.get(id)
    if theme is None or theme.merged_into is not None:
        raise NotFound("theme", id)
    return theme


def closed_by(state: JamState, idea: Idea) -> tuple[str, str] | None:
    """What keeps others from adding to an idea, as (kind, id): that or its topic is locked, or it is hidden or removed."""
    if "LOCKED" in idea.marks:
        return "idea", idea.id
    if state.topics[idea.topic].locked:
        return "topic", idea.topic
    if is_closed(state, idea.reach.circle):
        return "circle", idea.reach.circle or ""
    return ("idea", idea.id) if idea.status in CLOSED else None


def is_closed(state: JamState, circle: str | None) -> bool:
    """Whether a circle was closed: then nothing is added to it."""
    found = state.circles.get(circle) if circle is not None else None
    return found is not None and found.closed


def open_to_additions(state: JamState, actor: str, idea: Idea) -> None:
    """Refuses what would add to a locked, hidden or removed idea, to a locked topic, or to one that is to be read only."""
    closed = closed_by(state, idea)
    if closed is not None:
        raise Locked(*closed)
    must_act(state, actor, state.topics[idea.topic])


def must_act(state: JamState, actor: str, topic: Topic) -> None:
    """Refuses who may read what is in a topic and do nothing to it."""
    if actor != SYSTEM and not acts(viewer_of(state, actor), state.acting, topic.acting):
        raise ReadingOnly(topic.id, acting_names(state.acting, topic.acting))
