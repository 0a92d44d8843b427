"""Minors and their guardians. A minor whose guardian is out or gone is out as well: `follow_guardians` keeps that true."""

from server.jam import events
from server.jam.apply import marking
from server.jam.entities import Member
from server.jam.minors import Care
from server.jam.state import JamState

STANDINGS: frozenset[type[events.Event]] = frozenset(
    {
        events.MembersRestricted, events.RestrictionsLifted, events.MemberActUndone, events.BranchRevoked,
        events.BranchRestored, events.MemberErased, events.MinorEntrusted,
    }
)  # fmt: skip
"""Events by which a guardian may come to be out, or in again."""


def policy_set(state: JamState, event: events.MinorPolicySet) -> None:
    state.minor_policy = event.policy


def entrusted(state: JamState, event: events.MinorEntrusted) -> None:
    member = state.members[state.member_numbers[event.person]]
    _care(state, member, Care(event.guardian, event.until))
    state.minors[event.person] = event.guardian
    guardian = state.member(event.guardian)
    if guardian is not None:
        guardian.touched = state.seq


def paused(state: JamState, event: events.MinorPaused) -> None:
    member = state.members[state.member_numbers[event.person]]
    if member.care is not None:
        _care(state, member, member.care._replace(paused=event.paused))


def of_age(state: JamState, event: events.MinorOfAge) -> None:
    _care(state, state.members[state.member_numbers[event.person]], None)
    state.minors.pop(event.person, None)


def follow_guardians(state: JamState, event: events.Event) -> None:
    """After an event by which someone's standing may have changed: minors are in only while their guardian is."""
    if not state.minors or type(event) not in STANDINGS:
        return
    for person in list(state.minors):
        member = state.member(person)
        if member is None or member.care is None:
            del state.minors[person]
            continue
        guardian = state.member(member.care.guardian)
        alone = guardian is None or guardian.is_suspended
        if alone is not member.care.alone:
            _care(state, member, member.care._replace(alone=alone))


def _care(state: JamState, member: Member, care: Care | None) -> None:
    member.care, member.touched = care, state.seq


HANDLERS: marking.Handlers = {
    events.MinorPolicySet: policy_set,
    events.MinorEntrusted: entrusted,
    events.MinorPaused: paused,
    events.MinorOfAge: of_age,
}
