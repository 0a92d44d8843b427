"""Support with one tap, withdraw with one tap; one person, one vote."""

from server.jam import commands as c
from server.jam import events
from server.jam.apply.packed import has
from server.jam.decide.asking import Decisions, idea_for, member_may, only_system, open_to_additions, standing_for
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotFound
from server.jam.state import JamState


def support(state: JamState, command: c.SupportIdea, now: int) -> tuple[events.Event, ...]:
    """A vote on a merged idea is a vote on the one it was merged into. A vote that is there already stays the one vote."""
    member = member_may(state, command.actor, Action.SUPPORT, now)
    idea = standing_for(state, command.actor, command.idea)
    open_to_additions(state, command.actor, idea)
    if has(member.supports, idea.number):
        return ()
    return (events.IdeaSupported(at=now, idea=idea.id, person=member.person),)


def withdraw(state: JamState, command: c.WithdrawSupport, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.SUPPORT, now)
    idea = state.root_of_merge(idea_for(state, command.actor, command.idea))
    if not has(member.supports, idea.number):
        return ()
    return (events.SupportWithdrawn(at=now, idea=idea.id, person=member.person),)


def record_stance(state: JamState, command: c.RecordStance, now: int) -> tuple[events.Event, ...]:
    only_system(command.actor, "RECORD_STANCE")
    if command.stance not in ("agree", "disagree", "pass"):
        raise InvalidInput("stance", "A stance is agree, disagree or pass.")
    idea = standing_for(state, command.actor, command.idea)
    if state.member(command.person) is None:
        raise NotFound("member", command.person)
    if command.stance == "agree":
        return (events.IdeaSupported(at=now, idea=idea.id, person=command.person),)
    return (events.StanceRecorded(at=now, idea=idea.id, person=command.person, stance=command.stance),)


DECISIONS: Decisions = {c.SupportIdea: support, c.WithdrawSupport: withdraw, c.RecordStance: record_stance}
