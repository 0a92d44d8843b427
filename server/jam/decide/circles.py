"""Circles: closed groups within a jam, invisible to all others."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, member_may
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.texts import NAME, clean_text

MOST_MEMBERS = 500


def create(state: JamState, command: c.CreateCircle, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.CREATE_CIRCLE, now)
    id = command.derived(ids.CIRCLE)
    if id in state.circles:
        return ()
    name = clean_text("name", command.name, NAME, 2)
    members = tuple(dict.fromkeys((command.actor, *command.members)))
    _known(state, members)
    return (events.CircleCreated(at=now, circle=id, name=name, members=members, by=command.actor),)


def _known(state: JamState, people: tuple[str, ...]) -> None:
    if len(people) > MOST_MEMBERS:
        raise InvalidInput("memberIds", f"A circle has at most {MOST_MEMBERS} members.")
    for person in people:
        if state.member(person) is None:
            raise NotFound("member", person)


def change(state: JamState, command: c.ChangeCircle, now: int) -> tuple[events.Event, ...]:
    """By who made the circle; anyone may leave."""
    member = member_may(state, command.actor, Action.CREATE_CIRCLE, now)
    circle = state.circles.get(command.circle)
    if circle is None or member.person not in circle.members:
        raise NotFound("circle", command.circle)
    leaving = not command.add and command.remove == (command.actor,)
    if circle.by != command.actor and not leaving:
        raise NotAllowed(Action.CREATE_CIRCLE.value, "Only who made the circle can change it; you can leave it.")
    if not set(command.add).isdisjoint(command.remove):
        raise InvalidInput("removeIds", "Nobody can be added and removed at once.")
    added = tuple(person for person in dict.fromkeys(command.add) if person not in circle.members)
    removed = tuple(person for person in dict.fromkeys(command.remove) if person in circle.members)
    _known(state, tuple(circle.members) + added)
    if not added and not removed:
        return ()
    return (events.CircleChanged(at=now, circle=circle.id, added=added, removed=removed, by=command.actor),)


DECISIONS: Decisions = {c.CreateCircle: create, c.ChangeCircle: change}
