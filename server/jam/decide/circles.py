"""Circles: closed groups within a jam, invisible to all others."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, adult, member_may
from server.jam.entities import Circle
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, Locked, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.texts import NAME, clean_text

MOST_MEMBERS = 500
MOST_CIRCLES = 100
"""Circles that one member may have made."""


def create(state: JamState, command: c.CreateCircle, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.CREATE_CIRCLE, now)
    id = command.derived(ids.CIRCLE)
    if id in state.circles:
        return ()
    name = clean_text("name", command.name, NAME, 2)
    members = tuple(dict.fromkeys((command.actor, *command.members)))
    _fits(len(members))
    for person in members:
        adult(state, person, now)
    if sum(1 for circle in state.circles.values() if circle.by == member.person) >= MOST_CIRCLES:
        raise InvalidInput("name", f"One member makes at most {MOST_CIRCLES} circles.")
    return (events.CircleCreated(at=now, circle=id, name=name, members=members, by=command.actor),)


def _fits(count: int) -> None:
    if count > MOST_MEMBERS:
        raise InvalidInput("memberIds", f"A circle has at most {MOST_MEMBERS} members.")


def keeps(circle: Circle, person: str) -> bool:
    """Whether someone decides about the circle: who made it; any member, once its maker has left."""
    return person == circle.by or (circle.by not in circle.members and person in circle.members)


def _mine(state: JamState, command: c.ChangeCircle | c.RenameCircle | c.CloseCircle, now: int) -> Circle:
    """The circle, if the actor is in it: nobody else is told that it exists."""
    member = member_may(state, command.actor, Action.CREATE_CIRCLE, now)
    circle = state.circles.get(command.circle)
    if circle is None or member.person not in circle.members:
        raise NotFound("circle", command.circle)
    return circle


def _kept(circle: Circle, actor: str) -> None:
    if not keeps(circle, actor):
        raise NotAllowed(Action.CREATE_CIRCLE.value, "Only who made the circle can change it; you can leave it.")


def change(state: JamState, command: c.ChangeCircle, now: int) -> tuple[events.Event, ...]:
    """By who made the circle; anyone may leave."""
    circle = _mine(state, command, now)
    if command.add or command.remove != (command.actor,):
        _kept(circle, command.actor)
    if not set(command.add).isdisjoint(command.remove):
        raise InvalidInput("removeIds", "Nobody can be added and removed at once.")
    added = tuple(person for person in dict.fromkeys(command.add) if person not in circle.members)
    removed = tuple(person for person in dict.fromkeys(command.remove) if person in circle.members)
    _fits(len(circle.members) + len(added))
    for person in added:
        adult(state, person, now)
    if added and circle.closed:
        raise Locked("circle", circle.id)
    if not added and not removed:
        return ()
    return (events.CircleChanged(at=now, circle=circle.id, added=added, removed=removed, by=command.actor),)


def rename(state: JamState, command: c.RenameCircle, now: int) -> tuple[events.Event, ...]:
    circle = _mine(state, command, now)
    _kept(circle, command.actor)
    name = clean_text("name", command.name, NAME, 2)
    return () if name == circle.name else (events.CircleRenamed(at=now, circle=circle.id, name=name, by=command.actor),)


def close(state: JamState, command: c.CloseCircle, now: int) -> tuple[events.Event, ...]:
    """Its members read on; nothing is added until it is opened again."""
    circle = _mine(state, command, now)
    _kept(circle, command.actor)
    if circle.closed == command.closed:
        return ()
    return (events.CircleClosed(at=now, circle=circle.id, closed=command.closed, by=command.actor),)


DECISIONS: Decisions = {c.CreateCircle: create, c.ChangeCircle: change, c.RenameCircle: rename, c.CloseCircle: close}
