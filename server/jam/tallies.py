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


Total = list[int]
"""A `Count` that is added to in place, for there are as many additions as changed ideas times their scopes."""


class Tallies:
    def __init__(self, ideas: list[Idea]) -> None:
        self._ideas = ideas
        self._counted: dict[int, tuple[tuple[str, ...], Reach, Count]] = {}
        self._totals: dict[str, dict[Reach, Total]] = {}
        self._dirty: set[int] = set(range(len(ideas)))

    def mark(self, idea: Idea) -> None:
        self._dirty.add(idea.number)

    def of(self, scope: str, viewer: Viewer) -> Count:
        """What the viewer may count in a scope: listed ideas, their supports and comments, and how many are not for all."""
        self.settle()
        ideas = supports = comments = restricted = 0
        for reach, total in self._totals.get(scope, {}).items():
            if reaches(viewer, reach):
                ideas += total[0]
                supports += total[1]
                comments += total[2]
                restricted += total[3]
        return Count(ideas, supports, comments, restricted)

    def has_ideas(self, scope: str, viewer: Viewer) -> bool:
        """Whether there is an idea in the scope that the viewer may count."""
        self.settle()
        return any(total[0] and reaches(viewer, reach) for reach, total in self._totals.get(scope, {}).items())

    def settle(self) -> None:
        """Count what changed since the last reading, as every reading does."""
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
        ideas, supports, comments, restricted = count
        for scope in scopes:
            by_reach = self._totals.setdefault(scope, {})
            total = by_reach.get(reach)
            if total is None:
                total = by_reach[reach] = [0, 0, 0, 0]
            total[0] += sign * ideas
            total[1] += sign * supports
            total[2] += sign * comments
            total[3] += sign * restricted


def _scopes(idea: Idea) -> tuple[str, ...]:
    """A circle's ideas count only within their topic: nobody outside may notice them."""
    if idea.reach.circle is not None:
        return (idea.topic,)
    return tuple(scope for scope in (WHOLE_JAM, idea.topic, idea.theme, idea.subtheme) if scope is not None)
