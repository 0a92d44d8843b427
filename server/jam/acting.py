"""Who may act: beside whom something is for, a jam and each of its topics say whose relations may post, comment and vote.

The same shape as the visibility rule: who answers for the whole jam may act everywhere, and a topic narrows what the jam lets.
Taking back one's own vote or like is always possible.
"""

from server.jam.people import CROSS_TIER, RELATIONS, Relation, Viewer

Acting = tuple[Relation, ...] | None
"""The relations that may act; None: everyone who may see."""


def acts(viewer: Viewer, *actings: Acting) -> bool:
    """Whether the viewer may act where all of these hold."""
    if viewer.role is None or viewer.relation is None:
        return False
    return viewer.role in CROSS_TIER or all(acting is None or viewer.relation in acting for acting in actings)


def acting_names(*actings: Acting) -> tuple[Relation, ...]:
    """The relations that may act where all of these hold."""
    return tuple(relation for relation in RELATIONS if all(acting is None or relation in acting for acting in actings))
