"""Support, its withdrawal, and the other stances of imported deliberations. One member, one vote an idea."""

from bisect import bisect_left

from server.jam import events
from server.jam.apply import marking
from server.jam.apply.packed import drop, has, put
from server.jam.changes import PersonalChange
from server.jam.entities import Idea, Member, Notice, Numbers
from server.jam.people import RELATIONS
from server.jam.ranking import add_rising, drop_rising, rising_of
from server.jam.state import JamState

PLACE = {relation: place for place, relation in enumerate(RELATIONS)}


def seconds(state: JamState, at: int) -> int:
    """Time since the jam was created, as votes keep it."""
    return max(0, (at - state.created_at) // 1000)


def give(idea: Idea, member: Member, at_s: int) -> bool:
    """The member's vote, at seconds since the jam was created; False if it was already there."""
    place = put(idea.supporters, member.number)
    if place is None:
        return False
    idea.support_times.insert(place, at_s)
    idea.by_relation[PLACE[member.relation]] += 1
    idea.rising = add_rising(idea.rising, at_s)
    put(member.supports, idea.number)
    return True


def take(idea: Idea, member: Member) -> int | None:
    """Takes the vote back and returns when it had been given; None if there was none."""
    at_s = _take_uncounted(idea, member)
    if at_s is not None:
        idea.rising = drop_rising(idea.rising, at_s, idea.support_times)
    return at_s


def _take_uncounted(idea: Idea, member: Member) -> int | None:
    """The same, but for `rising`: whoever takes many votes sums it once, at the end."""
    place = drop(idea.supporters, member.number)
    if place is None:
        return None
    idea.by_relation[PLACE[member.relation]] -= 1
    drop(member.supports, idea.number)
    return idea.support_times.pop(place)


def _time_of(idea: Idea, member: Member) -> int | None:
    """When the member supported it, in seconds since the jam was created."""
    return idea.support_times[bisect_left(idea.supporters, member.number)] if has(idea.supporters, member.number) else None


def clear_stance(idea: Idea, member: Member) -> None:
    if drop(member.disagrees, idea.number) is not None:
        idea.disagrees -= 1
    if drop(member.passes, idea.number) is not None:
        idea.passes -= 1


def supported(state: JamState, event: events.IdeaSupported) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    member = state.members[state.member_numbers[event.person]]
    clear_stance(idea, member)
    if give(idea, member, seconds(state, event.at)):
        marking.counted(state, idea, event.at, marking.SUPPORTS)
    _told(state, idea, member, True)


def withdrawn(state: JamState, event: events.SupportWithdrawn) -> None:
    """From the idea and from all that were merged into it, so that undoing a merge does not bring a vote back."""
    idea = state.ideas[state.idea_numbers[event.idea]]
    member = state.members[state.member_numbers[event.person]]
    take(idea, member)
    for duplicate in state.merged_below(idea):
        drop(duplicate.carried, member.number)
        if take(duplicate, member) is not None:
            _told(state, duplicate, member, False)
    _told(state, idea, member, False)


def stance_recorded(state: JamState, event: events.StanceRecorded) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    member = state.members[state.member_numbers[event.person]]
    take(idea, member)
    for id in idea.merged:
        drop(state.ideas[state.idea_numbers[id]].carried, member.number)
    clear_stance(idea, member)
    if event.stance == "disagree":
        put(member.disagrees, idea.number)
        idea.disagrees += 1
    else:
        put(member.passes, idea.number)
        idea.passes += 1
    _told(state, idea, member, False)


def _told(state: JamState, idea: Idea, member: Member, is_support: bool) -> None:
    member.touched = state.seq
    state.personal.note(PersonalChange(state.seq, member.person, idea.id, is_support))
    marking.idea_changed(state, idea)


def merged(state: JamState, event: events.IdeaMerged) -> None:
    """Carries the duplicate's voters over: who had not voted on the other one does now, with the time of their vote."""
    idea = state.ideas[state.idea_numbers[event.idea]]
    into = state.ideas[state.idea_numbers[event.into]]
    new = _carried(state, idea, into)
    for number, _ in new:
        state.personal.note(PersonalChange(state.seq, state.members[number].person, into.id, True))
    _take_in(state, into, new)
    idea.carried = Numbers("I", sorted({*idea.carried, *(number for number, _ in new)}))
    _tell_voters(state, idea, "MERGED", event.at, event.reason)
    into.rising = rising_of(into.support_times)


def _carried(state: JamState, idea: Idea, into: Idea) -> list[tuple[int, int]]:
    """(member, seconds) of the votes on a duplicate that count for the other one: of members without a vote of any kind on
    that."""
    there, found = set(into.supporters), []
    for number, at_s in zip(idea.supporters, idea.support_times, strict=True):
        member = state.members[number]
        if number not in there and not has(member.disagrees, into.number) and not has(member.passes, into.number):
            found.append((number, at_s))
    return found


def _take_in(state: JamState, into: Idea, new: list[tuple[int, int]]) -> None:
    """Many votes at once, of members who have none on the idea yet; `rising` is left to be summed."""
    for number, _ in new:
        member = state.members[number]
        into.by_relation[PLACE[member.relation]] += 1
        put(member.supports, into.number)
    both = sorted((*zip(into.supporters, into.support_times, strict=True), *new))
    into.supporters = Numbers("I", [number for number, _ in both])
    into.support_times = Numbers("I", [at_s for _, at_s in both])


def _carry(idea: Idea, into: Idea, member: Member) -> bool:
    """Lets the vote on a duplicate count for the other one, unless the member has a vote of any kind on that."""
    at_s = _time_of(idea, member)
    if at_s is None or has(member.disagrees, into.number) or has(member.passes, into.number):
        return False
    if not give(into, member, at_s):
        return False
    put(idea.carried, member.number)
    return True


def unmerged(state: JamState, idea: Idea, into: Idea, event: events.IdeaUnmerged) -> None:
    """Takes back what the merge carried over, where it is still there and no other duplicate carries the same vote."""
    others = [state.ideas[state.idea_numbers[id]] for id in into.merged if id != idea.id]
    for number in idea.carried:
        member = state.members[number]
        _take_uncounted(into, member)
        if not any(_carry(other, into, member) for other in others):
            state.personal.note(PersonalChange(state.seq, member.person, into.id, False))
    del idea.carried[:]
    into.rising = rising_of(into.support_times)
    _tell_voters(state, idea, "UNMERGED", event.at, event.reason)


def _tell_voters(state: JamState, idea: Idea, kind: str, at: int, reason: str) -> None:
    """Who voted and may no longer see the idea is not told of it."""
    notice = Notice(state.seq, at, kind, idea.id, None, reason)
    for number in idea.supporters:
        member = state.members[number]
        if state.sees_idea(member.viewer, idea):
            marking.leave(state, member, notice)


HANDLERS: marking.Handlers = {
    events.IdeaSupported: supported,
    events.SupportWithdrawn: withdrawn,
    events.StanceRecorded: stance_recorded,
}
