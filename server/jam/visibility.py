"""The visibility rule: the only place that decides who sees what.

Queries, counts, search, similar ideas, themes, live updates and exports all ask `sees`.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.jam.people import CROSS_TIER, EVERY_RELATION, KEEPERS, RELATION_BIT, RELATIONS, Relation, Viewer


class ContentStatus(StrEnum):
    """What became of an idea or a comment."""

    VISIBLE = "VISIBLE"
    HIDDEN = "HIDDEN"
    REMOVED = "REMOVED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who something is for, as its author or organizer said: everyone, some relations, or a circle."""

    relations: tuple[Relation, ...] | None = None
    circle: str | None = None

    @property
    def reach(self) -> "Reach":
        mask = EVERY_RELATION if self.relations is None else sum(RELATION_BIT[r] for r in set(self.relations))
        return Reach(mask, self.circle)


EVERYONE = Audience()


@dataclass(frozen=True, slots=True)
class Reach:
    """An audience as the rule reads it: a bit for each relation, and the circle one must belong to."""

    relations: int = EVERY_RELATION
    circle: str | None = None

    def within(self, outer: "Reach") -> "Reach | None":
        """Both at once (an idea within its topic); None when two circles contradict each other."""
        if self.circle and outer.circle and self.circle != outer.circle:
            return None
        return Reach(self.relations & outer.relations, self.circle or outer.circle)

    def covers(self, other: "Reach") -> bool:
        """Whether everyone whom `other` reaches is reached by this too."""
        return self.relations & other.relations == other.relations and self.circle in (None, other.circle)

    @property
    def is_public(self) -> bool:
        """For everyone in the jam."""
        return self.relations == EVERY_RELATION and self.circle is None

    def names(self) -> tuple[Relation, ...]:
        return tuple(relation for relation in RELATIONS if self.relations & RELATION_BIT[relation])


def reaches(viewer: Viewer, reach: Reach) -> bool:
    """Whether something with this reach is meant for the viewer."""
    if viewer.role is None or viewer.relation is None:
        return False
    if reach.circle is not None and reach.circle not in viewer.circles:
        return False
    return viewer.role in CROSS_TIER or bool(reach.relations & RELATION_BIT[viewer.relation])


def sees(viewer: Viewer, reach: Reach, status: ContentStatus, author: str) -> bool:
    """Whether the viewer may know that this exists, and read it."""
    if not reaches(viewer, reach):
        return False
    if status is ContentStatus.VISIBLE or status is ContentStatus.MERGED:
        return True
    return viewer.role in KEEPERS or (viewer.person is not None and viewer.person == author)
