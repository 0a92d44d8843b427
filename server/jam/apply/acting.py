"""Who may act in a jam or topic."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.state import JamState


def acting_set(state: JamState, event: events.ActingSet) -> None:
    """What people may do to the ideas there changes with it, so those go out again."""
    topic = None if event.topic is None else state.topics[event.topic]
    if topic is None:
        state.acting = event.relations
        state.changes.note(changes.JAM, state.id, state.seq)
    else:
        topic.acting = event.relations
        marking.topic_touched(state, topic.audience)
    for idea in state.ideas:
        if event.topic in (None, idea.topic):
            state.changes.note(changes.told_to(changes.IDEA, idea.reach), idea.id, state.seq)


HANDLERS: marking.Handlers = {events.ActingSet: acting_set}
