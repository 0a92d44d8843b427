"""Who may act in a jam or topic: organizers say."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority
from server.jam.people import RELATIONS
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotFound
from server.jam.state import JamState


def set_acting(state: JamState, command: c.SetActing, now: int) -> tuple[events.Event, ...]:
    """All relations are the same as everyone."""
    authority(state, command.actor, Action.ORGANIZE, now)
    topic = state.topics.get(command.topic) if command.topic is not None else None
    if command.topic is not None and topic is None:
        raise NotFound("topic", command.topic)
    if command.relations is not None and not command.relations:
        raise InvalidInput("relations", "Name at least one relation, or let everyone act.")
    relations = tuple(relation for relation in RELATIONS if relation in (command.relations or RELATIONS))
    acting = None if relations == RELATIONS else relations
    if acting == (state.acting if topic is None else topic.acting):
        return ()
    return (events.ActingSet(at=now, topic=command.topic, relations=acting, by=command.actor),)


DECISIONS: Decisions = {c.SetActing: set_acting}
