"""Minors: on which conditions they take part, and what their guardian may do."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority, member_may, only_system
from server.jam.entities import Member
from server.jam.minors import MAJORITIES, MOST_OF_ONE, OLDEST_MINIMUM, YOUNGEST, is_month, latest_majority
from server.jam.people import Relation, Role
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotAllowed, NotFound, Restricted
from server.jam.state import JamState


def set_policy(state: JamState, command: c.SetMinorPolicy, now: int) -> tuple[events.Event, ...]:
    """Whoever takes part already goes on: their guardians decide."""
    authority(state, command.actor, Action.ORGANIZE, now)
    policy = command.policy
    if not YOUNGEST <= policy.minimum_age <= OLDEST_MINIMUM:
        raise InvalidInput("minimumAge", f"The least age is between {YOUNGEST} and {OLDEST_MINIMUM}.")
    if policy.majority not in MAJORITIES:
        raise InvalidInput("majority", f"People come of age between {MAJORITIES[0]} and {MAJORITIES[-1]}.")
    if policy.minimum_age >= policy.majority:
        raise InvalidInput("minimumAge", "The least age lies below the age at which people come of age.")
    if policy.allowed and not policy.relations:
        raise InvalidInput("relations", "Name at least one relation whose members may bring minors.")
    return () if policy == state.minor_policy else (events.MinorPolicySet(at=now, policy=policy, by=command.actor),)


def add(state: JamState, command: c.AddMinor, now: int) -> tuple[events.Event, ...]:
    """A minor joins as family, under an adult's account."""
    guardian = member_may(state, command.actor, Action.GUARD, now)
    if command.person in state.erased_numbers or state.member(command.person) is not None:
        return ()
    muted = guardian.restriction
    if muted is not None and muted.holds(now):
        raise Restricted(muted.kind.value, muted.until, muted.reason)
    policy = state.minor_policy
    if not policy.allowed:
        raise NotAllowed(Action.GUARD.value, "This jam is for adults.")
    if guardian.relation not in policy.relations:
        raise NotAllowed(Action.GUARD.value, "The organizers let only some members bring minors.")
    _plausible(state, command.until, now)
    if len(state.minors_of(guardian.person)) >= MOST_OF_ONE:
        raise InvalidInput("until", f"One account has at most {MOST_OF_ONE} minors.")
    return (
        events.MemberJoined(
            at=now, person=command.person, role=Role.PARTICIPANT, relation=Relation.FAMILY, invitation=None,
            invited_by=guardian.person,
        ),
        events.MinorEntrusted(at=now, person=command.person, guardian=guardian.person, until=command.until),
    )  # fmt: skip


def _plausible(state: JamState, until: int, now: int) -> None:
    policy = state.minor_policy
    if not now < until or not is_month(until):
        raise InvalidInput("until", f"Say the month after which they are {policy.majority}, in the future.")
    if until > latest_majority(policy, now):
        raise InvalidInput("until", f"In this jam minors take part from the age of {policy.minimum_age}.")


def pause(state: JamState, command: c.PauseMinor, now: int) -> tuple[events.Event, ...]:
    minor = _minor_of(state, command.actor, command.person, now)
    if minor.care is not None and minor.care.paused == command.paused:
        return ()
    return (events.MinorPaused(at=now, person=minor.person, paused=command.paused, by=command.actor),)


def remove(state: JamState, command: c.RemoveMinor, now: int) -> tuple[events.Event, ...]:
    """What they posted stays, under a former participant: it may have been answered and voted for."""
    if command.person in state.erased_numbers:
        return ()
    minor = _minor_of(state, command.actor, command.person, now)
    return (events.MemberErased(at=now, person=minor.person, withdraws=False),)


def come_of_age(state: JamState, command: c.ComeOfAge, now: int) -> tuple[events.Event, ...]:
    only_system(command.actor, "COME_OF_AGE")
    member = state.member(command.person)
    if member is None or member.care is None or now < member.care.until:
        return ()
    return (events.MinorOfAge(at=now, person=member.person),)


def _minor_of(state: JamState, guardian: str, person: str, now: int) -> Member:
    """The minor, if the actor is their guardian; that someone else's minor exists is told to nobody."""
    member_may(state, guardian, Action.GUARD, now)
    minor = state.member(person)
    if minor is None or minor.care is None or minor.care.guardian != guardian or not minor.is_minor(now):
        raise NotFound("minor", person)
    return minor


DECISIONS: Decisions = {
    c.SetMinorPolicy: set_policy,
    c.AddMinor: add,
    c.PauseMinor: pause,
    c.RemoveMinor: remove,
    c.ComeOfAge: come_of_age,
}
