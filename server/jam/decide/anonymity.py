"""Posting without a name, and opening a sealed author. The person is asked whether they may; no event names them."""

from collections.abc import Iterable
from itertools import islice

from server.jam import commands as c
from server.jam import events, ids
from server.jam.acting import acts
from server.jam.anonymity import LEAST_CROWD, Opening, Seal, is_pseudonym
from server.jam.apply.ideas import reach_within
from server.jam.audit_keys import canonical, fingerprint_of, raw_key
from server.jam.decide import comments, ideas
from server.jam.decide.asking import Decisions, authority, comment_for, idea_for, viewer_of
from server.jam.entities import Comment, Idea, Member, Topic
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.texts import REASON, clean_text
from server.jam.visibility import ContentStatus, Reach, reaches

ALONE, TOGETHER = 1, 2
OFF = "Posting without a name is not switched on in this jam."
NOT_YOURS = "Only the device that posted it without a name can change it."


# -------------------------------------------------------------------------------------------------------------- organizers
def set_key(state: JamState, command: c.SetAuditKey, now: int) -> tuple[events.Event, ...]:
    """How many organizers it takes to open what is sealed to a key is part of the key: a promise to whoever posts."""
    authority(state, command.actor, Action.ORGANIZE, now)
    raw = raw_key(command.public)
    fingerprint = fingerprint_of(raw)
    if fingerprint == state.anonymity.key:
        return ()
    if fingerprint in state.anonymity.keys:
        raise Conflict("This key was used here before and was replaced since: please make a new one.")
    eyes = _eyes(state) if command.eyes is None else command.eyes
    if eyes not in (ALONE, TOGETHER):
        raise InvalidInput("eyes", "It takes one or two organizers to open an author.")
    return (
        events.AuditKeySet(at=now, fingerprint=fingerprint, public=canonical(raw), eyes=eyes, by=command.actor),
    )  # fmt: skip


def set_posting(state: JamState, command: c.SetAnonymousPosting, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    if command.on == state.anonymity.is_on:
        return ()
    if command.on and state.anonymity.key is None:
        raise Conflict("Make an audit key first: the authors of what is posted without a name are sealed to it.")
    return (events.AnonymousPostingSet(at=now, on=command.on, by=command.actor),)


def _eyes(state: JamState) -> int:
    organizers = (member for member in state.members if member.role is Role.ORGANIZER)
    return len(list(islice(organizers, TOGETHER)))


# ---------------------------------------------------------------------------------------------------------------- authors
def post_idea(state: JamState, command: c.PostAnonymousIdea, now: int) -> tuple[events.Event, ...]:
    found = ideas.post(state, command, now)
    for event in found:
        topic = state.topics[event.topic]
        _check(state, command.poster, command.seal, topic, reach_within(event.audience, topic))
    return (*found, *_sealed(command.seal, (event.idea for event in found), now))


def post_comment(state: JamState, command: c.PostAnonymousComment, now: int) -> tuple[events.Event, ...]:
    found = comments.post(state, command, now)
    for event in found:
        idea = state.ideas[state.idea_numbers[event.idea]]
        _check(state, command.poster, command.seal, state.topics[idea.topic], idea.reach)
    return (*found, *_sealed(command.seal, (event.comment for event in found), now))


def _sealed(seal: Seal | None, targets: Iterable[str], now: int) -> tuple[events.Event, ...]:
    return () if seal is None else tuple(
        events.AuthorSealed(
            at=now, target=target, key=seal.key, sealed=seal.sealed, salt=seal.salt, proof_hash=seal.proof_hash
        )
        for target in targets
    )  # fmt: skip


def _check(state: JamState, poster: str, seal: Seal | None, topic: Topic, reach: Reach) -> None:
    """Whether anonymous posting is on, to this key, and among enough people. A replay posts what was posted."""
    if poster == ids.SYSTEM:
        return
    if not state.anonymity.is_on:
        raise NotAllowed("POST_ANONYMOUSLY", OFF)
    if seal is None or seal.key != state.anonymity.key:
        raise Conflict("The audit key was replaced a moment ago: please send it again.")
    if not is_crowd(state, topic, reach):
        raise Conflict(f"Fewer than {LEAST_CROWD} people could have posted this here: without a name you would still be known.")


def is_crowd(state: JamState, topic: Topic, reach: Reach) -> bool:
    """Whether so many members could have posted something with this reach in the topic that a name can't be guessed."""
    viewers = (member.viewer for member in _within(state, reach))
    able = (viewer for viewer in viewers if reaches(viewer, reach) and acts(viewer, state.acting, topic.acting))
    return sum(1 for _ in islice(able, LEAST_CROWD)) == LEAST_CROWD


def _within(state: JamState, reach: Reach) -> Iterable[Member]:
    """The members among whom those are whom something reaches: a circle's are few, and all others may be many."""
    circle = state.circles.get(reach.circle) if reach.circle is not None else None
    if circle is None:
        return state.members
    return (member for person in circle.members if (member := state.member(person)) is not None)


def edit_idea(state: JamState, command: c.EditAnonymousIdea, now: int) -> tuple[events.Event, ...]:
    authority(state, command.poster, Action.EDIT_OWN, now)
    found = _own(state, command, command.idea)
    if not isinstance(found, Idea):
        raise NotFound("idea", command.idea)
    return ideas.reword(state, command, found, now)


def edit_comment(state: JamState, command: c.EditAnonymousComment, now: int) -> tuple[events.Event, ...]:
    authority(state, command.poster, Action.EDIT_OWN, now)
    found = _own(state, command, command.comment)
    if not isinstance(found, Comment):
        raise NotFound("comment", command.comment)
    return comments.reword(state, command, found, now)


def withdraw(state: JamState, command: c.WithdrawAnonymous, now: int) -> tuple[events.Event, ...]:
    """Whoever posted it may take it back, in any phase in which it could be edited. What moderators decided stays decided: they
    would lose the text that they decided about.
    """
    authority(state, command.poster, Action.EDIT_OWN, now)
    found = _own(state, command, command.target)
    if found.withdrawn:
        return ()
    if found.status is not ContentStatus.VISIBLE:
        raise Conflict("Moderators decided about it meanwhile: it can't be taken back now.")
    if isinstance(found, Idea):
        return (events.IdeaWithdrawn(at=now, idea=found.id),)
    return (events.CommentWithdrawn(at=now, comment=found.id),)


OwnCommand = c.EditAnonymousIdea | c.EditAnonymousComment | c.WithdrawAnonymous


def _own(state: JamState, command: OwnCommand, id: str) -> Idea | Comment:
    """What was posted under the proof that is shown, whatever became of it, within what the person is meant to see."""
    found = state.idea(id) or state.comment(id)
    if found is None or not _is_meant_for(state, command.poster, found):
        raise NotFound("idea or comment", id)
    if not _is_own(state, command, found):
        _target(state, command.poster, id)
        raise NotAllowed(Action.EDIT_OWN.value, NOT_YOURS)
    return found


def _is_meant_for(state: JamState, person: str, found: Idea | Comment) -> bool:
    idea = found if isinstance(found, Idea) else state.ideas[state.idea_numbers[found.idea]]
    return person == ids.SYSTEM or reaches(viewer_of(state, person), idea.reach)


def _is_own(state: JamState, command: OwnCommand, found: Idea | Comment) -> bool:
    """The pseudonym has only 64 bits, so the whole hash of the proof decides. What a replay posted has no seal."""
    if not is_pseudonym(command.actor) or found.author != command.actor:
        return False
    seal = state.anonymity.seals.get(found.id)
    return command.poster == ids.SYSTEM if seal is None else seal.proof_hash == command.proof_hash


# ---------------------------------------------------------------------------------------------------------------- opening
def request(state: JamState, command: c.RequestOpening, now: int) -> tuple[events.Event, ...]:
    """Opens at once only where one organizer is enough by the key's promise, and is alone."""
    authority(state, command.actor, Action.ORGANIZE, now)
    reason = clean_text("reason", command.reason, REASON, 3)
    seal = _seal(state, command.actor, command.target)
    opening = state.anonymity.openings.get(command.target)
    if opening is not None and opening.opened_at is not None:
        return ()
    if opening is not None and opening.is_waiting:
        if opening.by == command.actor:
            return ()
        raise Conflict("It has been asked for already, and waits for another organizer.")
    asked = events.OpeningRequested(at=now, target=command.target, reason=reason, by=command.actor)
    if max(_eyes(state), state.anonymity.keys[seal.key].eyes) >= TOGETHER:
        return (asked,)
    return (asked, events.AuthorOpened(at=now, target=command.target, reason=reason, by=command.actor))


def confirm(state: JamState, command: c.ConfirmOpening, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    opening = _waiting(state, command)
    if opening is None:
        return ()
    if opening.by == command.actor:
        raise NotAllowed("OPEN_AUTHOR", "It takes a second organizer to confirm what one has asked for.")
    return (events.AuthorOpened(at=now, target=command.target, reason=opening.reason, by=command.actor),)


def decline(state: JamState, command: c.DeclineOpening, now: int) -> tuple[events.Event, ...]:
    """By any organizer, the one who asked too."""
    authority(state, command.actor, Action.ORGANIZE, now)
    reason = clean_text("reason", command.reason, REASON, 3)
    opening = state.anonymity.openings.get(command.target)
    if opening is not None and opening.declined_at is not None:
        return ()
    if _waiting(state, command) is None:
        raise Conflict("It was opened already.")
    return (events.OpeningDeclined(at=now, target=command.target, reason=reason, by=command.actor),)


def _seal(state: JamState, actor: str, target: str) -> Seal:
    """The seal on something that the actor may see."""
    _target(state, actor, target)
    seal = state.anonymity.seals.get(target)
    if seal is None:
        raise Conflict("Its author is not sealed: it was posted under a name.")
    return seal


def _waiting(state: JamState, command: c.ConfirmOpening | c.DeclineOpening) -> Opening | None:
    """The request that waits; None where it was granted before."""
    _seal(state, command.actor, command.target)
    opening = state.anonymity.openings.get(command.target)
    if opening is None or opening.declined_at is not None:
        raise Conflict("Nobody asks to open this author now.")
    return opening if opening.is_waiting else None


def _target(state: JamState, actor: str, target: str) -> Idea | Comment:
    """The idea or comment, if the actor may see it; what is not there and what is not for them is refused in the same words."""
    find = idea_for if target in state.idea_numbers else comment_for
    try:
        return find(state, actor, target)
    except NotFound:
        raise NotFound("idea or comment", target) from None


DECISIONS: Decisions = {
    c.SetAuditKey: set_key,
    c.SetAnonymousPosting: set_posting,
    c.PostAnonymousIdea: post_idea,
    c.PostAnonymousComment: post_comment,
    c.EditAnonymousIdea: edit_idea,
    c.EditAnonymousComment: edit_comment,
    c.WithdrawAnonymous: withdraw,
    c.RequestOpening: request,
    c.ConfirmOpening: confirm,
    c.DeclineOpening: decline,
}
