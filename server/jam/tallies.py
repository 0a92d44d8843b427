"""Counts by scope and reach, so that everybody is told the count of what they may see, without counting.

A scope is the jam ("" ), a topic or a theme. Changed ideas are marked and counted anew at the next reading.
"""

from typing import NamedTuple

from server.jam.entities import Idea
from server.jam.people import Viewer
from server.jam.visibility import Reach, reaches

WHOLE_JAM = ""


class Count(NamedTuple):
    ideas: int = 0
    supports: int = 0
    comments: int = 0
    restricted: int = 0

    def plus(self, other: "Count", sign: int = 1) -> "Count":
        return Count(*(a + sign * b for a, b in zip(self, other, strict=True)))


class Tallies:
    def __init__(self, ideas: list[Idea]) -> None:
        self._ideas = ideas
        self._counted: dict[int, tuple[tuple[str, ...], Reach, Count]] = {}
        self._totals: dict[str, dict[Reach, Count]] = {}
        self._dirty: set[int] = set(range(len(ideas)))

    def mark(self, idea: Idea) -> None:
        self._dirty.add(idea.number)

    def of(self, scope: str, viewer: Viewer) -> Count:
        """What the viewer may count in a scope: listed ideas, their supports and comments, and how many are not for all."""
        self._settle()
        total = Count()
        for reach, count in self._totals.get(scope, {}).items():
            if reaches(viewer, reach):
                total = total.plus(count)
        return total

    def has_ideas(self, scope: str, viewer: Viewer) -> bool:
        """Whether there is an idea in the scope that the viewer may count."""
        self._settle()
        return any(count.ideas and reaches(viewer, reach) for reach, count in self._totals.get(scope, {}).items())

    def _settle(self) -> None:
        for number in self._dirty:
            self._recount(self._ideas[number])
        self._dirty.clear()

    def _recount(self, idea: Idea) -> None:
        before = self._counted.pop(idea.number, None)
        if before is not None:
            self._add(*before, sign=-1)
        if idea.is_listed:
            count = Count(1, idea.support, idea.comment_count, 0 if idea.reach.is_public else 1)
            entry = (_scopes(idea), idea.reach, count)
            self._counted[idea.number] = entry
            self._add(*entry, sign=1)

    def _add(self, scopes: tuple[str, ...], reach: Reach, count: Count, sign: int) -> None:
        for scope in scopes:
            by_reach = self._totals.setdefault(scope, {})
            by_reach[reach] = by_reach.get(reach, Count()).plus(count, sign)


def _scopes(idea: Idea) -> tuple[str, ...]:
    """A circle's ideas count only within their topic: nobody outside may notice them."""
    if idea.reach.circle is not None:
        return (idea.topic,)
    return tuple(scope for scope in (WHOLE_JAM, idea.topic, idea.theme, idea.subtheme) if scope is not None)
