"""Who brought whom: members as a forest, in packed columns, so that 150,000 of them are walked in a fraction of a second.

A member's parent is the member who invited them. Nobody is invited by someone who joined later, so a parent's number is always
lower than its child's: the forest can't have a cycle, and two passes over the numbers fill every column.
"""

from array import array
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from server.jam.entities import Member, Numbers
from server.jam.state import JamState

NOBODY = -1
SLICE = 1_000
"""How many members are looked at before others get their turn: half a millisecond."""


class Forest:
    """Columns by member number.

    `parent`: the inviter's number, or NOBODY. `degree`: invitations between the member and someone who came without one.
    `brought`: how many the member invited who joined. `below`: how many stand below the member, at any depth.
    `root_count`: how many came without an invitation.
    """

    __slots__ = ("_first", "_next", "_roots", "below", "brought", "degree", "members", "parent", "root_count")

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members
        count = len(members)
        self.parent = array("i", [NOBODY]) * count
        self.degree = array("I", [0]) * count
        self.brought = array("I", [0]) * count
        self.below = array("I", [0]) * count
        self._first = array("i", [NOBODY]) * count
        self._next = array("i", [NOBODY]) * count
        self._roots = NOBODY
        self.root_count = 0

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def roots(self) -> Iterator[int]:
        """Those who came without an invitation, in the order of joining."""
        return self._chain(self._roots)

    def children(self, number: int) -> Iterator[int]:
        """Whom a member brought, in the order of joining."""
        return self._chain(self._first[number])

    def _chain(self, number: int) -> Iterator[int]:
        while number != NOBODY:
            yield number
            number = self._next[number]

    def path(self, number: int) -> list[int]:
        """The inviters of a member, from the first of all to the one who brought them."""
        found: list[int] = []
        while (number := self.parent[number]) != NOBODY:
            found.append(number)
        return found[::-1]

    def branch(self, number: int) -> Iterator[int]:
        """The member, and everyone below them, in no particular order."""
        waiting = [number]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(self.children(here))

    # ---------------------------------------------------------------------------------------------------------- growing
    def descend(self, state: JamState, start: int, end: int) -> None:
        """Parents and degrees of the members `start` to `end`, those before which are known."""
        numbers, parent, degree = state.member_numbers, self.parent, self.degree
        for number in range(start, end):
            inviter = numbers.get(self.members[number].invited_by or "", number)
            if inviter < number:
                parent[number] = inviter
                degree[number] = degree[inviter] + 1

    def ascend(self, start: int, end: int) -> None:
        """Counts the members `start` to `end` at their parents, those behind which have been counted."""
        parent, first, following, brought, below = self.parent, self._first, self._next, self.brought, self.below
        for number in range(end - 1, start - 1, -1):
            inviter = parent[number]
            if inviter == NOBODY:
                following[number], self._roots = self._roots, number
                self.root_count += 1
            else:
                following[number], first[inviter] = first[inviter], number
                brought[inviter] += 1
                below[inviter] += below[number] + 1


def slices(count: int) -> Iterator[tuple[int, int]]:
    """(start, end) of pieces that are small enough to be done at once."""
    return ((start, min(count, start + SLICE)) for start in range(0, count, SLICE))


def planting(state: JamState) -> Iterator[Forest | None]:
    """Makes the forest of all who have joined by now in many small steps: None after each, and the forest at last."""
    forest = Forest(state.members)
    steps = list(slices(len(forest)))
    for start, end in steps:
        forest.descend(state, start, end)
        yield None
    for start, end in reversed(steps):
        forest.ascend(start, end)
        yield None
    yield forest


# --------------------------------------------------------------------------------------------------------- what to show
class Shown(NamedTuple):
    """Members of a picture, heaviest branches first, each after its parent; `parents`: the parent's place + 1, 0 for none."""

    numbers: Numbers
    parents: Numbers

    @classmethod
    def nobody(cls) -> "Shown":
        return cls(array("I"), array("I"))


def heaviest(forest: Forest, root: int | None, depth: int, most: int) -> Shown:
    """At most `most` members of a branch, or of all: always the one with the most people below them whose inviter is shown
    already, of equals who joined first; none more than `depth` invitations below the root (for all: below those who came
    without one).

    Takes time in proportion to the members whose inviter is shown.
    """
    shown = Shown.nobody()
    numbers, parents = shown
    waiting = [(-forest.below[number], number, 0, 0) for number in (forest.roots if root is None else (root,))]
    heapify(waiting)
    while waiting and len(numbers) < most:
        _, number, parent, deep = heappop(waiting)
        numbers.append(number)
        parents.append(parent)
        if deep < depth:
            place = len(numbers)
            for child in forest.children(number):
                heappush(waiting, (-forest.below[child], child, place, deep + 1))
    return shown
