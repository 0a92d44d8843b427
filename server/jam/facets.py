"""Which listed ideas are in a language, by authors of a relation, or unattended: what a board filtered so shows and counts,
found without a look at every idea.

A kind holds all that such a filter and the visibility rule ask about, so that everything of one kind is shown or not, together.
A vote changes no kind. Changed ideas are marked, and looked at anew at the next reading.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from server.jam.entities import Idea
from server.jam.people import Relation, Viewer
from server.jam.ranking import IdeaOrder, belongs
from server.jam.visibility import Reach, reaches

RelationOf = Callable[[str], Relation | None]
"""The relation of an author by their id; None for former participants and for who posted without a name."""


class Kind(NamedTuple):
    topic: str
    language: str
    relation: Relation | None
    is_unattended: bool
    reach: Reach


class Filter(NamedTuple):
    """What is None (or False) does not filter."""

    topic: str | None = None
    language: str | None = None
    relation: Relation | None = None
    only_unattended: bool = False

    def takes(self, kind: Kind) -> bool:
        """Ideas of circles are found in their topic only, as in `ranking.Orders`."""
        if self.topic is None:
            if kind.reach.circle is not None:
                return False
        elif self.topic != kind.topic:
            return False
        if self.language is not None and self.language != kind.language:
            return False
        if self.relation is not None and self.relation is not kind.relation:
            return False
        return kind.is_unattended or not self.only_unattended


class Facets:
    """The listed ideas of a jam by their kind. Every reading says by `relation_of` who the authors are."""

    def __init__(self, ideas: list[Idea]) -> None:
        self._ideas = ideas
        self._kinds: dict[int, Kind] = {}
        self._same: dict[Kind, Kind] = {}
        self._numbers: dict[Kind, set[int]] = {}
        self._dirty: set[int] = set(range(len(ideas)))

    def mark(self, idea: Idea) -> None:
        self._dirty.add(idea.number)

    def count(self, viewer: Viewer, filter: Filter, relation_of: RelationOf) -> int:
        """How many listed ideas the filter takes that are for the viewer."""
        return sum(len(numbers) for numbers in self._taken(viewer, filter, relation_of))

    def numbers(self, viewer: Viewer, filter: Filter, relation_of: RelationOf) -> Iterator[int]:
        """Their numbers, in no order."""
        for numbers in self._taken(viewer, filter, relation_of):
            yield from numbers

    def _taken(self, viewer: Viewer, filter: Filter, relation_of: RelationOf) -> Iterable[set[int]]:
        self.settle(relation_of)
        return [numbers for kind, numbers in self._numbers.items() if filter.takes(kind) and reaches(viewer, kind.reach)]

    def settle(self, relation_of: RelationOf) -> None:
        """Look at what changed since the last reading, as every reading does."""
        for number in self._dirty:
            idea = self._ideas[number]
            kind = _kind(idea, relation_of) if idea.is_listed else None
            before = self._kinds.get(number)
            if kind != before:
                self._move(number, before, kind)
        self._dirty.clear()

    def _move(self, number: int, before: Kind | None, kind: Kind | None) -> None:
        if before is not None:
            left = self._numbers[before]
            left.discard(number)
            del self._kinds[number]
            if not left:
                del self._numbers[before]
        if kind is not None:
            kind = self._same.setdefault(kind, kind)  # one in memory for all ideas of it
            self._numbers.setdefault(kind, set()).add(number)
            self._kinds[number] = kind


def _kind(idea: Idea, relation_of: RelationOf) -> Kind:
    return Kind(idea.topic, idea.language, relation_of(idea.author), belongs(IdeaOrder.UNATTENDED, idea), idea.reach)
